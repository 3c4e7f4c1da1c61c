"""The dialect of /api/v3 and /api/v4, the same under both prefixes: errors are `{"error": "<text>", "code": "<slug>"}`.

Unknown fields are ignored; a field of the wrong JSON type makes the whole body `invalid json` (400).
"""
