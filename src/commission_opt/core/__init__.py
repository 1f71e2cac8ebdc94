"""Linear programs and what multipliers prove of them; knows no planning."""
