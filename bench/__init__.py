"""Measurements of the table. This module sets the environment, because settings are read at the first import."""

import os

os.environ |= {"STAGE": "local", "TABLE_NAME": "bench", "AWS_REGION": "ap-south-1", "AWS_DEFAULT_REGION": "ap-south-1"}
os.environ |= {"AWS_ACCESS_KEY_ID": "bench", "AWS_SECRET_ACCESS_KEY": "bench", "POWERTOOLS_LOG_LEVEL": "ERROR"}
