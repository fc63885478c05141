"""Live campaigns, read with as few requests as possible."""
