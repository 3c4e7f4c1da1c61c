"""The dialect of /l1: the help desk's workspace; errors are problem+json, unknown fields are ignored."""
