"""POST /api/v3|v4/reports, as a client meets it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.apps import Answered, a_token, request_event
from tests.support.database import rows
from tests.support.reports import a_report, stored
from v3.get_report import handler as get
from v3.ingest_reports import handler as ingest

if TYPE_CHECKING:
    from tests.support.apps import World

PATH = "/api/v3/reports"
GOOD = json.dumps(a_report())


def post(world: World, body: Any, **options: Any) -> Answered:
    return world.call(ingest, PATH, body, **options)


def test_one_report_is_answered_like_a_list_of_one(world: World) -> None:
    answer = post(world, a_report())
    result = answer.json["results"][0]
    assert (answer.status, list(answer.json), result["status"], result["seq"]) == (201, ["results"], "created", 1)
    assert result["public_id"].startswith("r")


def test_a_list_with_invalid_items_is_207_in_the_order_of_the_input(world: World) -> None:
    answer = post(world, [a_report(), "text", a_report(severity_level="high"), a_report()])
    assert (answer.status, [one["status"] for one in answer.json["results"]]) == (
        207,
        ["created", "invalid", "invalid", "created"],
    )
    assert [one["errors"][0]["pointer"] for one in answer.json["results"][1:3]] == ["/1", "/2/severity_level"]
    assert stored(world) == 2


def test_nothing_valid_is_422_with_the_reason_of_each(world: World) -> None:
    answer = post(world, [{}, a_report(latitude=91)])
    assert (answer.status, answer.json["error"], answer.json["code"]) == (422, "no valid report", "no-valid-report")
    assert answer.json["results"][1]["errors"] == [{"pointer": "/1/latitude", "detail": "Input should be less than or equal to 90"}]
    assert stored(world) == 0


@pytest.mark.parametrize(("body", "status"), [([], 422), ([a_report()] * 1_001, 413), ([a_report()] * 1_000, 201)])
def test_a_list_holds_one_to_a_thousand_reports(world: World, body: Any, status: int) -> None:
    assert post(world, body).status == status
    assert stored(world) == (1_000 if status == 201 else 0)


def test_a_list_of_duplicates_is_201_with_the_first_seq(world: World) -> None:
    first = post(world, a_report(external_id="a")).json["results"][0]
    answer = post(world, [a_report(external_id="a", title="Other"), a_report(external_id="a")])
    assert answer.status == 201
    assert answer.json["results"] == [first | {"status": "duplicate"}] * 2
    assert stored(world) == 1


def test_an_idempotency_key_makes_a_repetition_harmless(world: World) -> None:
    headers = {"idempotency-key": "k1"}
    first, again = post(world, [a_report(), {}], headers=headers), post(world, [a_report(), {}], headers=headers)
    assert (again.status, again.json, again.headers["idempotent-replayed"]) == (207, first.json, "true")
    other = post(world, [a_report(title="Other")], headers=headers)
    assert (other.status, other.json["code"], stored(world)) == (422, "idempotency-mismatch", 1)


def test_a_stored_idempotency_answer_holds_no_position(world: World) -> None:
    post(world, a_report(13.76543, 100.54321), headers={"idempotency-key": "k1"})
    kept = rows(world.owner_url, "select body::text as body from idempotency_keys")[0]["body"]
    assert "13.76" not in str(kept)


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{",
        "nonsense",
        "5",
        '"text"',
        "null",
        "true",
        GOOD[:-1],
        GOOD + "x",
        GOOD.replace("13.75", "NaN"),
        GOOD.replace("13.75", "-Infinity"),
        GOOD.replace("13.75", "1e999"),
        GOOD.replace("13.75", "9" * 5_000),
        GOOD.replace("Blocked", "\\u0000"),
        GOOD.replace("Blocked", "\\ud800"),
        "[" * 100_000,
        '{"a":' * 70 + "1" + "}" * 70,
        b"\xff\xfe".decode("latin-1") + GOOD,
    ],
    ids=lambda body: repr(body[:24]),
)
def test_what_is_not_json_for_us_is_400_and_stores_nothing(shared_world: World, body: str) -> None:
    answer = post(shared_world, body, user="hostile")
    assert (answer.status, answer.json["error"]) == (400, "invalid json")
    assert not rows(shared_world.owner_url, "select from reports where reporter_id = 'hostile'")


def test_bytes_that_are_not_utf_8_are_400(shared_world: World) -> None:
    event = request_event("POST", PATH, "e/8=") | {"isBase64Encoded": True}
    assert ingest.answer(event, shared_world.app("api_writer"))["statusCode"] == 400


def test_more_than_two_mebibytes_is_413(world: World) -> None:
    answer = post(world, json.dumps([a_report(description="x" * 9_000)] * 240))
    assert (answer.status, answer.json["error"], stored(world)) == (413, "request body too large", 0)


@pytest.mark.parametrize("field", ["title", "external_id", "latitude", "timestamp", "inferred_contact_emails", "brand_name", "language"])
@pytest.mark.parametrize("value", [True, 5, [], {}, [[]], {"a": 1}, "", "\x7f", "9" * 400, -1e308, 10**17])
def test_no_value_of_a_field_is_a_server_error(shared_world: World, field: str, value: Any) -> None:
    assert post(shared_world, a_report(**{field: value})).status in (201, 422)


def test_text_that_looks_like_sql_or_markup_comes_back_as_it_was(world: World) -> None:
    text = "Robert'); drop table reports;-- <b>&amp;</b> \\u0000 %s 👷🏽 ก\u0301"
    seq = post(world, a_report(title=text)).json["results"][0]["seq"]
    found = world.call(get, f"{PATH}/{seq}", seq=str(seq)).json
    assert found["analysis"][0]["title"] == text


def test_the_reporter_is_the_tokens_user_whatever_the_body_says(world: World) -> None:
    post(world, a_report(id="victim", reporter_id="victim"), user="u9", roles=["citizen"])
    assert rows(world.owner_url, "select reporter_id, tenant_id::text from reports")[0]["reporter_id"] == "u9"


@pytest.mark.parametrize(
    ("token", "text"),
    [
        (None, "authorization header required"),
        ("nonsense", "invalid or expired token"),
        (a_token(exp=1), "invalid or expired token"),
        (a_token(type="refresh"), "invalid or expired token"),
    ],
)
def test_without_a_valid_token_nothing_is_read(shared_world: World, token: str | None, text: str) -> None:
    answer = post(shared_world, "{", token=token)
    assert (answer.status, answer.json["error"], answer.headers["www-authenticate"]) == (401, text, "Bearer")


def test_another_scheme_is_401(shared_world: World) -> None:
    answer = post(shared_world, a_report(), headers={"authorization": f"Token {a_token()}"})
    assert (answer.status, answer.json["error"]) == (401, "bearer token required")


@pytest.mark.parametrize(
    ("role", "status"),
    [("citizen", 201), ("service", 201), ("case_owner", 201), ("admin", 201), ("auditor", 403), ("reviewer", 403)],
)
def test_who_may_send_reports(shared_world: World, role: str, status: int) -> None:
    answer = post(shared_world, a_report(), roles=[role])
    assert answer.status == status
    if status == 403:
        assert answer.json == {"error": "forbidden", "code": "missing-permission", "permission": "reports:create"}


def test_both_prefixes_lead_to_the_same_door() -> None:
    assert ingest.route.routes == ("POST /api/v3/reports", "POST /api/v4/reports")
