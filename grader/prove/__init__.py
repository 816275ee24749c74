"""Proves a lab: its model student earns every point, and each mutant of it loses some."""
