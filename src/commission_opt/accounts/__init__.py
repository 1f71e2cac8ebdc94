"""What places lead to: staff, money and placement weeks."""
