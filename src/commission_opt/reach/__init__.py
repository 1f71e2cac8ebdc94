"""What it takes to reach a target: money, capacity, staff who stay, or time."""
