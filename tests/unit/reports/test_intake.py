"""One item of JSON becomes a report or a list of problems."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from casework.kernel.errors import Problem
from casework.reports.intake import NewReport, read_item
from casework.reports.tokens import tokenise

ARRIVAL = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
ITEM = {"latitude": 13.75, "longitude": 100.53, "title": "Blocked drain"}


def taken(**fields: Any) -> NewReport:
    read = read_item(ITEM | fields, at=ARRIVAL)
    assert isinstance(read, NewReport), read
    return read


def refused(**fields: Any) -> list[Problem]:
    read = read_item(ITEM | fields, at=ARRIVAL)
    assert isinstance(read, list), read
    return read


def test_what_is_absent_gets_the_decided_defaults() -> None:
    report = taken()
    assert (report.classification, report.severity_level, report.observed_at) == ("physical", 0.5, ARRIVAL)
    assert (report.language, report.brand_name, report.external_id, report.inferred_contact_emails) == (
        "en",
        "",
        None,
        [],
    )


def test_null_is_the_same_as_absent_for_what_is_optional() -> None:
    optional = (
        "summary",
        "classification",
        "severity_level",
        "brand_name",
        "timestamp",
        "language",
        "external_id",
        "source_url",
        "litter_probability",
        "inferred_contact_emails",
    )
    report = taken(**dict.fromkeys(optional))
    assert report.model_copy(update={"public_id": ""}) == taken().model_copy(update={"public_id": ""})


def test_a_severity_of_zero_is_kept() -> None:
    assert taken(severity_level=0).severity_level == 0.0


@pytest.mark.parametrize(("text", "language"), [("ท่อระบายน้ำอุดตัน", "th"), ("下水道堵塞", "zh"), ("Drain", "en")])
def test_the_language_is_that_of_the_text(text: str, language: str) -> None:
    assert taken(title=text).language == language


def test_a_given_language_wins_over_the_detected_one() -> None:
    assert taken(title="ท่อระบายน้ำอุดตัน", language="EN").language == "en"


def test_text_that_looks_like_sql_or_markup_is_stored_as_it_came() -> None:
    text = "'); drop table reports; -- <script>alert(1)</script> \\ %s {0}  "
    assert taken(description=text).description == text


def test_unknown_fields_and_a_seq_of_the_clients_own_are_ignored() -> None:
    assert "seq" not in taken(seq=7, colour="red", public_id="mine").model_dump()
    assert taken(public_id="mine").public_id != "mine"


def test_tokens_are_made_of_all_three_texts() -> None:
    report = taken(summary="pothole", description="streetlight")
    assert report.tokens == tokenise("Blocked drain", "pothole", "streetlight")


@pytest.mark.parametrize(
    ("given", "instant"),
    [
        ("2026-11-21T09:00:00Z", "2026-11-21T09:00:00+00:00"),
        ("2026-11-21T16:00:00+07:00", "2026-11-21T09:00:00+00:00"),
        ("2026-11-21T09:00:00", "2026-11-21T09:00:00+00:00"),
        ("2026-11-21t09:00:00.123456789z", "2026-11-21T09:00:00.123456+00:00"),
    ],
)
def test_a_timestamp_is_rfc_3339_and_utc_without_an_offset(given: str, instant: str) -> None:
    assert taken(timestamp=given).observed_at.isoformat() == instant


@pytest.mark.parametrize(
    "given",
    [
        1_700_000_000,
        1.5,
        True,
        "",
        "yesterday",
        "2026-11-21",
        "20261121T090000Z",
        "2026-02-30T00:00:00Z",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-12:00",
        "2026-11-21T25:00:00Z",
        "٢٠٢٦-11-21T09:00:00Z",
        [],
        {},
    ],
)
def test_anything_else_is_no_timestamp(given: object) -> None:
    assert [problem.pointer for problem in refused(timestamp=given)] == ["/timestamp"]


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("latitude", 90.01),
        ("latitude", True),
        ("latitude", "13.7"),
        ("latitude", None),
        ("latitude", float("nan")),
        ("longitude", -180.5),
        ("longitude", [100]),
        ("longitude", 10**18),
        ("severity_level", 1.01),
        ("severity_level", 10),
        ("severity_level", -0.1),
        ("severity_level", "high"),
        ("severity_level", False),
        ("classification", "virtual"),
        ("title", 5),
        ("title", "x" * 2_001),
        ("summary", "x" * 20_001),
        ("description", "x" * 100_001),
        ("language", "english"),
        ("language", "e"),
        ("language", "เอ"),
        ("brand_name", "x" * 256),
        ("external_id", ""),
        ("external_id", "  "),
        ("external_id", 7),
        ("external_id", "x" * 256),
        ("source_url", "javascript:alert(1)"),
        ("source_url", "https://a b"),
        ("hazard_probability", 2),
        ("inferred_contact_emails", [1]),
        ("inferred_contact_emails", {}),
        ("inferred_contact_emails", ["x" * 321]),
    ],
)
def test_each_fault_points_at_its_field(field: str, given: object) -> None:
    assert [problem.pointer for problem in refused(**{field: given})] == [f"/{field}"]


def test_every_fault_of_an_item_is_reported_below_the_items_own_pointer() -> None:
    read = read_item({"latitude": 91, "title": "x"}, at=ARRIVAL, pointer="/3")
    assert isinstance(read, list)
    assert [problem.pointer for problem in read] == ["/3/latitude", "/3/longitude"]


@pytest.mark.parametrize("item", [None, 5, "text", [], True, 1.5])
def test_an_item_that_is_no_object_is_a_problem_of_the_item(item: object) -> None:
    read = read_item(item, at=ARRIVAL, pointer="/0")
    assert read == [Problem("/0", "a report must be a JSON object")]


def test_a_report_says_something() -> None:
    assert refused(title=" \n ", summary="", description=None)[0].detail.startswith("one of title")
    assert taken(title=None, description="water").title == ""


def test_the_longest_texts_are_taken_whole() -> None:
    report = taken(title="ก" * 2_000, summary="字" * 20_000, description="x" * 100_000)
    assert (len(report.title), len(report.summary), len(report.description)) == (2_000, 20_000, 100_000)


def test_the_limit_stands_in_the_fault_and_the_value_does_not() -> None:
    detail = refused(title="secret" * 400)[0].detail
    assert "2000" in detail
    assert "secret" not in detail


@pytest.mark.parametrize(
    "given",
    [
        ["a@example.org", "b@example.org"],
        "a@example.org, b@example.org,",
        [" a@example.org", "b@example.org,a@example.org", ""],
    ],
)
def test_contacts_come_as_a_list_or_a_comma_list(given: object) -> None:
    assert taken(inferred_contact_emails=given).inferred_contact_emails == ["a@example.org", "b@example.org"]


def test_at_most_fifty_contacts_are_taken() -> None:
    addresses = [f"a{number}@example.org" for number in range(51)]
    assert len(taken(inferred_contact_emails=addresses[:50]).inferred_contact_emails) == 50
    assert refused(inferred_contact_emails=addresses)[0].detail == "at most 50 addresses"


def test_a_brand_has_a_display_name_and_a_normalised_key() -> None:
    assert (taken(brand_name="  Big  MART ").brand_name, taken(brand_name="Big MART").brand_display_name) == (
        "big mart",
        "Big MART",
    )
    report = taken(brand_name="big-mart", brand_display_name="Big Mart")
    assert (report.brand_name, report.brand_display_name) == ("big-mart", "Big Mart")


def test_public_ids_are_opaque_and_distinct() -> None:
    ids = {taken().public_id for _ in range(100)}
    assert len(ids) == 100
    assert all(len(one) == 13 and one.startswith("r") for one in ids)
