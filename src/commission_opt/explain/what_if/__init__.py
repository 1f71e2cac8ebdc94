"""Changes to the inputs, answered by solving again."""
