"""The commands of `manage.py`. Each module adds its own to the parser (`add`)."""
