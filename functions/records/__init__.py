"""The export of access logs and audit to a bucket in which nobody changes anything."""
