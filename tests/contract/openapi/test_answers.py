"""What the doors really answer fits the document: a journey whose lists are full, and the refusals on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.support.apps import INTERNAL_TOKEN
from tests.support.stories import FORM, SQUARE, tell_every_event
from tests.support.webhook_signer import WebhookSigner

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.api import Api
    from tests.support.apps import Answered


class Witnessed:
    """Calls doors and holds every answer against the document."""

    def __init__(self, api: Api, book: Any) -> None:
        self.api, self.book = api, book
        self.kept = ""

    def call(self, method: str, template: str, body: object = None, *, query: str = "", **options: Any) -> Answered:
        known = {"case_id": self.kept, "seq": "1"}
        path = template.format_map(known | options.pop("path", {})) + query
        answer = self.api.call(method, path, body, **options)
        declared = self.book.document["paths"][template][method.lower()]["responses"]
        assert str(answer.status) in declared, (answer.status, answer.json)
        documented = self.book.resolve(declared[str(answer.status)])
        kind = answer.headers["content-type"]
        assert kind in documented["content"]
        assert self.book.faults(documented["content"][kind]["schema"], answer.json) == []
        needed = {name.lower() for name, ref in documented.get("headers", {}).items() if self.book.resolve(ref).get("required")}
        assert needed <= answer.headers.keys()
        return answer


@pytest.fixture(scope="module")
def witnessed(shared_api: Api, book: Any) -> Iterator[Witnessed]:
    shared_api.world.environ["SENDGRID_WEBHOOK_PUBLIC_KEY"] = WebhookSigner().public_key
    found = Witnessed(shared_api, book)
    found.kept = tell_every_event(shared_api).kept
    return found


READS = [
    "/api/cases", "/api/cases/{case_id}", "/api/cases/{case_id}/events", "/api/v3/cases/{case_id}", "/api/v4/cases/{case_id}/escalations",
    "/api/v3/reports/{seq}", "/api/health",
]  # fmt: skip


@pytest.mark.parametrize("path", READS)
def test_reads_answer_as_documented(witnessed, path):
    assert witnessed.call("GET", path).status == 200


def test_a_page_has_a_cursor_that_leads_on(witnessed):
    cursor = witnessed.call("GET", "/api/cases", query="?limit=1").json["next_cursor"]
    assert witnessed.call("GET", "/api/cases", query=f"?limit=1&cursor={cursor}").json["items"]


def test_the_cases_of_a_report_answer_as_documented(witnessed):
    assert witnessed.call("GET", "/api/v3/reports/cases", query="?seq=1").json["cases"]


def test_analyses_answer_as_documented(witnessed):
    drawn = witnessed.call("POST", "/api/v3/clusters/analyze", {"geometry": SQUARE})
    assert drawn.json["hypotheses"]
    assert drawn.json["candidate_cases"]
    assert drawn.json["suggested_targets"] is not None
    assert witnessed.call("POST", "/api/v4/clusters/from-report", {"seq": 1}).status == 200
    assert witnessed.call("POST", "/api/v3/cases/match-cluster", {"geometry": SQUARE, "report_seqs": [1]}).json["candidate_cases"]


def test_writes_answer_as_documented(witnessed):
    made = witnessed.call("POST", "/api/cases", FORM, headers={"idempotency-key": "k1"})
    assert made.status == 201
    own = {"case_id": made.json["case_id"]}
    assert witnessed.call("PATCH", "/api/cases/{case_id}/status", {"status": "in-progress"}, path=own).status == 200
    assert witnessed.call("POST", "/api/v3/reports", [{"latitude": 13.75, "longitude": 100.53, "title": "x"}, {}]).status == 207
    assert witnessed.call("POST", "/api/v3/cases/{case_id}/reports", {"report_seqs": [2]}, path=own).status == 200
    assert witnessed.call("POST", "/api/v3/cases", {"title": "Pothole", "report_seqs": [1], "force_new_case": True}).status == 201


def test_outreach_answers_as_documented(witnessed):
    assert witnessed.call("POST", "/api/v3/cases/{case_id}/escalations/draft").status == 200
    sent = witnessed.call("POST", "/api/v3/cases/{case_id}/escalations/send", {"resend": True, "cc_emails": ["x@y.go.th"]})
    assert sent.status == 202
    body = {"action_id": sent.json["actions"][0]["id"], "case_id": witnessed.kept, "subject": "s", "body": "b"}
    recipients = [{"email": "more@district.go.th"}]
    headers = {"x-internal-admin-token": INTERNAL_TOKEN}
    assert witnessed.call("POST", "/internal/case-escalations/send", body | {"recipients": recipients}, headers=headers).status == 202


REFUSED = [
    ("GET", "/api/cases", {"token": None}, 401), ("GET", "/api/cases", {"token": "rubbish"}, 401),
    ("GET", "/api/cases", {"roles": ["l1"]}, 403),
    ("GET", "/api/cases", {"query": "?limit=0"}, 422), ("GET", "/api/cases", {"query": "?cursor=x"}, 400),
    ("GET", "/api/v3/cases/{case_id}", {"path": {"case_id": "nope"}}, 404), ("POST", "/api/cases", {"body": b"{"}, 400),
    ("POST", "/api/cases", {"body": {"case_type": 1}}, 422), ("POST", "/api/v3/cases", {"body": {"title": 1}}, 400),
    ("POST", "/api/v3/cases", {"body": {"title": "x", "existing_case_id": "nope"}}, 404),
    ("GET", "/api/v3/reports/{seq}", {"path": {"seq": "x"}}, 400),
    ("POST", "/api/v3/cases", {"body": {"title": "x", "status": "merged"}}, 409),
    ("PATCH", "/api/cases/{case_id}/status", {"body": {"status": "archived", "reason": "x"}}, 409),
    ("PATCH", "/api/cases/{case_id}/status", {"body": {"status": "closed"}}, 422),
    ("PATCH", "/api/cases/{case_id}/status", {"body": {"status": "assigned"}, "headers": {"if-match": '"v1"'}}, 412),
    ("POST", "/api/v3/cases/{case_id}/escalations/draft", {"body": {"language": "xx"}}, 422),
    ("POST", "/api/v3/cases/match-cluster", {"body": {"classification": "odd"}}, 422), ("POST", "/webhooks/sendgrid", {"body": []}, 401),
    ("POST", "/internal/case-escalations/send", {"body": {}}, 401), ("GET", "/opt-out/{token}", {"path": {"token": "x"}}, 404),
    ("POST", "/api/cases", {"body": FORM, "headers": {"idempotency-key": ""}}, 400),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path", "call", "status"), REFUSED)
def test_refusals_answer_as_documented(witnessed, method, path, call, status):
    assert witnessed.call(method, path, **call).status == status
