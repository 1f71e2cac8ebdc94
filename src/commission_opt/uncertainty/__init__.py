"""What uncertainty means for a plan: what weighing it is worth."""
