"""What england-levers-2026 adds to england-2026: measures, and courses that take staff."""
