"""The kinds of benefit, each in a file of its own; `registry` lists them."""
