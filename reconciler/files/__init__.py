"""The disk and git: campaign files found, read over their defaults, and written."""
