"""A believable week in three clinics, played through the API of the local server (`make demo`)."""
