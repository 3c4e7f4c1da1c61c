"""The lifecycle a second time, as the table of enumerations B-5, and every way through it: what tests compare the code with."""

from __future__ import annotations

# Column by column the statuses of B-5 in its order; x where the row may go there.
TABLE = """
proposed              . x x . . . . . . . x
under-review          x . x x . . . . . . x
governance-reviewing  . x . x . . . . . . x
open                  . . x . x x . x . x .
assigned              . . . x . x x x . x .
in-progress           . . x x x . x x x x .
awaiting-external     . . . . . x . x x . .
escalated             . . . . . x x . x . .
resolved              . . . x . . . . . x .
closed                . . . x . . . . . . x
archived              . . . x . . . . . . .
"""
ROWS = [line.split() for line in TABLE.split("\n") if line]
ORDER = [row[0] for row in ROWS]
LEGAL = {(row[0], ORDER[column]) for row in ROWS for column, mark in enumerate(row[1:]) if mark == "x"}
REVIEWS = {"proposed", "under-review", "governance-reviewing"}


def all_ways(origin: str, target: str, longest: int = 5) -> list[list[str]]:
    """Every way without a loop that passes neither a review nor escalated, shortest first."""
    ways, found = [[origin]], []
    for way in ways:
        if way[-1] == target and len(way) > 1:
            found.append(way[1:])
        elif len(way) <= longest:
            steps = [step for start, step in LEGAL if start == way[-1] and step not in way]
            ways += [[*way, step] for step in steps if step == target or step not in REVIEWS | {"escalated"}]
    return found
