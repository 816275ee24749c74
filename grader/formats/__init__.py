"""Results as text for terminals, spreadsheets and build servers. Pure: data in, text out."""
