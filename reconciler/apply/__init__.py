"""Carries a plan out: pause, change, resume, and the journal of it."""
