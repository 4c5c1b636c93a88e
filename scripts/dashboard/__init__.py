"""The picture of the CloudWatch dashboard after the demo's week: `docs/drawings/dashboard.svg`, and its dark twin."""
