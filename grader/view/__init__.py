"""What a page shows (pure data), and the one file that writes it as HTML."""
