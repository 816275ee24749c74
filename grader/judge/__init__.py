"""Judging: pure functions from saved transcripts to findings, criteria and a grade."""
