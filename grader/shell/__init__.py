"""Completion for shells and the manual page, as `tests/shell_files.py` makes them."""
