"""Desired and live in, a plan out: changes, steps, limits, saved plans."""
