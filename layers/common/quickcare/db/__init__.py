"""The one table: its keys, its items, and the reads and writes that everything else is made of."""
