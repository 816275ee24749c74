"""A whole class: what is graded, where it is written, what is taken over from before."""
