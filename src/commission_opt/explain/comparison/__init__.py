"""Two plans, and which changes explain the difference."""
