"""Titles: measured before trimming, and `Case-MMDD-N` where none is given (A.7 C-20, S2-09, S2-43)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.support.api import Api

CASES = "/api/v1/cases"


def title(api: Api, body: dict[str, Any] | None = None, **options: Any) -> str:
    answer = api.post(CASES, body or {}, **options)
    assert answer.status == 201, answer.json
    return answer.json["title"]


@pytest.mark.parametrize("given", [None, "", " ", "\t\n", "\u3000", "\u00a0\u2003", " " * 200])
def test_without_a_title_one_is_made(api: Api, given: str | None) -> None:
    assert title(api, {"title": given}) == "Case-1123-1"


def test_automatic_titles_count_up(api: Api) -> None:
    assert [title(api) for _ in range(12)] == [f"Case-1123-{n}" for n in range(1, 13)]


def test_titled_cases_are_not_counted(api: Api) -> None:
    assert title(api, {"title": "Mine"}) == "Mine"
    assert (title(api), title(api, {"title": "Case-1123-2"}), title(api)) == ("Case-1123-1", "Case-1123-2", "Case-1123-2")


def test_a_number_is_never_used_again(api: Api) -> None:
    ids = [api.post(CASES, {}).json["case_id"] for _ in range(3)]
    assert [api.delete(f"{CASES}/{case_id}").status for case_id in (ids[0], ids[2])] == [204, 204]
    assert title(api) == "Case-1123-4"


def test_a_renamed_case_keeps_its_number_taken(api: Api) -> None:
    case_id = api.post(CASES, {}).json["case_id"]
    assert api.put(f"{CASES}/{case_id}", {"title": "Renamed"}).status == 200
    assert title(api) == "Case-1123-2"


def test_each_user_counts_alone(api: Api) -> None:
    assert [title(api, user=user) for user in ("a", "b", "a", "b", "c")] == [f"Case-1123-{n}" for n in (1, 1, 2, 2, 1)]


def test_each_tenant_counts_alone(api: Api) -> None:
    assert [title(api, tenant=tenant) for tenant in ("bangkok", "acme", "bangkok")] == ["Case-1123-1", "Case-1123-1", "Case-1123-2"]


def test_the_day_is_the_utc_day(api: Api) -> None:
    """In Bangkok it is the 24th from 17:00 UTC on."""
    api.world.clock.at = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
    assert title(api) == "Case-1123-1"
    api.world.clock.at = datetime(2026, 11, 23, 23, 59, 59, 999_999, tzinfo=UTC)
    assert title(api) == "Case-1123-2"
    api.world.clock.at = datetime(2026, 11, 24, 0, 0, tzinfo=UTC)
    assert (title(api), title(api)) == ("Case-1124-1", "Case-1124-2")


def test_the_same_day_of_another_year_starts_at_one(api: Api) -> None:
    assert [title(api), title(api)] == ["Case-1123-1", "Case-1123-2"]
    api.world.clock.advance(timedelta(days=365))
    assert title(api) == "Case-1123-1"


def test_month_and_day_have_two_digits(api: Api) -> None:
    api.world.clock.at = datetime(2027, 1, 5, 12, 0, tzinfo=UTC)
    assert title(api) == "Case-0105-1"


def test_a_refused_call_takes_no_number(api: Api) -> None:
    assert api.post(CASES, {"severity": "nonsense"}).status == 422
    assert api.post(CASES, '{"metadata": NaN}').status in {400, 422}
    assert title(api) == "Case-1123-1"


def test_cases_of_the_other_faces_take_no_number(api: Api) -> None:
    api.open(title="Through v3")
    assert title(api) == "Case-1123-1"


@pytest.mark.parametrize(
    ("given", "kept"),
    [("  x  ", "x"), ("\u3000น้ำ\u00a0", "น้ำ"), ("\tx\n", "x"), ("a  b", "a  b"), ("\u200b", "\u200b"), ("\u200bx\u200b", "\u200bx\u200b")],
)
def test_titles_are_trimmed_of_unicode_whitespace(shared_api: Api, given: str, kept: str) -> None:
    """A zero-width space is no whitespace."""
    assert title(shared_api, {"title": given}) == kept


@pytest.mark.parametrize("given", ["x" * 200, "ก" * 200, "漢" * 200, "🚰" * 200, "e\u0301" * 100])
def test_two_hundred_code_points_fit(shared_api: Api, given: str) -> None:
    assert title(shared_api, {"title": given}) == given
    case_id = shared_api.post(CASES, {}).json["case_id"]
    assert shared_api.put(f"{CASES}/{case_id}", {"title": given}).json["title"] == given


@pytest.mark.parametrize("given", ["x" * 201, "🚰" * 201, "x" * 199 + "  ", " " * 201])
def test_more_do_not_and_are_measured_before_trimming(shared_api: Api, given: str) -> None:
    case_id = shared_api.post(CASES, {}).json["case_id"]
    before = shared_api.row_counts()
    for answer in (shared_api.post(CASES, {"title": given}), shared_api.put(f"{CASES}/{case_id}", {"title": given})):
        assert (answer.status, [fault["loc"] for fault in answer.json["detail"]]) == (422, [["body", "title"]])
    assert shared_api.row_counts() == before


@pytest.mark.parametrize("given", ["", " ", "\t\n", "\u3000\u00a0"])
def test_a_blank_title_is_refused_by_put_and_nothing_is_stored(shared_api: Api, given: str) -> None:
    made = shared_api.post(CASES, {"title": "Kept"}).json
    before = shared_api.row_counts()
    answer = shared_api.put(f"{CASES}/{made['case_id']}", {"title": given, "description": "changed"})
    assert (answer.status, [fault["loc"] for fault in answer.json["detail"]]) == (422, [["body", "title"]])
    assert shared_api.row_counts() == before
    assert shared_api.get(f"{CASES}/{made['case_id']}").json == made
    assert shared_api.get(CASES).status == 200
