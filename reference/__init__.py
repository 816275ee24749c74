"""The scripted peer: a machine without input or output, and a thin shell around it."""
