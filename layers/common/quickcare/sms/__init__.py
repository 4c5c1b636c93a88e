"""SMS on their way out: what they say, which letters they may have, and the outbox they wait in."""
