"""From source tables to the tables of an instance with a pathway of several steps."""
