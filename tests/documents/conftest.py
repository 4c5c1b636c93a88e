"""The queue of uploads beside what the bench has."""

import os

import pytest
from quickcare import aws

os.environ["UPLOAD_QUEUE_URL"] = "https://sqs.ap-south-1.amazonaws.com/123456789012/uploads"


@pytest.fixture
def moto(moto: None) -> None:
    """AWS in this process, with the queue of uploads."""
    aws.client("sqs").create_queue(QueueName="uploads")
