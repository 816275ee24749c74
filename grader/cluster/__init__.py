"""Grading on other machines: what travels, who plays it there, who asks for it."""
