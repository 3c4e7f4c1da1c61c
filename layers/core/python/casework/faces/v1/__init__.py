"""The dialect of /api/v1: a person's own cases in five statuses; errors are `{"detail": …}`, unknown fields are ignored."""
