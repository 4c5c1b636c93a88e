"""`/api/home/`: what somebody sees first, in one request."""
