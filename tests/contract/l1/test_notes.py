"""POST …/notes replaces the notes of a walk that is under way (S4-23)."""

from __future__ import annotations

import pytest

from tests.support.walks import FIELDS, Desk, refused


@pytest.mark.parametrize(("sent", "kept"), [("one", ["one"]), (["one"], ["one"]), (["one", "two", "one"], ["one", "two", "one"])])
def test_notes_are_a_list_of_texts(desk: Desk, sent: object, kept: list[str]) -> None:
    session_id = desk.adhoc()
    answer = desk.on(session_id, "notes", {"notes": sent})
    assert (answer.status, answer.json.keys()) == (200, FIELDS)
    assert answer.json == desk.session(session_id)
    assert answer.json["walk_notes"] == kept


def test_notes_replace_what_was_there(desk: Desk) -> None:
    session_id = desk.adhoc()
    for notes in (["a", "b"], "c"):
        desk.on(session_id, "notes", {"notes": notes})
    assert desk.session(session_id)["walk_notes"] == ["c"]


def test_an_empty_list_clears_them(desk: Desk) -> None:
    session_id = desk.adhoc()
    desk.on(session_id, "notes", {"notes": "a"})
    assert desk.on(session_id, "notes", {"notes": []}).status == 200
    assert desk.session(session_id)["walk_notes"] == []


@pytest.mark.parametrize("start", [Desk.adhoc, Desk.walk, Desk.build], ids=["adhoc", "flow", "ai_build"])
def test_notes_touch_nothing_else(desk: Desk, start) -> None:
    session_id = start(desk)
    before = desk.session(session_id)
    assert desk.on(session_id, "notes", {"notes": "a"}).status == 200
    assert desk.session(session_id) == before | {"walk_notes": ["a"]}


@pytest.mark.parametrize("verb", ["resolve", "escalate"])
def test_notes_of_an_ended_walk_are_400(desk: Desk, verb: str) -> None:
    session_id = desk.adhoc()
    desk.on(session_id, verb, {"resolve": {"helpful": True}, "escalate": {"reason_category": "safety"}}[verb])
    assert refused(desk.on(session_id, "notes", {"notes": "late"}), 400)
    assert desk.session(session_id)["walk_notes"] == []


@pytest.mark.parametrize("text", ["'); drop table x;--", "หมายเหตุ", "备注 %_\\"])
def test_text_is_stored_as_it_came(desk: Desk, text: str) -> None:
    session_id = desk.adhoc()
    desk.on(session_id, "notes", {"notes": [text]})
    assert desk.session(session_id)["walk_notes"] == [text]


@pytest.mark.parametrize("notes", [5, True, {"a": 1}, [1], [["a"]], None])
def test_what_is_no_text_is_422(desk: Desk, notes: object) -> None:
    session_id = desk.adhoc()
    assert refused(desk.on(session_id, "notes", {"notes": notes}), 422)
    assert desk.session(session_id)["walk_notes"] == []


def test_notes_are_required(desk: Desk) -> None:
    assert refused(desk.on(desk.adhoc(), "notes", {}), 422)
