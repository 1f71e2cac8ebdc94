"""Screens of the workbench, one file each."""
