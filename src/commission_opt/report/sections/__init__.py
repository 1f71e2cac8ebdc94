"""What a report says of a plan, one section a file."""
