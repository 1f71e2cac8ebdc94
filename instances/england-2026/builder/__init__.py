"""From source tables to the tables of an instance, for England with any set of regions."""
