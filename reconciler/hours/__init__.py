"""Calling hours: zones, weeks, what a change of them means, and what the law allows."""
