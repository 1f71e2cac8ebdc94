"""What one more of everything is worth to a plan."""
