"""The mathematics as sparse blocks: one file per rule, one per objective."""
