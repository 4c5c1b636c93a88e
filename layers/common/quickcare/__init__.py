"""What two or more functions need. A function imports this and never another function.

Each package imports only packages below it: on the ground `settings`, `errors`, `clock`, `roles`, `specialties`,
`titles`, then `ids`, `observability`, `aws`, `pseudonyms` and `security_log`; above them `db`, then `search` and `sms`,
then `accounts`, `links`, `web`, `clinic` and `documents`, and `logs` on top. `tests/test_layering.py` holds this.
"""
