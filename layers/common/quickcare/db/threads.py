"""The threads in which several calls to DynamoDB run at the same time."""

from concurrent.futures import ThreadPoolExecutor

# Two pools: in one pool, parallel reads could hold all threads while they wait for their batches to get one.
reads = ThreadPoolExecutor(max_workers=8, thread_name_prefix="dynamodb")
batches = ThreadPoolExecutor(max_workers=8, thread_name_prefix="dynamodb-batch")
