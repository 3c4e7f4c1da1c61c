"""The steps that belong to one case: creating it, linking, matching, its status, its audit chain."""

from __future__ import annotations

import json
from typing import Any

from local.client import Answer, Client, poll
from local.demo import chain
from local.demo.screen import Screen, Step, Surprise

HELD_BACK = 4
RECORDED_WITHIN = 20.0


class CaseSteps:
    """One case from its creation to its closure."""

    def __init__(self, screen: Screen, client: Client, analysis: dict[str, Any], scope: dict[str, Any]) -> None:
        """`analysis` is the answer whose first hypothesis becomes the case."""
        self._screen = screen
        self._client = client
        self._analysis = analysis
        self._scope = scope
        self._best: dict[str, Any] = analysis["hypotheses"][0]
        self._seqs: list[int] = self._best["report_seqs"]
        self.case_id = ""
        self.number = ""
        self.linked = 0
        self.events = 0

    def create(self) -> None:
        """A case from the best hypothesis, all but its mildest witnesses; twice with one key gives one case."""
        with self._screen.step("Create a case from the best hypothesis") as step:
            body = {
                "title": self._best["title"],
                "summary": f"{len(self._seqs)} witnesses at one place; {self._best['title']}",
                "report_seqs": self._seqs[:-HELD_BACK],
                "anchor_report_seq": self._best["representative_report_seq"],
                "geometry": self._scope,
                "cluster_summary": self._best["title"],
                "cluster_stats": self._analysis["stats"],
                "cluster_analysis": self._best,
            }
            key = {"Idempotency-Key": f"demo-{self._best['hypothesis_id']}"}
            made = self._case(step, 201, self._client.post("/api/v3/cases", body, key))
            again = self._case(step, 201, self._client.post("/api/v3/cases", body, key))
            step.check("the case of a repeated call", made["case"]["case_id"], again["case"]["case_id"])
            self.case_id, self.number = made["case"]["case_id"], made["case"]["case_number"]
            step.say(f"{self.number}  {made['case']['title']}")
            step.say(_figures(made["case"]))
            step.say(f"anchor: report {made['case']['anchor_report_seq']}; {len(made['clusters'])} snapshot of what was seen")
            step.say("the same call once more, with its Idempotency-Key: the same case")

    def link_the_others(self) -> None:
        """The witnesses that were held back; what the case measures follows at once."""
        with self._screen.step("Link the reports that were held back") as step:
            path = f"/api/v3/cases/{self.case_id}/reports"
            detail = self._case(step, 200, self._client.post(path, {"report_seqs": self._seqs[-HELD_BACK:]}))
            step.check("linked reports", len(self._seqs), detail["case"]["linked_report_count"])
            self.linked = detail["case"]["linked_report_count"]
            step.say(_figures(detail["case"]))

    def meet_again(self) -> None:
        """A second analysis of the same scope names the case; nothing is linked by it."""
        with self._screen.step("Analyse the polygon again: the case is known") as step:
            answer = self._client.post("/api/v3/clusters/analyze", {"geometry": self._scope, "n": 1000})
            step.check("POST clusters/analyze", 200, answer.status)
            candidates = answer.json["candidate_cases"]
            step.check("candidate cases", [self.case_id], [one["case_id"] for one in candidates])
            step.say(f"{self.number}  score {candidates[0]['match_score']:.2f}: {', '.join(candidates[0]['match_reasons'])}")
            same = [one["hypothesis_id"] for one in answer.json["hypotheses"]] == [
                one["hypothesis_id"] for one in self._analysis["hypotheses"]
            ]
            step.check_that("equal reports give equal hypotheses", same)

    def refuse(self, stranger: Client) -> None:
        """Another tenant sees nothing of it."""
        with self._screen.step("Another tenant asks for the case") as step:
            for path in (f"/api/cases/{self.case_id}", f"/api/v3/cases/{self.case_id}", f"/api/v3/reports/{self._seqs[0]}"):
                step.check(f"{path} for another tenant", 404, stranger.get(path).status)
            step.say("acme: 404 for the case in both faces, and for its reports")

    def walk_to(self, word: str, summary: str) -> None:
        """One of the six words of v3."""
        with self._screen.step(f"Change the status to {word}") as step:
            self._change(step, word, summary)

    def end(self) -> None:
        """Resolved by v3's word, closed with a reason by the canonical face; then no candidate any more."""
        with self._screen.step("Resolve and close, with the reason") as step:
            self._change(step, "resolved", "The drain runs free, the street is dry")
            body = {"status": "closed", "closure_reason": "fixed", "reason": "Pump crew and drain cleaning"}
            closed = self._client.call("PATCH", f"/api/cases/{self.number}/status", body)
            step.check("PATCH status", 200, closed.status)
            step.check("status and reason", ("closed", "fixed"), (closed.json["status"], closed.json["closure_reason"]))
            step.say("closed  fixed: Pump crew and drain cleaning")
            illegal = self._client.call("PATCH", f"/api/cases/{self.number}/status", {"status": "in-progress"})
            step.check("closed to in-progress", 409, illegal.status)
            step.say(f"closed to in-progress: 409, allowed are {', '.join(illegal.json['allowed'])}")

    def verify(self, sends: int) -> None:
        """The stream of events, its hashes recomputed here; `sends` is how often mails were ordered."""
        with self._screen.step("Verify the audit chain, recomputed here") as step:
            stream = self._stream_of_all(step, sends)
            step.check("the server's verdict", (True, None), (stream["verified"], stream["broken_at"]))
            step.check("first broken link", None, chain.broken_at(stream))
            self.events = len(stream["items"])
            rows = [(one["version"], one["type"], one["actor"], one["hash"][:16]) for one in stream["items"]]
            step.table(("no", "event", "actor", "hash"), rows, (-3, 28, 12, 16))
            step.check_that("a changed event breaks the chain", chain.broken_at(_forged(stream)) is not None)
            step.say(f"{self.events} links hold up to the head; with one word changed in event 1 the chain breaks there")

    def _stream_of_all(self, step: Step, sends: int) -> dict[str, Any]:
        """The stream, once what became of every send is recorded: that comes through a queue, a moment later."""

        def complete() -> dict[str, Any] | None:
            answer = self._client.get(f"/api/cases/{self.case_id}/events")
            step.check("GET events", 200, answer.status)
            recorded = sum(one["type"] == "case_escalation_recorded" for one in answer.json["items"])
            return answer.json if recorded == sends else None

        try:
            found = poll(complete, seconds=RECORDED_WITHIN)
        except TimeoutError:
            raise Surprise(f"expected {sends} case_escalation_recorded within {RECORDED_WITHIN:g} s") from None
        return found or {}

    def _change(self, step: Step, word: str, summary: str) -> None:
        answer = self._client.post(f"/api/v3/cases/{self.case_id}/status", {"status": word, "payload": {"note": summary}})
        detail = self._case(step, 200, answer)
        step.check("the case's status", word, detail["case"]["status"])
        last = json.loads(detail["audit_events"][-1]["payload_json"])
        step.say(f"{last['from']} to {last['to']}: {summary}")

    def _case(self, step: Step, status: int, answer: Answer) -> dict[str, Any]:
        step.check("answer of the case's door", status, answer.status)
        return answer.json


def _figures(case: dict[str, Any]) -> str:
    return (
        f"{case['linked_report_count']} reports, severity {case['severity_score']:.2f}, urgency {case['urgency_score']:.2f},"
        f" first seen {case['first_seen_at'][:16].replace('T', ' ')}, last {case['last_seen_at'][:16].replace('T', ' ')} UTC"
    )


def _forged(stream: dict[str, Any]) -> dict[str, Any]:
    first, *others = stream["items"]
    return {**stream, "items": [{**first, "payload": {**first["payload"], "title": "Nothing happened"}}, *others]}
