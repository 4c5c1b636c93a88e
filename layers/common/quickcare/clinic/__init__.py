"""What several functions know of a clinic: its staff, its patients, a doctor's slots, and the public lists."""
