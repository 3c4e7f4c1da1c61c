"""GET /api/v1/cases/session/{session_id}, paged and counted for the caller alone (S2-01, S2-04, S2-18, S2-77)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

if TYPE_CHECKING:
    from tests.support.api import Api

CASES = "/api/v1/cases"


def seeded(api: Api, session_id: str | None, count: int = 1, user: str = "u1", step: timedelta = timedelta(seconds=1)) -> list[str]:
    ids: list[str] = []
    for _ in range(count):
        api.world.clock.advance(step)
        ids.append(api.post(CASES, {"session_id": session_id}, user=user).json["case_id"])
    return ids


def listed(api: Api, session_id: str, query: str = "", **options: Any) -> dict[str, Any]:
    answer = api.get(f"{CASES}/session/{quote(session_id, safe='')}{query and '?'}{query}", **options)
    assert answer.status == 200, answer.json
    return answer.json


def ids_of(page: dict[str, Any]) -> list[str]:
    return [case["case_id"] for case in page["cases"]]


def test_a_session_lists_its_cases_newest_first(api: Api) -> None:
    ids = seeded(api, "s1", 3)
    seeded(api, "s2")
    seeded(api, None)
    page = listed(api, "s1")
    assert (ids_of(page), page["total"], page["page"], page["page_size"]) == (ids[::-1], 3, 1, 50)
    assert page["cases"][0] == api.get(f"{CASES}/{ids[2]}").json


@pytest.mark.parametrize("session_id", ["unknown", "session", "0", "case_000000000000", "x" * 3000, "เซสชัน", "' or 1=1 --"])
def test_an_unknown_session_is_an_empty_page(shared_api: Api, session_id: str) -> None:
    page = listed(shared_api, session_id)
    assert (page["cases"], page["total"], page["page"], page["page_size"], page["next_cursor"]) == ([], 0, 1, 50, None)


@pytest.mark.parametrize("session_id", ["a b", "เซสชัน", "会话", "a%b_c", "a'b", "a?b", "a#b", "a+b", "A"])
def test_a_session_is_found_by_its_exact_name(shared_api: Api, session_id: str) -> None:
    user = f"exact-{session_id}"
    ids = seeded(shared_api, session_id, user=user)
    seeded(shared_api, "another", user=user)
    assert ids_of(listed(shared_api, session_id, user=user)) == ids
    assert listed(shared_api, session_id.lower() + "x", user=user)["total"] == 0


def test_the_total_counts_all_pages(api: Api) -> None:
    ids = seeded(api, "s1", 7)
    pages = [listed(api, "s1", f"page_size=3&page={n}") for n in (1, 2, 3, 4)]
    assert [len(page["cases"]) for page in pages] == [3, 3, 1, 0]
    assert {page["total"] for page in pages} == {7}
    assert [case_id for page in pages for case_id in ids_of(page)] == ids[::-1]


def test_newer_foreign_cases_push_nothing_off_the_page(api: Api) -> None:
    mine = seeded(api, "shared")
    seeded(api, "shared", 5, user="mali")
    page = listed(api, "shared", "page_size=3")
    assert (ids_of(page), page["total"]) == (mine, 1)
    assert listed(api, "shared", "page_size=3", user="mali")["total"] == 5


def test_a_foreign_session_is_as_an_unknown_one(shared_api: Api) -> None:
    seeded(shared_api, "theirs", 3, user="mali")
    foreign, unknown = listed(shared_api, "theirs", user="nosy"), listed(shared_api, "never", user="nosy")
    assert foreign == unknown
    assert listed(shared_api, "theirs", user="mali", tenant="acme")["total"] == 0


@pytest.mark.parametrize("size", [1, 2, 3])
def test_session_pages_of_one_instant_lose_and_double_nothing(shared_api: Api, size: int) -> None:
    user = f"ties-{size}"
    ids = seeded(shared_api, "ties", 5, user=user, step=timedelta())
    pages = [listed(shared_api, "ties", f"page_size={size}&page={n}", user=user) for n in range(1, 5 // size + 2)]
    seen = [case_id for page in pages for case_id in ids_of(page)]
    assert (sorted(seen), len(seen)) == (sorted(ids), 5)


@pytest.mark.parametrize("query", ["page=0", "page=x", "page=", f"page={10**18}", "page_size=0", "page_size=101", "page_size="])
def test_a_bad_parameter_is_422_here_too(shared_api: Api, query: str) -> None:
    answer = shared_api.get(f"{CASES}/session/s1?{query}")
    assert (answer.status, [fault["loc"] for fault in answer.json["detail"]]) == (422, [["query", query.partition("=")[0]]])


@pytest.mark.parametrize("status", ["active", "closed", "nonsense", ""])
def test_a_session_list_has_no_status_filter(shared_api: Api, status: str) -> None:
    user = f"unfiltered-{status}"
    ids = seeded(shared_api, "unfiltered", user=user)
    assert ids_of(listed(shared_api, "unfiltered", f"status={status}", user=user)) == ids


def test_s2_18_session_alone_is_a_case_id(shared_api: Api) -> None:
    answer = shared_api.get(f"{CASES}/session")
    assert (answer.status, answer.json) == (404, {"detail": "Case session not found"})


def test_a_session_called_status_is_a_session(api: Api) -> None:
    ids = seeded(api, "status")
    assert ids_of(listed(api, "status")) == ids


def test_put_links_no_other_session(shared_api: Api) -> None:
    (case_id,) = seeded(shared_api, "kept", user="linker")
    answer = shared_api.put(f"{CASES}/{case_id}", {"session_id": "moved"}, user="linker")
    assert (answer.status, answer.json["session_id"]) == (200, "kept")
    assert (listed(shared_api, "kept", user="linker")["total"], listed(shared_api, "moved", user="linker")["total"]) == (1, 0)


def test_s2_01_a_case_lives_across_sessions(api: Api) -> None:
    """The canonical face links a further session; v1 lists the case under both and shows the first."""
    (case_id,) = seeded(api, "monday")
    linked = api.post(f"/api/cases/{case_id}/sessions", {"session_id": "tuesday"}, roles=["case_owner"])
    assert linked.status in {200, 201}, linked.json
    pages = [listed(api, session_id) for session_id in ("monday", "tuesday")]
    assert [(ids_of(page), page["total"]) for page in pages] == [([case_id], 1)] * 2
    assert {case["session_id"] for page in pages for case in page["cases"]} == {"monday"}


def test_a_deleted_case_leaves_its_session(api: Api) -> None:
    ids = seeded(api, "s1", 2)
    assert api.delete(f"{CASES}/{ids[0]}").status == 204
    page = listed(api, "s1")
    assert (ids_of(page), page["total"]) == ([ids[1]], 1)
