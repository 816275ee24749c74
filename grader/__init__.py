"""Wiregrade grades socket-programming labs; see README.md."""

__version__ = "0.1.0"
