"""How files come onto a disk: whole or not at all, and what is said if they cannot."""
