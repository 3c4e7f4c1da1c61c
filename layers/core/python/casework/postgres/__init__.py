"""The database: one connection per execution environment, one transaction per decision, one tenant per transaction.

Writes the tables idempotency_keys and schema_migrations.
"""
