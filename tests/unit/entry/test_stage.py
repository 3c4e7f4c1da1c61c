"""`@stage`: routing facts out, retryable errors by their class, nothing personal in the log; with a hand-written App."""

from __future__ import annotations

from uuid import UUID

import pytest

from casework.entry.stage import Ticket, stage
from casework.kernel.errors import Conflict, Unavailable

RUN = {"tenant_id": str(UUID(int=1)), "run_id": str(UUID(int=2))}
SECRET = "somchai@example.org"


class FakeApp:
    def __init__(self) -> None:
        self.database = self
        self.rollbacks = 0

    def rollback(self) -> None:
        self.rollbacks += 1


def a_stage(result):
    """A stage that returns a value, or raises it."""

    @stage("classify", capability="janitor")
    def handler(ticket: Ticket, app: FakeApp):
        """Classify a candidate."""
        if isinstance(result, Exception):
            raise result
        return result(ticket)

    return handler


def test_the_declaration_names_the_state_and_says_what_it_does():
    assert (a_stage(dict).route.name, a_stage(dict).route.capability, a_stage(dict).route.summary) == (
        "classify",
        "janitor",
        "Classify a candidate.",
    )


@pytest.mark.parametrize("candidate", [None, UUID(int=3)])
def test_a_stage_is_told_where_its_input_lies_and_returns_routing_facts(candidate):
    event = RUN | ({"candidate_id": str(candidate)} if candidate else {})
    facts = a_stage(lambda ticket: {"next": "alert", "ticket": ticket}).perform(event, FakeApp())
    assert facts == {"next": "alert", "ticket": Ticket(UUID(int=1), UUID(int=2), candidate)}


@pytest.mark.parametrize(
    ("error", "rolled_back", "told"),
    [(Unavailable(SECRET), 0, "stage.retried"), (Conflict(SECRET), 0, "stage.refused"), (KeyError(SECRET), 1, "error.unknown")],
)
def test_an_error_reaches_the_state_machine_as_itself_and_leaves_no_trace_of_its_text(error, rolled_back, told, log):
    app = FakeApp()
    with pytest.raises(type(error)):
        a_stage(error).perform(RUN, app)
    assert app.rollbacks == rolled_back
    assert told in log.getvalue()
    assert SECRET not in log.getvalue()
