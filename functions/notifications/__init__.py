"""`/api/notifications/`: what becomes of the SMS that the other functions have sent, each at most once."""
