"""Older dialects: request models, renderers and the error body of an elder contract. No rules, no SQL."""
