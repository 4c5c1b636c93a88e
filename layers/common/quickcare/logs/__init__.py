"""Whether the access logs and the audit are as they were written (decision 0024)."""
