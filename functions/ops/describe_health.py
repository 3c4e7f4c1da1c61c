"""Tell that the API answers; says nothing about what is behind it."""

from __future__ import annotations

from typing_extensions import TypedDict

from casework.entry.http import PUBLIC, Answer, Reply, endpoint


class Health(TypedDict):
    """`ok` as long as a door can answer at all."""

    status: str


@endpoint(
    "GET /api/health",
    allow=PUBLIC,
    capability="api_reader",
    answers={200: Answer("The API answers.", Health, {"status": "ok"})},
)
def handler() -> Reply:
    """Tell that the API answers.

    Asks no database, so a monitor may ask often.
    """
    return Reply(body={"status": "ok"})
