"""What two or more functions need. A function imports this and never another function.

Each package imports only packages below it: on the ground `settings`, `errors`, `budget`, `clock`, `roles`,
`specialties`, `titles`, then `ids`, `observability`, `short_way`, `timeouts`, `aws`, `queues`, `pseudonyms` and
`security_log`; above them `db`, then `dead_letters`, `search`, `sms` and `tally`, then `accounts`, `links`, `web`,
`clinic` and `documents`, and `logs` and `reindex` on top.
`tests/test_layering.py` holds this.
"""

import logging

# At INFO they tell at each cold start where they found credentials, and that they found no settings file.
for _library in ("botocore", "boto3", "pynamodb"):
    logging.getLogger(_library).setLevel(logging.WARNING)
