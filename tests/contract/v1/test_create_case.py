"""POST /api/v1/cases: 13 fields, their defaults and what comes back (S2-16, S2-40…S2-52)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.support.api import Api

CASES = "/api/v1/cases"
FIELDS = {
    "case_id", "user_id", "session_id", "title", "description", "status", "severity", "category", "metadata", "tags",
    "created_at", "updated_at", "resolved_at",
}  # fmt: skip
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


def test_an_empty_object_makes_a_case_of_defaults(api: Api) -> None:
    made = api.post(CASES, {}, user="somchai")
    assert (made.status, made.json.keys()) == (201, FIELDS)
    usual = {
        "user_id": "somchai", "session_id": None, "title": "Case-1123-1", "description": "", "status": "active", "severity": "medium",
        "category": "other", "metadata": {}, "tags": [], "resolved_at": None,
    }  # fmt: skip
    assert made.json | usual == made.json


def test_s2_40_the_id_is_case_and_twelve_hex_digits(shared_api: Api) -> None:
    ids = [shared_api.post(CASES, {}).json["case_id"] for _ in range(3)]
    assert all(re.fullmatch(r"case_[0-9a-f]{12}", case_id) for case_id in ids)
    assert len(set(ids)) == 3


def test_every_field_of_the_request_comes_back(shared_api: Api) -> None:
    fields: dict[str, Any] = {
        "title": "Database slow", "description": "since noon\n  ตั้งแต่เที่ยง 从中午开始", "session_id": "session-1", "severity": "critical",
        "category": "performance", "metadata": {"host": "db1", "n": 3}, "tags": ["db", "slow"],
    }  # fmt: skip
    made = shared_api.post(CASES, fields)
    assert (made.status, made.json | fields) == (201, made.json)
    assert shared_api.get(f"{CASES}/{made.json['case_id']}").json == made.json


def test_times_end_in_z(shared_api: Api) -> None:
    made = shared_api.post(CASES, {}).json
    assert INSTANT.fullmatch(made["created_at"])
    assert INSTANT.fullmatch(made["updated_at"])
    assert made["created_at"].startswith("2026-11-23T03:00:00")


@pytest.mark.parametrize("severity", ["low", "medium", "high", "critical"])
@pytest.mark.parametrize("category", ["performance", "error", "configuration", "infrastructure", "security", "other"])
def test_s2_06_every_severity_and_category_is_kept(shared_api: Api, severity: str, category: str) -> None:
    made = shared_api.post(CASES, {"severity": severity, "category": category})
    assert (made.status, made.json["severity"], made.json["category"]) == (201, severity, category)
    read = shared_api.get(f"{CASES}/{made.json['case_id']}").json
    assert (read["severity"], read["category"]) == (severity, category)


@pytest.mark.parametrize(
    "body",
    [
        {"case_id": "case_000000000000"}, {"user_id": "mali"}, {"status": "resolved"}, {"created_at": "2001-01-01T00:00:00Z"},
        {"resolved_at": "2001-01-01T00:00:00Z"}, {"owner_id": "mali"}, {"tenant_id": "acme"}, {"made_up": {"deep": [1]}},
    ],
)  # fmt: skip
def test_what_is_the_servers_to_say_is_ignored(shared_api: Api, body: dict[str, Any]) -> None:
    made = shared_api.post(CASES, body)
    assert (made.status, made.json.keys()) == (201, FIELDS)
    assert (made.json["user_id"], made.json["status"], made.json["resolved_at"]) == ("u1", "active", None)
    assert made.json["case_id"] != "case_000000000000"
    assert made.json["created_at"].startswith("2026-")


@pytest.mark.parametrize(
    "metadata",
    [
        {},
        {"a": {"b": {"c": [1, 2.5, "x", True, None, {"d": []}]}}}, {"": "empty name"}, {"ชื่อ": "ค่า", "名": "值"}, {"n": -1, "big": 2**53},
        {"title": "not the title"}, {"a.b": 1, "$where": "x", "__proto__": {}}, {"quote": "'\"\\", "line": "\r\n\t"}, {"emoji": "🚰"},
    ],
)  # fmt: skip
def test_s2_07_metadata_is_any_json_object(shared_api: Api, metadata: dict[str, Any]) -> None:
    made = shared_api.post(CASES, {"metadata": metadata})
    assert (made.status, made.json["metadata"]) == (201, metadata)
    assert shared_api.get(f"{CASES}/{made.json['case_id']}").json["metadata"] == metadata


@pytest.mark.parametrize(
    "tags", [[], ["b", "a"], ["a", "a"], [" spaced "], [""], ["  "], ["ป้าย", "标签", "🏷"], ["a,b", "{c}", '"d"', "NULL"]]
)
def test_s2_08_tags_keep_their_order_doubles_and_blanks(shared_api: Api, tags: list[str]) -> None:
    made = shared_api.post(CASES, {"tags": tags})
    assert (made.status, made.json["tags"]) == (201, tags)
    assert shared_api.get(f"{CASES}/{made.json['case_id']}").json["tags"] == tags


def test_a_null_description_is_empty(shared_api: Api) -> None:
    made = shared_api.post(CASES, {"description": None})
    assert (made.status, made.json["description"]) == (201, "")


@pytest.mark.parametrize("text", ["", "  kept  ", "x" * 100_000, "บรรทัด\nสอง"])
def test_a_description_is_kept_as_it_is(shared_api: Api, text: str) -> None:
    made = shared_api.post(CASES, {"description": text})
    assert (made.status, made.json["description"]) == (201, text)


@pytest.mark.parametrize("session_id", [None, "", "s", "a b", "เซสชัน", "x" * 100])
def test_a_session_id_is_opaque(shared_api: Api, session_id: str | None) -> None:
    made = shared_api.post(CASES, {"session_id": session_id})
    assert (made.status, made.json["session_id"]) == (201, session_id)
    assert shared_api.get(f"{CASES}/{made.json['case_id']}").json["session_id"] == session_id


def test_a_very_long_session_id_is_kept_or_refused(shared_api: Api) -> None:
    made = shared_api.post(CASES, {"session_id": "x" * 5000})
    assert made.status in {201, 422}
    assert made.status == 422 or made.json["session_id"] == "x" * 5000


def test_of_double_keys_the_last_counts(shared_api: Api) -> None:
    made = shared_api.post(CASES, '{"title": "first", "title": "second"}')
    assert (made.status, made.json["title"]) == (201, "second")


def test_v1_keeps_no_table_of_its_own(shared_api: Api) -> None:
    case_id = shared_api.post(CASES, {"title": "One core"}).json["case_id"]
    assert shared_api.rows("select title from cases where alias = %s", case_id) == [{"title": "One core"}]
