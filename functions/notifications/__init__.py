"""Sends the SMS of the other functions, each at most once."""
