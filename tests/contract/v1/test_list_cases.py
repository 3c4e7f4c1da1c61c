"""GET /api/v1/cases: pages, filter, order (S2-10, S2-17, S2-36, S2-37, A.7 C-21)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.support.api import Api

CASES = "/api/v1/cases"
PAGE = {"cases", "total", "page", "page_size", "next_cursor"}
STATUSES = ["active", "investigating", "resolved", "archived", "closed"]


def seeded(api: Api, count: int, user: str = "u1", step: timedelta = timedelta(), **fields: Any) -> list[str]:
    """Create cases, the clock moving by `step` before each; return their ids, oldest first."""
    ids: list[str] = []
    for _ in range(count):
        api.world.clock.advance(step)
        ids.append(api.post(CASES, fields, user=user).json["case_id"])
    return ids


def listed(api: Api, query: str = "", **options: Any) -> dict[str, Any]:
    answer = api.get(f"{CASES}?{query}" if query else CASES, **options)
    assert answer.status == 200, answer.json
    return answer.json


def ids_of(page: dict[str, Any]) -> list[str]:
    return [case["case_id"] for case in page["cases"]]


def test_without_cases_the_list_is_empty(shared_api: Api) -> None:
    page = listed(shared_api, user="nobody")
    assert page.keys() == PAGE
    assert page == {"cases": [], "total": 0, "page": 1, "page_size": 50, "next_cursor": None}


def test_a_page_holds_full_cases(api: Api) -> None:
    made = api.post(CASES, {"title": "Full", "metadata": {"a": 1}, "tags": ["t"], "description": "whole"}).json
    assert listed(api)["cases"] == [made]


def test_the_newest_comes_first(api: Api) -> None:
    ids = seeded(api, 5, step=timedelta(seconds=1))
    assert ids_of(listed(api)) == ids[::-1]


def test_a_change_moves_no_case(api: Api) -> None:
    ids = seeded(api, 3, step=timedelta(seconds=1))
    api.world.clock.advance(timedelta(minutes=1))
    api.put(f"{CASES}/{ids[0]}", {"title": "Changed"})
    api.post(f"{CASES}/{ids[1]}/status", {"status": "investigating"})
    assert ids_of(listed(api)) == ids[::-1]


def test_fifty_are_the_default_and_the_total_counts_all(api: Api) -> None:
    ids = seeded(api, 53, step=timedelta(seconds=1))
    first, second = listed(api), listed(api, "page=2")
    assert (len(first["cases"]), first["total"], first["page"], first["page_size"]) == (50, 53, 1, 50)
    assert (len(second["cases"]), second["total"], second["page"], second["page_size"]) == (3, 53, 2, 50)
    assert ids_of(first) + ids_of(second) == ids[::-1]
    assert len(listed(api, "page_size=100")["cases"]) == 53


@pytest.mark.parametrize("size", [1, 2, 3, 6, 7, 8])
def test_pages_of_one_instant_lose_and_double_nothing(shared_api: Api, size: int) -> None:
    """All cases have one `created_at`; a tie-breaker keeps their order."""
    user = f"ties-{size}"
    ids = seeded(shared_api, 7, user=user)
    whole = ids_of(listed(shared_api, user=user))
    pages = [listed(shared_api, f"page={n}&page_size={size}", user=user) for n in range(1, 7 // size + 2)]
    assert [case_id for page in pages for case_id in ids_of(page)] == whole
    assert sorted(whole) == sorted(ids)
    assert {page["total"] for page in pages} == {7}


def test_beyond_the_end_the_page_is_empty_and_the_total_true(shared_api: Api) -> None:
    seeded(shared_api, 3, user="beyond")
    for query in ("page=2", "page=4&page_size=1", "page=200"):
        page = listed(shared_api, query, user="beyond")
        assert (page["cases"], page["total"], page["next_cursor"]) == ([], 3, None)


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("page=0", "page"), ("page=-1", "page"), ("page=x", "page"), ("page=", "page"), ("page=1.5", "page"), ("page=1e3", "page"),
        (f"page={10**18}", "page"), (f"page={10**30}", "page"), (f"page={2**63 - 1}", "page"), (f"page={'9' * 5000}", "page"),
        ("page_size=0", "page_size"), ("page_size=-1", "page_size"), ("page_size=101", "page_size"), ("page_size=", "page_size"),
        ("page_size=all", "page_size"), (f"page_size={10**18}", "page_size"), ("page=%00", "page"), ("page=null", "page"),
        ("status=", "status"), ("status=Active", "status"), ("status=open", "status"), ("status=in-progress", "status"),
        ("status=active,closed", "status"), ("status=%00", "status"),
    ],
)  # fmt: skip
def test_a_bad_parameter_is_422_and_named(shared_api: Api, query: str, name: str) -> None:
    answer = shared_api.get(f"{CASES}?{query}")
    assert (answer.status, [fault["loc"] for fault in answer.json["detail"]]) == (422, [["query", name]])


def test_every_bad_parameter_is_listed(shared_api: Api) -> None:
    answer = shared_api.get(f"{CASES}?page=0&page_size=101&status=open")
    places = sorted(fault["loc"] for fault in answer.json["detail"])
    assert (answer.status, places) == (422, [["query", "page"], ["query", "page_size"], ["query", "status"]])


@pytest.mark.parametrize("query", ["made_up=1", "user_id=mali", "sort=title", "page=1&limit=0", "tenant=acme"])
def test_an_unknown_parameter_is_ignored(shared_api: Api, query: str) -> None:
    seeded(shared_api, 1, user="unknowing")
    assert listed(shared_api, query, user="unknowing") == listed(shared_api, user="unknowing")


@pytest.mark.parametrize("status", STATUSES)
def test_the_status_filter_keeps_what_it_names(api: Api, status: str) -> None:
    ids = dict(zip(STATUSES, seeded(api, 5), strict=True))
    for word, case_id in ids.items():
        assert api.post(f"{CASES}/{case_id}/status", {"status": word}).status == 200
    page = listed(api, f"status={status}")
    assert (ids_of(page), page["total"]) == ([ids[status]], 1)


def test_a_filtered_list_pages_and_counts_what_matches(api: Api) -> None:
    ids = seeded(api, 6, step=timedelta(seconds=1))
    for case_id in ids[::2]:
        api.post(f"{CASES}/{case_id}/status", {"status": "closed"})
    pages = [listed(api, f"status=closed&page_size=2&page={n}") for n in (1, 2)]
    assert [ids_of(page) for page in pages] == [[ids[4], ids[2]], [ids[0]]]
    assert [page["total"] for page in pages] == [3, 3]


def test_s2_03_a_list_is_the_callers_alone(shared_api: Api) -> None:
    mine = seeded(shared_api, 2, user="mine")
    seeded(shared_api, 3, user="theirs")
    page = listed(shared_api, user="mine", roles=["admin", "auditor"])
    assert (sorted(ids_of(page)), page["total"]) == (sorted(mine), 2)
    assert listed(shared_api, user="mine", tenant="acme")["total"] == 0


def test_a_deleted_case_is_neither_listed_nor_counted(api: Api) -> None:
    ids = seeded(api, 3, step=timedelta(seconds=1))
    assert api.delete(f"{CASES}/{ids[1]}").status == 204
    page = listed(api)
    assert (ids_of(page), page["total"]) == ([ids[2], ids[0]], 2)


def test_page_sizes_come_from_settings(api: Api) -> None:
    api.world.environ |= {"DEFAULT_PAGE_SIZE": "2", "MAX_PAGE_SIZE": "3"}
    seeded(api, 4)
    page = listed(api)
    assert (len(page["cases"]), page["page_size"], page["total"]) == (2, 2, 4)
    assert len(listed(api, "page_size=3")["cases"]) == 3
    assert api.get(f"{CASES}?page_size=4").status == 422
