"""Reports by mail: who gets which, how often, and what was sent."""
