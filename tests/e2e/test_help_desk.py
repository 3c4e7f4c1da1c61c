"""The L1 workspace over HTTP: a call becomes a flow, a flow meets the next caller, a walk is handed over, an idle one is swept."""

from __future__ import annotations

import itertools
from types import SimpleNamespace

import pytest

from local.client import Client, development_token
from local.seed import HAND_OVERS

PROBLEM = "The label scanner in the warehouse fails with error 41 on every parcel"
IN_OTHER_WORDS = "Parcel labels are rejected by the warehouse scanner with error 41"
PHONE, MASKED = "+66898765432", "+66•••••5432"
_numbers = itertools.count(1)


@pytest.fixture
def desk(scene):
    """An account of its own: callers by role, as functions of the tenant."""
    return _desk(scene)


def _desk(scene, tenant: str = "acme"):
    account = f"e2e-desk-{next(_numbers)}"

    def caller(user: str, role: str) -> Client:
        return Client(scene.stack.url, development_token(scene.stack.data_dir, tenant=tenant, user=user, roles=[role], account=account))

    return SimpleNamespace(
        technician=caller("t1", "l1"), colleague=caller("t2", "l1"), engineer=caller("e1", "engineer"), owner=caller("o1", "account_owner")
    )


def _intake(client: Client, problem: str = PROBLEM, **fields):
    answer = client.post("/l1/intake", {"problem_statement": problem} | fields)
    assert answer.status == 201, answer.content
    return answer.json


def _next(client: Client, session_id: str, **body):
    answer = client.post(f"/l1/sessions/{session_id}/next-node", body)
    assert answer.status == 200, answer.content
    return answer.json["node"]


def _walked(client: Client, nodes: int = 3) -> str:
    session_id = _intake(client)["session_id"]
    node = _next(client, session_id)
    for _ in range(nodes):
        node = _next(client, session_id, node_id=node["id"], answer="No")
    return session_id


def _published(desk) -> str:
    session_id = _walked(desk.technician)
    ended = desk.technician.post(f"/l1/sessions/{session_id}/resolve", {"helpful": True, "resolution_notes": "Short labels were off"}).json
    return desk.engineer.post(f"/l1/flow-proposals/{ended['flow_proposal_id']}/publish").json["flow_id"]


def test_a_problem_that_no_flow_knows_is_built_and_a_served_node_comes_again(desk):
    made = _intake(desk.technician)
    assert (made["outcome"], made["session_kind"], made["category"]) == ("build", "ai_build", "error")
    node = _next(desk.technician, made["session_id"])
    assert [_next(one, made["session_id"]) for one in (desk.technician, desk.colleague)] == [node, node]
    following = _next(desk.colleague, made["session_id"], node_id=node["id"], answer="No")
    stale = desk.technician.post(f"/l1/sessions/{made['session_id']}/next-node", {"node_id": node["id"], "answer": "Yes"})
    session = desk.technician.get(f"/l1/sessions/{made['session_id']}").json
    assert (stale.status, stale.headers["content-type"]) == (409, "application/problem+json")
    assert [entry["node_id"] for entry in session["walked_path"]] == [node["id"]]
    assert session["current_node_id"] == following["id"]


def test_what_helped_meets_the_next_caller_in_other_words_but_not_one_of_another_account(scene, desk):
    flow_id = _published(desk)
    made = _intake(desk.colleague, IN_OTHER_WORDS)
    assert (made["outcome"], made["flow_id"], made["session_kind"]) == ("matched", flow_id, "flow")
    session = desk.colleague.get(f"/l1/sessions/{made['session_id']}").json
    flow = next(one for one in desk.engineer.get("/l1/flows").json["items"] if one["flow_id"] == flow_id)
    assert session["current_node_id"] == flow["nodes"][0]["id"]
    assert _intake(_desk(scene).technician, IN_OTHER_WORDS)["outcome"] == "build"


def test_a_library_flow_is_walked_to_its_end(desk):
    flows = {flow["flow_id"]: flow for flow in desk.technician.get("/l1/flows").json["items"]}
    made = _intake(desk.technician, "x", flow_id="vpn-no-connection.en")
    nodes, steps = {node["id"]: node for node in flows[made["flow_id"]]["nodes"]}, 0
    session = desk.technician.get(f"/l1/sessions/{made['session_id']}").json
    while ways := nodes[session["current_node_id"]].get("next"):
        body = {"node_id": session["current_node_id"], "question": "", "answer": next(iter(ways))}
        session, steps = desk.technician.post(f"/l1/sessions/{made['session_id']}/step", body).json, steps + 1
    assert nodes[session["current_node_id"]]["node_type"] in {"resolution", "escalate"}
    assert len(session["walked_path"]) == steps > 0


def test_a_caller_in_three_languages_is_matched_in_their_own(desk):
    said = {
        "en": "The VPN client says connected, but I cannot open anything at work",
        "th": "ลืมรหัสผ่าน เข้าเครื่องไม่ได้",
        "zh": "打印机不打印，一直没有反应",
    }
    for language, problem in said.items():
        answer = desk.technician.post("/l1/intake", {"problem_statement": problem})
        flow_id = answer.json.get("flow_id") or answer.json["near_miss"]["flow_id"]
        assert flow_id.endswith(f".{language}"), answer.json


def test_an_escalation_reaches_the_tenants_second_level_without_the_callers_contact(scene, desk):
    made = _intake(desk.technician, f"{PROBLEM}, call me at {PHONE}", adhoc=True, customer_name="Somsri", customer_contact=PHONE)
    body = {"reason_category": "needs_specialist", "reason": f"Somsri waits at {PHONE}"}
    ended = desk.technician.post(f"/l1/sessions/{made['session_id']}/escalate", body).json
    assert (ended["status"], ended.get("warning")) == ("escalated", None)
    scene.drain()
    (address,) = HAND_OVERS["acme"]
    (mail,) = [mail for mail in scene.mails(address) if made["session_id"] in mail["text"]]
    assert PROBLEM in mail["text"]
    assert not [word for word in (PHONE, PHONE[3:], "Somsri") if word in mail["subject"] + mail["text"] + mail["html"]]
    (waiting,) = desk.engineer.get("/l1/escalations").json["items"]
    assert (waiting["session_id"], waiting["customer_contact"]) == (made["session_id"], MASKED)


def test_the_accounts_own_recipients_take_the_place_of_the_tenants(scene, desk):
    own = "night@desk.acme.example"
    settings = {"escalation_recipients": [{"email": own, "name": "Night shift"}]}
    assert desk.owner.call("PATCH", "/l1/settings", settings).status == 200
    made = desk.technician.post("/l1/escalate-without-walk", {"problem_statement": "Smoke in rack 3", "reason_category": "safety"})
    scene.drain()
    told = [mail["to"] for mail in scene.mails() if made.json["session_id"] in mail["text"]]
    assert (made.status, told) == (201, [[own]])


def test_a_tenant_without_recipients_escalates_with_a_warning(scene):
    desk, mails = _desk(scene, "oncall"), len(scene.mails())
    made = _intake(desk.technician, adhoc=True)
    ended = desk.technician.post(f"/l1/sessions/{made['session_id']}/escalate", {"reason_category": "safety"}).json
    scene.drain()
    assert (ended["status"], bool(ended["warning"]), len(scene.mails())) == ("escalated", True, mails)


def test_an_escalation_opens_a_case_that_waits_for_a_review(scene, desk):
    made = _intake(desk.technician, adhoc=True)
    body = {"reason_category": "repeat_issue", "open_case": True}
    case_id = desk.technician.post(f"/l1/sessions/{made['session_id']}/escalate", body).json["case_id"]
    case = scene.caller(tenant="acme").get(f"/api/cases/{case_id}")
    assert (case.status, case.json["status"]) == (200, "under-review")
    assert scene.desk.get(f"/api/cases/{case_id}").status == 404


def test_a_contact_in_clear_lies_in_no_table(scene, desk):
    _intake(desk.technician, adhoc=True, customer_contact="caller-7261@example.net")
    told = desk.technician.get("/l1/queue").json["items"][0]["customer_contact"]
    assert "caller-7261" not in told
    assert [table for table in scene.tables() if "caller-7261" in scene.dump(table)] == []


def test_another_accounts_session_is_not_there(scene, desk):
    made = _intake(desk.technician, adhoc=True)
    stranger = _desk(scene).technician
    path = f"/l1/sessions/{made['session_id']}"
    answers = [stranger.get(path), *(stranger.post(f"{path}/{verb}", body) for verb, body in VERBS.items())]
    assert {answer.status for answer in answers} == {404}
    assert desk.technician.get(path).json["status"] == "active"


VERBS = {
    "step": {"node_id": "n", "question": "q", "answer": "a"}, "notes": {"notes": "n"}, "resolve": {"helpful": True},
    "escalate": {"reason_category": "safety"}, "next-node": {},
}  # fmt: skip


def test_a_walk_that_idles_for_three_days_is_abandoned_and_its_ticket_is_open_again(scene, desk):
    idle, begun = _intake(desk.technician), _intake(desk.technician, adhoc=True)
    scene.advance("PT71H")
    body = {"node_id": "n", "question": "Does it beep?", "answer": "No"}
    assert desk.technician.post(f"/l1/sessions/{begun['session_id']}/step", body).status == 200
    scene.advance("PT2H")
    statuses = [desk.technician.get(f"/l1/sessions/{made['session_id']}").json["status"] for made in (idle, begun)]
    tickets = {row["ticket_id"]: row["status"] for row in desk.technician.get("/l1/queue").json["items"]}
    assert statuses == ["abandoned", "active"]
    assert tickets == dict.fromkeys((idle["ticket_id"], begun["ticket_id"]), "open")
    active = desk.technician.get("/l1/sessions/active").json["items"]
    assert [session["id"] for session in active] == [begun["session_id"]]
