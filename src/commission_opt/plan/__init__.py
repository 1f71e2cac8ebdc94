"""A plan on disk: written, read, verified, replayed, signed and exported."""
