"""What a sweep says: tables and charts of its results, one kind a file."""
