"""`cursor` and `next_cursor`: a walk that loses and doubles nothing while cases come and go (A.7 C-21)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.api import Api

CASES = "/api/v1/cases"


def seeded(api: Api, count: int, user: str = "u1", step: timedelta = timedelta(), **fields: Any) -> list[str]:
    ids: list[str] = []
    for _ in range(count):
        api.world.clock.advance(step)
        ids.append(api.post(CASES, fields, user=user).json["case_id"])
    return ids


def walk(api: Api, path: str, query: str, between: Callable[[list[str]], object] | None = None, **options: Any) -> list[str]:
    """Follow `next_cursor` to its end; `between` is told what has been seen after each page."""
    seen: list[str] = []
    cursor = ""
    for _ in range(100):
        answer = api.get(f"{path}?{query}{cursor}", **options)
        assert answer.status == 200, answer.json
        seen += [case["case_id"] for case in answer.json["cases"]]
        if answer.json["next_cursor"] is None:
            return seen
        cursor = f"&cursor={quote(answer.json['next_cursor'], safe='')}"
        if between:
            between(seen)
    raise AssertionError("the walk does not end")


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8])
@pytest.mark.parametrize("step", [timedelta(), timedelta(seconds=1)])
def test_a_walk_sees_every_case_once(shared_api: Api, size: int, step: timedelta) -> None:
    user = f"walker-{size}-{step.seconds}"
    ids = seeded(shared_api, 7, user, step)
    seen = walk(shared_api, CASES, f"page_size={size}", user=user)
    assert sorted(seen) == sorted(ids)
    assert seen == [case["case_id"] for case in shared_api.get(CASES, user=user).json["cases"]]


def test_the_last_page_has_no_next_cursor(shared_api: Api) -> None:
    seeded(shared_api, 2, "last")
    assert shared_api.get(CASES, user="last").json["next_cursor"] is None
    assert shared_api.get(f"{CASES}?page_size=1", user="last").json["next_cursor"]


@pytest.mark.parametrize("step", [timedelta(), timedelta(seconds=1)])
def test_new_cases_between_pages_lose_and_double_nothing(api: Api, step: timedelta) -> None:
    ids = seeded(api, 7, step=step)
    seen = walk(api, CASES, "page_size=2", lambda _: seeded(api, 1, step=timedelta(seconds=1)))
    assert len(seen) == len(set(seen))
    assert [case_id for case_id in seen if case_id in ids] == seen
    assert set(seen) == set(ids)


@pytest.mark.parametrize("step", [timedelta(), timedelta(seconds=1)])
def test_deleted_cases_between_pages_hide_no_other(api: Api, step: timedelta) -> None:
    """Even the case that the cursor stands on may go."""
    ids = seeded(api, 7, step=step)
    seen = walk(api, CASES, "page_size=2", lambda seen: api.delete(f"{CASES}/{seen[-1]}"))
    assert (sorted(seen), len(seen)) == (sorted(ids), 7)


def test_changes_between_pages_move_nothing(api: Api) -> None:
    ids = seeded(api, 6, step=timedelta(seconds=1))

    def change(_: list[str]) -> None:
        api.world.clock.advance(timedelta(minutes=1))
        for case_id in (ids[0], ids[-1]):
            assert api.put(f"{CASES}/{case_id}", {"description": "changed"}).status == 200

    assert walk(api, CASES, "page_size=2", change) == ids[::-1]


def test_a_walk_keeps_its_filter(api: Api) -> None:
    ids = seeded(api, 6, step=timedelta(seconds=1))
    for case_id in ids[::2]:
        assert api.post(f"{CASES}/{case_id}/status", {"status": "resolved"}).status == 200
    assert walk(api, CASES, "status=resolved&page_size=1") == [ids[4], ids[2], ids[0]]


def test_a_walk_counts_everything_on_each_page(api: Api) -> None:
    seeded(api, 5)
    first = api.get(f"{CASES}?page_size=2").json
    second = api.get(f"{CASES}?page_size=2&cursor={quote(first['next_cursor'], safe='')}").json
    assert (first["total"], second["total"], second["page_size"]) == (5, 5, 2)


def test_a_walk_of_a_session_sees_every_case_of_it_once(api: Api) -> None:
    ids = seeded(api, 5, session_id="walked")
    seeded(api, 2, session_id="other")
    seeded(api, 2, "mali", session_id="walked")
    assert sorted(walk(api, f"{CASES}/session/walked", "page_size=2")) == sorted(ids)


def test_a_foreign_cursor_shows_no_foreign_case(shared_api: Api) -> None:
    seeded(shared_api, 3, "cursor-a")
    mine = seeded(shared_api, 3, "cursor-b")
    cursor = quote(shared_api.get(f"{CASES}?page_size=1", user="cursor-a").json["next_cursor"], safe="")
    answer = shared_api.get(f"{CASES}?page_size=1&cursor={cursor}", user="cursor-b")
    assert answer.status in {200, 422}
    assert answer.status == 422 or {case["case_id"] for case in answer.json["cases"]} <= set(mine)


@pytest.mark.parametrize("cursor", ["", "x", "null", "%00", "AAAA", "%ED%A0%80", "x" * 5000, "%27;--", "e30", "e30=", "W10="])
def test_a_cursor_that_is_none_is_422(shared_api: Api, cursor: str) -> None:
    answer = shared_api.get(f"{CASES}?cursor={cursor}")
    assert (answer.status, [fault["loc"] for fault in answer.json["detail"]]) == (422, [["query", "cursor"]])


def test_a_bent_cursor_is_no_accident(shared_api: Api) -> None:
    seeded(shared_api, 2, "bent")
    cursor = shared_api.get(f"{CASES}?page_size=1", user="bent").json["next_cursor"]
    for bent in (cursor[:-3], cursor[3:], cursor[::-1], cursor + cursor, cursor.swapcase()):
        assert shared_api.get(f"{CASES}?cursor={quote(bent, safe='')}", user="bent").status in {200, 422}
