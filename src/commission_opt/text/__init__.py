"""Text for readers: escaped, compared, laid out."""
