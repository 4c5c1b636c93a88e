"""What two or more functions need. A function imports this and never another function.

Each package imports only packages below it: on the ground `settings`, `errors`, `budget`, `clock`, `roles`,
`specialties`, `titles`, then `ids`, `observability`, `short_way`, `timeouts`, `aws`, `queues`, `pseudonyms` and
`security_log`; above them `db`, then `dead_letters`, `search`, `sms` and `tally`, then `accounts`, `links`, `web`,
`clinic` and `documents`, and `logs` and `reindex` on top.
`tests/test_layering.py` holds this.
"""

import gc
import logging

# The collector looks for cycles each time that there are 700 objects more: some hundred times while a process imports,
# and dozens of times in a list, and next to nothing is found. Whatever is in no cycle is freed without it.
gc.set_threshold(10_000)
# At INFO they tell at each cold start where they found credentials, and that they found no settings file.
for _library in ("botocore", "boto3", "pynamodb"):
    logging.getLogger(_library).setLevel(logging.WARNING)
