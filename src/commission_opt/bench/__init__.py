"""Benchmarks that can be gated on: runs in processes of their own, and comparisons of them."""
