"""What the functions find in their environment. Settings are read at the first import of most modules."""

import os

_VARIABLES = {
    "STAGE": "local",
    "TABLE_NAME": "bench",
    "SIGNING_KEYS_SECRET": "signing-keys",
    "LINK_KEYS_SECRET": "link-keys",
    "PANEL_KEYS_SECRET": "panel-keys",
    "LOG_KEY_SECRET": "log-key",
    "DOCUMENTS_BUCKET": "documents",
    "MASTER_OTP": "888888",
    "PUBLIC_URL": "https://api.example.com/test",
    "AWS_REGION": "ap-south-1",
    "AWS_DEFAULT_REGION": "ap-south-1",
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "POWERTOOLS_METRICS_DISABLED": "true",
    "POWERTOOLS_LOG_LEVEL": "ERROR",
}


def set_up() -> None:
    """For the life of the process. It must come before the first import of a handler."""
    os.environ.update(_VARIABLES)
