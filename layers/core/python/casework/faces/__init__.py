"""Older dialects: an elder contract's request models, renderers and error body. No rules, no SQL; the rooms do the work."""
