"""Instances and plans as Excel workbooks: written, read back exactly, and merged."""
