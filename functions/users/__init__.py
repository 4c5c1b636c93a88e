"""`/api/users/`: registration, login, profile, addresses."""
