"""A plan or a sweep as one page that a board can read."""
