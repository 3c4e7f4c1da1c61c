"""Cursors: opaque, bound to their query, refused when they are anything else."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.kernel.paging import BadCursor, decode_cursor, encode_cursor

QUERY = {"filters": {"status": ["open"]}, "sort": "-created_at", "tenant": UUID(int=1)}
AT, ID = datetime(2026, 11, 23, 3, 0, 0, 123456, tzinfo=UTC), UUID(int=7)
READERS = (datetime.fromisoformat, UUID)


def packed(value) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def mark() -> str:
    return json.loads(base64.urlsafe_b64decode(encode_cursor([], QUERY) + "=="))[0]


def test_a_cursor_gives_back_the_key_that_went_in():
    assert decode_cursor(encode_cursor([AT, ID], QUERY), QUERY, READERS) == [AT, ID]


@given(st.floats(allow_nan=False, allow_infinity=False), st.uuids())
def test_scores_and_ids_come_back_to_the_last_bit(score, key):
    assert decode_cursor(encode_cursor([score, key], QUERY), QUERY, (float, UUID)) == [score, key]


@pytest.mark.parametrize("other", [{"sort": "created_at"}, {"filters": {}}, {"tenant": UUID(int=2)}])
def test_a_cursor_belongs_to_its_query(other):
    with pytest.raises(BadCursor):
        decode_cursor(encode_cursor([AT, ID], QUERY), QUERY | other, READERS)


@pytest.mark.parametrize(
    "cursor",
    ["", "x", "%%%", "ไทย", "bm9wZQ", packed({}), packed([]), packed(None), packed(5), packed(["wrong", 1, 2]), "W" * 20_000]
    + [packed([mark(), *key]) for key in ([], [1], [1, 2], ["x", str(ID)], [str(AT), "x"], [None, None], [str(AT), str(ID), 1], [[], {}])],
)
def test_anything_else_is_a_bad_cursor(cursor):
    with pytest.raises(BadCursor) as caught:
        decode_cursor(cursor, QUERY, READERS)
    assert caught.value.errors[0].pointer == "?cursor"


@given(st.text(max_size=80))
def test_no_text_breaks_the_reader(text):
    with pytest.raises(BadCursor):
        decode_cursor(text, QUERY, READERS)
