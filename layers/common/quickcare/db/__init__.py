"""The one table: its keys, its items, and how they are read and written."""
