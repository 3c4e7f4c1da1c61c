"""What every room may use: ids, clock, errors, events, paging. Knows no room, does no I/O, owns no table."""
