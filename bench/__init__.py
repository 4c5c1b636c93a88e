"""Measurements: `python -m bench` (docs/decisions/0027-bench-and-shards.md)."""
