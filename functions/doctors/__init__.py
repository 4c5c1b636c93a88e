"""`/api/doctors/`: finding doctors, their profiles, weekly availability, free slots and leaves."""
