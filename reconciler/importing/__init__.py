"""Live campaigns in, campaign files out."""
