"""Planning problems: tables, checks, and the one frozen instance."""
