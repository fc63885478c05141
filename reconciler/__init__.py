"""Campaigns as code: a reconciler for outbound calling campaigns."""

__version__ = "0.1.0"
