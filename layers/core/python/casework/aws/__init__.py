"""AWS behind our ports: queues, secrets, keys. boto3 is imported here only, on first use. No tables."""
