"""POST /l1/intake: five outcomes, each with exactly its fields (S4-06, S4-07, S4-15, S4-18, S4-30…S4-38)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.support.walks import NOBODYS, ODD, SIX, TREE, Desk, filled, refused

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.api import Api

WALK = {"outcome", "session_id", "session_kind", "ticket_id", "ticket_kind"}


def take(desk: Desk, problem: str, **fields: Any) -> Any:
    return desk.post("/intake", {"problem_statement": problem} | fields)


def phrasings(desk: Desk) -> Iterator[str]:
    """Drift away from each flow's title, word by word: somewhere on the way it is no sure match and no stranger."""
    for title in [flow["title"] for flow in desk.flows().values() if flow["title"].isascii()]:
        words = title.split()
        strange = ["zorblax", "gizmo", "ledger", "quarterly", "turquoise", "pelican", "waltz", "teapot"]
        for kept in range(len(words), 0, -1):
            yield " ".join(words[:kept])
            yield " ".join(words[:kept] + strange[: len(words) - kept + 1])


@pytest.fixture(scope="module")
def suggested(shared_api: Api) -> dict[str, Any]:
    """A problem that lies between the thresholds, and the answer that it gets."""
    desk = Desk(shared_api)
    for problem in phrasings(desk):
        before = shared_api.row_counts()
        answer = take(desk, problem)
        if answer.json["outcome"] == "suggest":
            return {"problem": problem, "answer": answer, "before": before, "after": shared_api.row_counts()}
    pytest.fail("no phrasing is a near miss")


def library_flow(desk: Desk) -> dict[str, Any]:
    return next(flow for flow in desk.flows().values() if flow["language"] == "en" and flow["category"] in SIX)


def test_a_librarys_own_title_is_matched(desk: Desk) -> None:
    flow = library_flow(desk)
    answer = take(desk, flow["title"])
    assert (answer.status, filled(answer.json)) == (201, WALK | {"flow_id", "category"})
    told = (answer.json["outcome"], answer.json["flow_id"], answer.json["category"])
    assert told == ("matched", flow["flow_id"], flow["category"])
    assert (answer.json["session_kind"], answer.json["ticket_kind"]) == ("flow", "internal")


def test_matched_starts_a_flow_walk_at_the_first_node(desk: Desk) -> None:
    flow = library_flow(desk)
    session = desk.session(desk.intake(flow["title"])["session_id"])
    assert (session["session_kind"], session["flow_id"], session["status"]) == ("flow", flow["flow_id"], "active")
    assert session["current_node_id"] == flow["nodes"][0]["id"]
    assert (session["walked_path"], session["problem_text"]) == ([], flow["title"])


def test_a_strange_problem_is_built(desk: Desk) -> None:
    answer = take(desk, ODD)
    assert (answer.status, filled(answer.json)) == (201, WALK | {"category"})
    told = (answer.json["outcome"], answer.json["session_kind"], answer.json["ticket_kind"])
    assert told == ("build", "ai_build", "internal")
    session = desk.session(answer.json["session_id"])
    assert (session["category"], session["problem_text"]) == (answer.json["category"], ODD)


def test_a_problem_that_fits_no_category_is_other(desk: Desk) -> None:
    assert desk.intake("Wibble the florb until quaxly")["category"] == "other"


def test_adhoc_starts_a_free_form_walk(desk: Desk) -> None:
    answer = take(desk, "Mouse squeaks", adhoc=True)
    assert (answer.status, filled(answer.json)) == (201, WALK)
    told = (answer.json["outcome"], answer.json["session_kind"], answer.json["ticket_kind"])
    assert told == ("adhoc", "adhoc", "internal")


def test_adhoc_does_not_ask_the_matcher(desk: Desk) -> None:
    """Even a sure match stays free-form."""
    assert desk.intake(library_flow(desk)["title"], adhoc=True)["outcome"] == "adhoc"


def test_adhoc_works_with_every_category_off(desk: Desk) -> None:
    desk.patch("/categories", {"categories": dict.fromkeys(SIX, False)})
    assert desk.intake(ODD, adhoc=True)["outcome"] == "adhoc"


def test_a_given_flow_starts_whatever_the_problem_says(desk: Desk) -> None:
    flow = library_flow(desk)
    answer = take(desk, ODD, flow_id=flow["flow_id"])
    assert (answer.status, answer.json["outcome"], answer.json["flow_id"]) == (201, "matched", flow["flow_id"])
    assert filled(answer.json) == WALK | {"flow_id", "category"}
    assert desk.session(answer.json["session_id"])["problem_text"] == ODD


def test_a_given_flow_goes_before_adhoc(desk: Desk) -> None:
    assert desk.intake(ODD, flow_id=library_flow(desk)["flow_id"], adhoc=True)["outcome"] == "matched"


@pytest.mark.parametrize("more", [{}, {"adhoc": True}, {"force_build": True}])
def test_an_unknown_flow_is_404_and_stores_nothing(desk: Desk, more: dict[str, bool]) -> None:
    before = desk.api.row_counts()
    assert refused(take(desk, ODD, flow_id=NOBODYS, **more), 404)
    assert desk.api.row_counts() == before


def test_a_near_miss_is_suggested(suggested: dict[str, Any]) -> None:
    answer = suggested["answer"]
    assert (answer.status, filled(answer.json)) == (200, {"outcome", "near_miss", "category"})
    near = answer.json["near_miss"]
    assert near.keys() == {"flow_id", "title", "similarity"}
    assert 0.65 <= near["similarity"] < 0.82


def test_a_near_miss_creates_nothing(suggested: dict[str, Any]) -> None:
    assert suggested["after"] == suggested["before"]


def test_a_near_misss_flow_can_be_started(desk: Desk, suggested: dict[str, Any]) -> None:
    near = suggested["answer"].json["near_miss"]
    assert desk.flows()[near["flow_id"]]["title"] == near["title"]
    assert desk.intake(suggested["problem"], flow_id=near["flow_id"])["flow_id"] == near["flow_id"]


def test_force_build_skips_the_suggestion(desk: Desk, suggested: dict[str, Any]) -> None:
    made = desk.intake(suggested["problem"], force_build=True)
    assert (made["outcome"], made["session_kind"]) == ("build", "ai_build")


def test_force_build_leaves_a_sure_match_matched(desk: Desk) -> None:
    flow = library_flow(desk)
    made = desk.intake(flow["title"], force_build=True)
    assert (made["outcome"], made["flow_id"]) == ("matched", flow["flow_id"])


@pytest.mark.parametrize("force", [False, True])
def test_a_disabled_category_is_out_of_scope_and_creates_nothing(desk: Desk, force: bool) -> None:
    desk.patch("/categories", {"categories": dict.fromkeys(SIX, False)})
    before = desk.api.row_counts()
    answer = take(desk, ODD, force_build=force)
    assert (answer.status, answer.json["outcome"]) == (200, "out_of_scope")
    assert filled(answer.json) == {"outcome", "category"}
    assert desk.api.row_counts() == before


def test_a_sure_match_is_matched_with_its_category_off(desk: Desk) -> None:
    desk.patch("/categories", {"categories": dict.fromkeys(SIX, False)})
    assert desk.intake(library_flow(desk)["title"])["outcome"] == "matched"


def test_an_accounts_own_flow_is_matched_by_its_problem(desk: Desk) -> None:
    flow_id = desk.flow()
    assert desk.intake(TREE["problem_text"])["flow_id"] == flow_id


def test_an_accounts_own_flow_is_not_matched_elsewhere(desk: Desk) -> None:
    flow_id = desk.flow()
    other = Desk(desk.api)
    answer = take(other, TREE["problem_text"])
    assert answer.json.get("flow_id") != flow_id
    assert (answer.json.get("near_miss") or {}).get("flow_id") != flow_id
    assert refused(take(other, "x", flow_id=flow_id), 404)


@pytest.mark.parametrize("tenant", ["acme", "oncall", "bangkok"])
def test_any_account_of_any_tenant_can_take_in(shared_api: Api, tenant: str) -> None:
    desk = Desk(shared_api, f"new-{tenant}", tenant)
    assert desk.session(desk.adhoc())["status"] == "active"


@pytest.mark.parametrize("text", ["Robert'); DROP TABLE tickets;--", "เครื่องพิมพ์ไม่ทำงาน", "打印机不工作 <b>x</b>", "a\nb\t% _ \\ \" '"])
def test_the_problem_is_stored_as_it_came(desk: Desk, text: str) -> None:
    made = desk.intake(text, adhoc=True)
    assert desk.session(made["session_id"])["problem_text"] == text
    assert desk.ticket(made["ticket_id"])["problem_statement"] == text


def test_one_intake_makes_one_ticket_and_one_session(desk: Desk) -> None:
    made = desk.intake(adhoc=True)
    assert [row["ticket_id"] for row in desk.items("/queue")] == [made["ticket_id"]]
    assert [session["id"] for session in desk.items("/sessions/active")] == [made["session_id"]]


@pytest.mark.parametrize(("field", "value"), [
    ("problem_statement", ""), ("problem_statement", "   "), ("problem_statement", 5), ("problem_statement", None),
    ("problem_statement", ["x"]), ("adhoc", "perhaps"), ("force_build", {}), ("customer_name", 5), ("customer_contact", []), ("flow_id", 5),
])  # fmt: skip
def test_an_invalid_field_is_422_and_stores_nothing(desk: Desk, field: str, value: object) -> None:
    before = desk.api.row_counts()
    assert refused(desk.post("/intake", {"problem_statement": "x", "adhoc": True} | {field: value}), 422)
    assert desk.api.row_counts() == before


def test_the_problem_is_required(desk: Desk) -> None:
    assert refused(desk.post("/intake", {"adhoc": True}), 422)
