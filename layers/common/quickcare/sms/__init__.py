"""SMS: their texts, the letters they may have, and the outbox in which they wait."""
