"""GET /api/cases: filters, order, and a cursor that loses nothing while cases come in (C-21)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.api import Api

if TYPE_CHECKING:
    from tests.support.apps import Answered

FILTERS = {
    "status": ("proposed", "open"), "case_type": ("road_footpath", "green_space"), "severity": ("high", "low"),
    "alert_level": ("L2", "L3"), "classification": ("physical", "digital"), "language_detected": ("th", "en"),
    "created_by": ("somchai", "mali"),
}  # fmt: skip
SORTS = ("created_at", "updated_at", "occurred_at", "severity_score", "urgency_score")


def a_case(api: Api, user: str = "u1", **fields: Any) -> str:
    usual = {"case_type": "road_footpath", "title_en": "Pothole"}
    answer = api.post("/api/cases", usual | fields, user=user)
    assert answer.status == 201, answer.json
    return answer.json["id"]


def listed(api: Api, query: str = "", **options: Any) -> list[dict[str, Any]]:
    answer = api.get(f"/api/cases?{query}", **options)
    assert answer.status == 200, answer.json
    return answer.json["items"]


def walk(api: Api, query: str, between: Any = None) -> list[str]:
    ids: list[str] = []
    cursor = ""
    while True:
        page: Answered = api.get(f"/api/cases?{query}{cursor and '&cursor='}{cursor}")
        ids += [item["id"] for item in page.json["items"]]
        if page.json["next_cursor"] is None:
            return ids
        cursor = page.json["next_cursor"]
        if between:
            between()


def seeded(api: Api) -> dict[str, str]:
    """Store two cases that differ in every filter."""
    first = {"status": "proposed", "case_type": "road_footpath", "severity": "high", "alert_level": "L2", "title_th": "หลุม"}
    second = {"status": "open", "case_type": "green_space", "severity": "low", "alert_level": "L3", "title_en": "Tree"}
    one = api.post("/api/cases", first, user="somchai")
    two = api.post("/api/cases", second, user="mali")
    three = api.open(classification="digital", title="Bug")["case"]["case_id"]
    return {"first": one.json["id"], "second": two.json["id"], "third": three}


def test_each_filter_keeps_what_it_names(api: Api) -> None:
    seeded(api)
    everything = listed(api)
    for name, values in FILTERS.items():
        for query in (*values, ",".join(values)):
            wanted = [item["id"] for item in everything if str(item[name]) in query.split(",")]
            assert wanted, (name, query)
            assert [item["id"] for item in listed(api, f"{name}={query}")] == wanted, (name, query)


def test_filters_are_met_together(api: Api) -> None:
    ids = seeded(api)
    assert [item["id"] for item in listed(api, "severity=high,low&status=proposed")] == [ids["first"]]
    assert listed(api, "severity=low&status=proposed") == []


@pytest.mark.parametrize("query", [f"{name}=nonsense" for name in ("status", "severity", "alert_level", "classification")])
def test_a_value_that_does_not_exist_is_422(shared_api: Api, query: str) -> None:
    assert shared_api.get(f"/api/cases?{query}").status == 422


@pytest.mark.parametrize(
    "query", ["sort=title", "limit=0", "limit=101", "limit=x", "limit=1e3", "page=2", "status=%00", "limit=" + "9" * 5_000]
)
def test_a_bad_parameter_is_422_with_a_pointer(shared_api: Api, query: str) -> None:
    answer = shared_api.get(f"/api/cases?{query}")
    assert answer.status == 422
    assert query.partition("=")[0] in answer.json["errors"][0]["pointer"]


def test_a_list_is_of_its_tenant(api: Api) -> None:
    a_case(api)
    assert listed(api, tenant="acme", roles=["admin"]) == []
    assert listed(api, tenant="oncall", roles=["auditor"]) == []


@pytest.fixture(scope="module")
def many(shared_api: Api) -> Api:
    """Thirty cases with ties in every order."""
    for n in range(30):
        if n % 3 == 0:
            shared_api.world.clock.advance(timedelta(seconds=1))
        severity = ("low", "medium", "high", "critical")[n * 7 % 4]
        a_case(shared_api, severity=severity, datetime=f"2026-11-{1 + n * 11 % 9:02}T00:00:00Z")
    return shared_api


@pytest.mark.parametrize("sort", [direction + name for name in SORTS for direction in ("", "-")])
def test_each_order_is_kept_from_page_to_page(many: Api, sort: str) -> None:
    name = sort.lstrip("-").replace("occurred_at", "datetime")
    whole = listed(many, f"sort={sort}&limit=100")
    values = [item[name] for item in whole]
    assert values == sorted(values, reverse=sort.startswith("-"))
    assert walk(many, f"sort={sort}&limit=7") == [item["id"] for item in whole]


def test_the_default_is_newest_first_fifty_a_page(many: Api) -> None:
    created = [item["created_at"] for item in listed(many)]
    assert created == sorted(created, reverse=True)


@pytest.mark.parametrize("sort", ["created_at", "-created_at", "-severity_score", "occurred_at"])
def test_c21_a_walk_loses_and_repeats_nothing_while_cases_come_in(many: Api, sort: str) -> None:
    known = {item["id"] for item in listed(many, "limit=100")}

    def meanwhile() -> None:
        many.world.clock.advance(timedelta(seconds=1))
        for severity in ("low", "critical"):
            a_case(many, severity=severity)

    ids = walk(many, f"sort={sort}&limit=11", meanwhile if sort.startswith("-") or sort == "occurred_at" else None)
    assert len(ids) == len(set(ids))
    assert known <= set(ids)


@pytest.mark.parametrize("cursor", ["abc", "WyJhIl0", "e30", "bnVsbA", "%00", "x" * 1_000, "W10", "5", "WzEsMiwzXQ"])
def test_a_forged_cursor_is_400(many: Api, cursor: str) -> None:
    answer = many.get(f"/api/cases?cursor={cursor}")
    assert answer.status in {400, 422} if cursor == "%00" else answer.status == 400


def test_a_cursor_of_another_query_is_400(many: Api) -> None:
    cursor = many.get("/api/cases?limit=2").json["next_cursor"]
    for query in ("sort=created_at", "status=open", "sort=severity_score&limit=2"):
        assert many.get(f"/api/cases?{query}&cursor={cursor}").status == 400


def test_a_forged_value_inside_a_true_cursor_is_400_and_never_500(many: Api) -> None:
    import base64
    import json

    cursor = many.get("/api/cases?limit=2").json["next_cursor"]
    parts = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    for position in (1, 2):
        for value in ("nonsense", 5, None, [], "2026-13-45", "9" * 400, {"a": 1}):
            forged = [*parts[:position], value, *parts[position + 1 :]]
            text = base64.urlsafe_b64encode(json.dumps(forged).encode()).decode().rstrip("=")
            assert many.get(f"/api/cases?limit=2&cursor={text}").status == 400, forged
