"""Accounts: passwords, one-time codes, logins, sessions, tokens, and the limits on all of them."""
