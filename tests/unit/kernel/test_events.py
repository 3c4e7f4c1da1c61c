"""The chain of a stream: canonical JSON, commitments, seals."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.cases.events import EVENT_TYPES
from casework.kernel.events import GENESIS, Event, Link, canonical_json, commit_to

LEAVES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
JSON = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4), max_leaves=12)
AT = datetime(2026, 11, 23, 3, 0, 0, 1, tzinfo=UTC)
LINK = Link(UUID(int=1), UUID(int=2), 1, AT, AT, "u1", "case_created", bytes(32))


def as_postgres_keeps_it(value):
    """JSON as jsonb gives it back: numbers are decimals without exponent, and zero has no sign."""
    if isinstance(value, float):
        return json.loads(f"{Decimal(repr(value)):f}") if value else 0.0
    if isinstance(value, dict):
        return {name: as_postgres_keeps_it(value[name]) for name in sorted(value, key=len)}
    return [as_postgres_keeps_it(one) for one in value] if isinstance(value, list) else value


def test_canonical_json_sorts_and_wastes_nothing():
    assert canonical_json({"b": [1, "น้ำ"], "a": None}) == '{"a":null,"b":[1,"น้ำ"]}'


@pytest.mark.parametrize(
    ("one", "other"), [(1.0, 1), (-0.0, 0), (1e16, 10**16), (1e23, 10**23), ([2.0], (2,)), ({"x": 1e22}, {"x": 10**22})]
)
def test_a_number_has_one_text_however_it_is_held(one, other):
    assert canonical_json(one) == canonical_json(other)


def test_what_is_no_whole_number_keeps_its_digits():
    assert canonical_json([0.1, 1e-07, 13.7563312345, True]) == "[0.1,1e-07,13.7563312345,true]"


@pytest.mark.parametrize("value", [float("nan"), float("inf"), {"a": [float("-inf")]}])
def test_canonical_json_has_no_word_for_what_is_no_number(value):
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical_json(value)


@given(JSON)
def test_canonical_json_survives_a_round_trip(value):
    text = canonical_json(value)
    assert canonical_json(json.loads(text)) == text == canonical_json(as_postgres_keeps_it(value))


def test_a_commitment_covers_salt_and_payload():
    assert commit_to({"a": 1}, b"salt") == hashlib.sha256(b'salt{"a":1}').digest()
    assert commit_to({"a": 1}, b"other") != commit_to({"a": 1}, b"salt") != commit_to({"a": 2}, b"salt")


def test_a_seal_is_what_the_module_says():
    micros = (AT - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
    text = f"{UUID(int=1)}|{UUID(int=2)}|1|{micros}|{micros}|case_created|2|u1|"
    assert LINK.seal(GENESIS) == hashlib.sha256(bytes(32) + text.encode() + bytes(32)).digest()


@pytest.mark.parametrize(
    "change",
    [
        {"tenant_id": UUID(int=9)}, {"aggregate_id": UUID(int=9)}, {"version": 2}, {"occurred_at": AT + timedelta(microseconds=1)},
        {"recorded_at": AT - timedelta(microseconds=1)}, {"actor": "u2"}, {"type_name": "other"}, {"commitment": b"\1" * 32},
    ],
)  # fmt: skip
def test_a_seal_covers_every_fact(change):
    assert replace(LINK, **change).seal(GENESIS) != LINK.seal(GENESIS)


def test_a_seal_covers_its_predecessor():
    assert LINK.seal(GENESIS) != LINK.seal(b"\1" * 32)


def test_no_two_actors_and_types_share_a_seal():
    assert replace(LINK, actor="a|b", type_name="c").seal(GENESIS) != replace(LINK, actor="b", type_name="c|a").seal(GENESIS)


def test_an_event_is_named_by_its_class_and_is_frozen():
    class DoorOpenedTwice(Event):
        by: str

    event = DoorOpenedTwice(by="u1")
    assert event.type_name == "door_opened_twice"
    with pytest.raises(ValueError, match="frozen"):
        event.by = "u2"
    with pytest.raises(ValueError, match="extra"):
        DoorOpenedTwice(by="u1", extra=1)


def test_every_event_of_a_case_is_known_by_its_own_name():
    assert {name: kind.type_name for name, kind in EVENT_TYPES.items()} == {name: name for name in EVENT_TYPES}
