"""Rules about a clinic that several functions need: staff, patients, a doctor's slots, and the lists."""
