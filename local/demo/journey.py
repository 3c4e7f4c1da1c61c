"""The main job from a report to a closed case, then the two other faces; what each step must lead to is checked on the way."""

from __future__ import annotations

import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from local.client import Answer, Client, development_token
from local.demo.casework import CaseSteps
from local.demo.help_desk import HelpDeskSteps
from local.demo.outreach import OutreachSteps
from local.demo.own_cases import OwnCaseSteps
from local.demo.reports import Agreement, agreement, load_reports, load_scope
from local.demo.screen import Screen, Step
from local.running import RunningStack, start_stack

STEPS = 26
BATCH = 50
NEVER_MISS = 0.8
"""Floors of precision and recall over pairs: below them the clusterer is broken, not merely unlucky."""


def perform(screen: Screen, folder: Path) -> None:
    """Start a stack on `folder`, do the jobs of all faces, stop the stack. Raises Surprise at the first thing that is wrong."""
    began = time.monotonic()
    screen.title("Casework: civic reports become a case and reach the people who can fix it", STEPS)
    stack: RunningStack | None = None
    try:
        with screen.step("Start a stack: Postgres, AWS services, mail provider, API") as step:
            stack = start_stack(folder, autodrain=True)
            step.say(f"{stack.url}   state and log in {folder}")
        Journey(screen, stack).walk(began)
    finally:
        if stack is not None and stack.process.poll() is None:
            stack.stop()


class Journey:
    """The steps before there is a case, and the summary; the case's own are in CaseSteps and OutreachSteps."""

    def __init__(self, screen: Screen, stack: RunningStack) -> None:
        """Use a stack that is ready."""
        self._screen = screen
        self._stack = stack
        self._client = Client(stack.url, self._token("u1", "case_owner"))
        self._reports = load_reports(datetime.now(UTC))
        self._seqs: dict[str, int] = {}
        self._analysis: dict[str, Any] = {}

    def walk(self, began: float) -> None:
        """All steps; `began` is when the demo started, on the monotonic clock."""
        self._log_in()
        self._ingest()
        self._analyse()
        stranger = Client(self._stack.url, self._token("u9", "case_owner", tenant="acme"))
        case = CaseSteps(self._screen, self._client, self._analysis, load_scope())
        case.create()
        first_case = time.monotonic() - began
        case.link_the_others()
        case.meet_again()
        case.refuse(stranger)
        mail = OutreachSteps(self._screen, self._client, self._stack.url, case.case_id)
        mail.show_targets()
        case.walk_to("investigating", "A crew with pumps is on its way")
        mail.draft()
        mail.send()
        mail.arrive()
        mail.hear_the_provider()
        mail.opt_out()
        case.end()
        case.verify(mail.sends)
        self._keep_own_cases()
        desk = self._man_the_desk()
        self._stop()
        self._summarise(case, mail, desk, first_case, time.monotonic() - began)

    def _keep_own_cases(self) -> None:
        user, other = (Client(self._stack.url, self._token(name, "citizen")) for name in ("u7", "u8"))
        own = OwnCaseSteps(self._screen, user, other, self._client)
        own.create()
        own.change()
        own.delete(self._stack.data_dir)

    def _man_the_desk(self) -> HelpDeskSteps:
        people = (("t1", "l1"), ("t2", "l1"), ("e1", "engineer"))
        technician, colleague, engineer = (Client(self._stack.url, self._token(user, role, tenant="acme")) for user, role in people)
        desk = HelpDeskSteps(self._screen, technician, colleague, engineer, self._stack.url)
        desk.build()
        desk.walk()
        desk.publish()
        desk.meet_again()
        desk.hand_over()
        return desk

    def _log_in(self) -> None:
        with self._screen.step("Log in with a development token") as step:
            step.check("GET /api/cases", 200, self._client.get("/api/cases").status)
            step.say("u1, case owner of Bangkok: 200")
            forged = Client(self._stack.url, self._token("u1", "case_owner")[:-4] + "AAAA").get("/api/cases")
            step.check("a forged token", 401, forged.status)
            step.say(f"a forged signature: 401, {forged.headers['www-authenticate'].partition(' ')[0]} challenge")
            named = Client(self._stack.url).get("/api/cases", {"X-User-ID": "u1"})
            step.check("X-User-ID without a token", 401, named.status)
            step.say("a user id in a header instead of a token: 401")
            reader = Client(self._stack.url, self._token("u2", "reviewer"))
            refused = reader.post("/api/v3/cases", {"title": "A reviewer's case"})
            step.check("a case by a reviewer", 403, refused.status)
            step.say(f"a reviewer who creates a case: 403, {refused.json['error']}")

    def _ingest(self) -> None:
        items = self._reports.items
        with self._screen.step(f"Ingest {len(items)} reports in Thai, English and Chinese") as step:
            batches = self._reports.batches(BATCH)
            counts: Counter[str] = Counter()
            for batch in batches:
                counts += self._post(step, batch)
            distinct = len({item["external_id"] for item in items})
            step.check("new reports", {"created": distinct, "duplicate": len(items) - distinct}, dict(counts))
            languages = Counter(item["language"] for item in items)
            step.say(f"{len(batches)} batches: {counts['created']} created, {counts['duplicate']} known by their external id")
            step.say(f"Thai {languages['th']}, English {languages['en']}, Chinese {languages['zh']}")
            again = self._post(step, batches[0])
            step.check("a repeated batch", {"duplicate": len(batches[0])}, dict(again))
            step.say(f"the first batch once more: {again['duplicate']} duplicates, nothing new")

    def _post(self, step: Step, batch: list[dict[str, Any]]) -> Counter[str]:
        answer = _expect(step, "POST /api/v3/reports", 201, self._client.post("/api/v3/reports", batch))
        for item, result in zip(batch, answer["results"], strict=True):
            self._seqs[item["external_id"]] = result["seq"]
        return Counter(result["status"] for result in answer["results"])

    def _analyse(self) -> None:
        with self._screen.step("Analyse a polygon round Sam Yan market") as step:
            answer = self._client.post("/api/v3/clusters/analyze", {"geometry": load_scope(), "n": 1000})
            self._analysis = _expect(step, "POST clusters/analyze", 200, answer)
            hypotheses = self._analysis["hypotheses"]
            several = [found for found in hypotheses if found["report_count"] > 1]
            stats = self._analysis["stats"]
            step.say(
                f"{stats['report_count']} reports in scope, {len(several)} incidents with several witnesses,"
                f" {len(hypotheses) - len(several)} single reports"
            )
            step.say("")
            _show_hypotheses(step, several, self._screen.width)
            step.say("")
            self._compare(step, hypotheses)

    def _compare(self, step: Step, hypotheses: list[dict[str, Any]]) -> None:
        incident_of = {self._seqs[external_id]: name for external_id, name in self._reports.incidents.items()}
        with_labels: Agreement = agreement((found["report_seqs"] for found in hypotheses), incident_of)
        step.check("incidents found", with_labels.incidents, with_labels.found)
        step.check_that("pairs agree with the labels", min(with_labels.precision, with_labels.recall) >= NEVER_MISS, with_labels)
        step.say(
            f"against the hidden labels: {with_labels.found} of {with_labels.incidents} incidents found,"
            f" precision {with_labels.precision:.2f}, recall {with_labels.recall:.2f}"
        )

    def _stop(self) -> None:
        with self._screen.step("Stop the stack") as step:
            step.check("exit status of the stack", 0, self._stack.stop())
            step.say("exit status 0; Postgres, queues, workers and API are gone, and so is their folder")

    def _summarise(self, case: CaseSteps, mail: OutreachSteps, desk: HelpDeskSteps, first_case: float, total: float) -> None:
        screen = self._screen
        screen.note(f"{case.number} · {case.linked} reports · {case.events} events in a chain that holds")
        screen.note(f"{len(self._seqs)} reports ingested · {mail.mails} mails · {mail.summary}")
        screen.note(f"the help desk: {desk.summary}")
        screen.note(f"first case after {first_case:.1f} s, all {STEPS} steps in {total:.1f} s")

    def _token(self, user: str, role: str, tenant: str = "bangkok") -> str:
        return development_token(self._stack.data_dir, tenant=tenant, user=user, roles=[role])


def _show_hypotheses(step: Step, hypotheses: list[dict[str, Any]], width: int) -> None:
    """One line of figures each, and the rationale below."""
    heads = ("hypothesis", "reports", "confidence", "cohesion", "severity", "urgency")
    widths = (max(24, min(44, width - 60)), -7, -10, -8, -8, -7)
    names = ("confidence", "cohesion", "severity_score", "urgency_score")
    step.table(heads, (), widths)
    for found in hypotheses:
        step.row((found["title"], found["report_count"], *(f"{found[name]:.2f}" for name in names)), widths)
        step.say("  " + ", ".join(found["rationale"]), "dim")


def _expect(step: Step, what: str, status: int, answer: Answer) -> dict[str, Any]:
    step.check(what, status, answer.status)
    return answer.json
