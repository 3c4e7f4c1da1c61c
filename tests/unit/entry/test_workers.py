"""`@consumer` and `@schedule`: what becomes of errors, with a hand-written App."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from casework import wiring
from casework.entry.consumer import consumer
from casework.entry.schedule import schedule
from casework.kernel.errors import DomainError, InvalidInput, NotFound, Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

SECRET = "somchai@example.org"


class FakeDatabase:
    def __init__(self) -> None:
        self.rollbacks = 0

    def rollback(self) -> None:
        self.rollbacks += 1


class FakeApp:
    def __init__(self) -> None:
        self.database = FakeDatabase()
        self.seen: list[Any] = []


@pytest.fixture
def app() -> Iterator[FakeApp]:
    fake = FakeApp()
    wiring._apps["janitor"] = fake  # pyright: ignore[reportArgumentType]
    yield fake
    wiring._apps.clear()


ERRORS = {
    "gone": NotFound(SECRET),
    "bad": InvalidInput(SECRET),
    "busy": Unavailable(SECRET),
    "bug": KeyError(SECRET),
    "odd": DomainError(SECRET),
}


@consumer("ThingQueue", capability="janitor")
def handle(message, app) -> None:
    """Handle a thing.

    More of it.
    """
    if message["do"] in ERRORS:
        raise ERRORS[message["do"]]
    app.seen.append(message["do"])


def batch(*messages: str) -> dict[str, Any]:
    return {"Records": [{"messageId": f"m{number}", "body": message} for number, message in enumerate(messages)]}


def did(what: str) -> str:
    return json.dumps({"do": what})


def failed(result: dict[str, Any]) -> list[str]:
    return [item["itemIdentifier"] for item in result["batchItemFailures"]]


def test_a_consumer_keeps_its_declaration():
    assert (handle.route.queue, handle.route.capability, handle.route.summary) == ("ThingQueue", "janitor", "Handle a thing.")
    assert handle.__doc__.startswith("Handle a thing.")


def test_each_message_of_a_batch_stands_for_itself(app):
    assert failed(handle(batch(did("a"), did("busy"), did("gone"), did("bug"), did("b")), None)) == ["m1", "m3"]
    assert app.seen == ["a", "b"]


@pytest.mark.parametrize(
    ("kind", "comes_back", "rollbacks"), [("busy", True, 0), ("gone", False, 0), ("bad", False, 0), ("odd", False, 0), ("bug", True, 1)]
)
def test_only_what_may_pass_and_what_nobody_knows_comes_back(app, kind, comes_back, rollbacks):
    assert (failed(handle(batch(did(kind)), None)) == ["m0"], app.database.rollbacks) == (comes_back, rollbacks)


@pytest.mark.parametrize("body", ["", "not json", "[]", '{"other": 1}', "5"])
def test_a_message_that_nobody_can_read_goes_the_way_of_poison(app, body):
    assert failed(handle(batch(body, did("a")), None)) == ["m0"]
    assert app.seen == ["a"]


def test_an_empty_batch_is_nothing(app):
    assert handle({"Records": []}, None) == {"batchItemFailures": []}


def test_logs_of_a_failed_message_hold_no_text_of_the_error(app, log):
    handle(batch(did("gone"), did("busy"), did("bug")), None)
    printed = log.getvalue()
    lines = [json.loads(line) for line in printed.splitlines()]
    assert [line["message"] for line in lines] == ["message.refused", "message.retried", "error.unknown"]
    assert (lines[2]["error_kind"], lines[2]["operation"]) == ("KeyError", "ThingQueue")
    assert SECRET not in printed


@schedule("nightly", "cron(0 1 * * ? *)", capability="janitor")
def tick(app):
    """Count things."""
    if app.seen:
        raise app.seen[0]
    return Counter(things=2)


def test_a_schedule_keeps_its_declaration_and_returns_plain_counts(app):
    assert (tick.route.name, tick.route.expression, tick.route.summary) == ("nightly", "cron(0 1 * * ? *)", "Count things.")
    result = tick({"time": "x"}, None)
    assert (result, type(result)) == ({"things": 2}, dict)


@pytest.mark.parametrize("error", [Unavailable(SECRET), KeyError(SECRET)])
def test_an_error_of_a_tick_is_rolled_back_logged_without_text_and_raised(app, log, error):
    app.seen.append(error)
    with pytest.raises(type(error)):
        tick({}, None)
    printed = log.getvalue()
    assert (app.database.rollbacks, json.loads(printed)["error_kind"]) == (1, type(error).__name__)
    assert SECRET not in printed
