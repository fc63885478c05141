"""Documents in, desired campaigns or problems out."""
