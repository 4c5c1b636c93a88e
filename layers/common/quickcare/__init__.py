"""What two or more functions need. A function imports this and never another function.

Each package imports only packages below it: on the ground `settings`, `errors`, `budget`, `clock`, `roles`,
`specialties`, `titles`, then `ids`, `observability` and `aws`; above them `db`, then `search` and `sms`, then
`accounts`, `links`, `web`, and `clinic` and `documents` on top. `tests/test_layering.py` holds this.
"""
