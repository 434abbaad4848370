"""One change by hand to many members: asked for once, done in portions, undone as far as it was its doing."""
