"""One short module per command: options in, exit code out."""
