"""Chunks of work in processes of this machine, or on a Dask cluster. Knows no planning."""
