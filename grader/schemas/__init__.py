"""JSON Schemas of the files that Wiregrade writes; `tests/test_results.py` keeps them current."""
