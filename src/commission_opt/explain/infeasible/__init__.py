"""Why an instance has no plan, and what would give it one."""
