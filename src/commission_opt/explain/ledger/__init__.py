"""What each promise costs."""
