"""Sends what the other functions announce: SMS, at most once each."""
