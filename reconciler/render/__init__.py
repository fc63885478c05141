"""One module per form of output; each returns a string."""
