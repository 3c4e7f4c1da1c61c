"""GET and PATCH /l1/settings: who takes over, and whose sessions are whose."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.walks import Desk, recipients, refused

ANNA = {"email": "anna@acme.example.com", "name": "Anna"}
NAMES = {"escalation_recipients", "sessions_creator_only"}


def settings(desk: Desk) -> Any:
    answer = desk.get("/settings", roles=["account_owner"])
    assert answer.status == 200, answer.json
    return answer.json


def test_a_new_account_shares_its_sessions_and_names_nobody(desk: Desk) -> None:
    assert settings(desk) == {"escalation_recipients": [], "sessions_creator_only": False}


@pytest.mark.parametrize("role", ["account_owner", "admin"])
def test_a_patch_answers_the_settings(desk: Desk, role: str) -> None:
    answer = desk.patch("/settings", {"escalation_recipients": [ANNA], "sessions_creator_only": True}, roles=[role])
    assert (answer.status, answer.json) == (200, settings(desk))
    assert answer.json == {"escalation_recipients": [ANNA], "sessions_creator_only": True}


def test_a_patch_changes_only_what_it_names(desk: Desk) -> None:
    desk.patch("/settings", {"escalation_recipients": [ANNA]})
    desk.patch("/settings", {"sessions_creator_only": True})
    assert settings(desk) == {"escalation_recipients": [ANNA], "sessions_creator_only": True}
    desk.patch("/settings", {"escalation_recipients": []})
    assert settings(desk) == {"escalation_recipients": [], "sessions_creator_only": True}


def test_the_list_of_recipients_is_replaced(desk: Desk) -> None:
    for names in (["a@acme.example.com", "b@acme.example.com"], ["c@acme.example.com"]):
        desk.patch("/settings", recipients(*names))
    assert [one["email"] for one in settings(desk)["escalation_recipients"]] == ["c@acme.example.com"]


def test_an_empty_patch_changes_nothing(desk: Desk) -> None:
    desk.patch("/settings", {"escalation_recipients": [ANNA]})
    before = settings(desk)
    assert (desk.patch("/settings", {}).status, settings(desk)) == (200, before)


@pytest.mark.parametrize("body", [
    {"escalation_recipients": [{"email": "no address", "name": "x"}]}, {"escalation_recipients": [{"name": "x"}]},
    {"escalation_recipients": "anna@acme.example.com"}, {"escalation_recipients": [5]}, {"sessions_creator_only": "perhaps"},
    {"escalation_recipients": [{"email": "a@acme.example.com\r\nBcc: x@y.example", "name": "x"}]},
    {"sessions_creator_only": [True], "escalation_recipients": [ANNA]},
])  # fmt: skip
def test_an_invalid_field_is_422_and_changes_nothing(desk: Desk, body: dict[str, object]) -> None:
    before = settings(desk)
    assert refused(desk.patch("/settings", body), 422)
    assert settings(desk) == before


def test_the_answer_has_exactly_two_names(desk: Desk) -> None:
    assert settings(desk).keys() == NAMES
