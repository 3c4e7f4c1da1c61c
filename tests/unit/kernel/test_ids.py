"""Identifiers: version and order of UUIDv7, case numbers by Bangkok's date."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime

import pytest

from casework.kernel.ids import new_case_alias, new_case_number, uuid7

DAY = datetime(2026, 11, 23, tzinfo=UTC)


def test_a_uuid7_says_so():
    made = [uuid7() for _ in range(100)]
    assert {(one.version, one.variant) for one in made} == {(7, "specified in RFC 4122")}
    assert len(set(made)) == 100


def test_a_uuid7_begins_with_the_milliseconds_of_its_making():
    before = time.time_ns() // 1_000_000
    made = uuid7()
    assert before <= made.int >> 80 <= time.time_ns() // 1_000_000


def test_uuid7s_sort_by_time_as_number_as_text_and_as_bytes():
    made = []
    for _ in range(5):
        made.append(uuid7())
        time.sleep(0.002)
    assert made == sorted(made) == sorted(made, key=str) == sorted(made, key=lambda one: one.bytes)


def test_an_alias_is_case_and_twelve_hex_digits():
    assert re.fullmatch(r"case_[0-9a-f]{12}", new_case_alias())
    assert len({new_case_alias() for _ in range(100)}) == 100


@pytest.mark.parametrize(
    ("at", "date"),
    [
        (DAY.replace(hour=16, minute=59, second=59), "261123"),  # 23:59:59 in Bangkok
        (DAY.replace(hour=17), "261124"),  # midnight there
        (DAY.replace(hour=0), "261123"),
        (datetime(2026, 12, 31, 17, tzinfo=UTC), "270101"),
        (datetime(2028, 2, 28, 17, tzinfo=UTC), "280229"),
    ],
)
def test_a_case_number_carries_bangkok_s_date(at, date):
    assert new_case_number(at, 1)[5:11] == date


def test_a_case_number_has_four_digits_of_crockford_s_base_32():
    made = [new_case_number(DAY, ordinal) for ordinal in range(500)]
    assert all(re.fullmatch(r"CASE-261123-[0-9ABCDEFGHJKMNPQRSTVWXYZ]{4}", number) for number in made)


@pytest.mark.parametrize("first", [1, 987_654_321, 2**62])
def test_a_million_ordinals_in_a_row_have_as_many_numbers(first):
    assert len({new_case_number(DAY, first + step)[-4:] for step in range(0, 2**20, 31)}) == len(range(0, 2**20, 31))
    assert new_case_number(DAY, first) == new_case_number(DAY, first + 2**20)


def test_neighbours_look_unlike():
    one, other = new_case_number(DAY, 1)[-4:], new_case_number(DAY, 2)[-4:]
    assert sum(a != b for a, b in zip(one, other, strict=True)) >= 2
