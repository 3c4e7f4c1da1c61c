"""A case lives a random life; an independent account of it is kept beside, and the stream must give the case back after each step."""

from __future__ import annotations

from dataclasses import fields
from datetime import timedelta
from itertools import pairwise

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from casework.cases.events import EVENT_TYPES, Aggregates, CaseEscalationRecorded, CaseMerged, ClusterAttached, StatusChanged
from casework.cases.lifecycle import CaseStatus, ClosureReason, IllegalTransition
from casework.cases.model import Case, CaseMergedAway, Recorded
from casework.cases.projection import case_row
from tests.support.cases import AT, a_case, a_signal, changed, cluster, links
from tests.support.lifecycle import LEGAL, REVIEWS, all_ways

STATUSES = st.sampled_from(list(CaseStatus))
SEQS = st.lists(st.integers(1, 6), max_size=4)
NAMES = st.lists(st.sampled_from("abc"), max_size=2, unique=True)


class CaseLife(RuleBasedStateMachine):
    """`status`, `reports` … are what a person with pencil and paper would note."""

    @initialize(status=st.sampled_from(["proposed", "under-review", "open"]), seqs=SEQS)
    def is_opened(self, status, seqs):
        self.case = a_case(status=CaseStatus(status), links=links(*seqs))
        self.now, self.status, self.reports, self.clusters = AT, status, set(seqs), set()
        self.signals, self.requests, self.merged, self.reopened, self.events = set(), set(), False, 0, 1

    def tick(self) -> dict:
        self.now += timedelta(minutes=5)
        return {"by": "u1", "at": self.now}

    def refused(self, command, error) -> None:
        before = (self.case.version, case_row(self.case))
        try:
            command()
        except error:
            assert (self.case.version, case_row(self.case)) == before
            return
        raise AssertionError(error)

    def walked(self, way: list[str]) -> None:
        for step in way:
            self.reopened += step == "open" and self.status in {"closed", "resolved"}
            self.status = step
        self.events += len(way)

    @rule(goal=STATUSES, reason=st.none() | st.sampled_from(list(ClosureReason)))
    def a_status_is_set(self, goal, reason):
        command = lambda: self.case.change_status(changed(self.case, goal, closure_reason=reason), **self.tick())  # noqa: E731
        if self.merged:
            self.refused(command, CaseMergedAway)
        elif (self.status, goal.value) not in LEGAL:
            self.refused(command, IllegalTransition)
        else:
            command()
            self.walked([goal.value])

    @rule(goal=STATUSES)
    def a_status_is_driven_to(self, goal):
        command = lambda: self.case.drive_to(goal, changed(self.case, goal), **self.tick())  # noqa: E731
        ways = [] if self.status in REVIEWS else all_ways(self.status, goal.value)
        if self.merged:
            self.refused(command, CaseMergedAway)
        elif goal.value != self.status and not ways:
            self.refused(command, IllegalTransition)
        else:
            before = len(self.case.fresh)
            command()
            steps = [recorded.event.target.value for recorded in self.case.fresh[before:]]
            assert steps in [way for way in ways if len(way) == len(ways[0])] if goal.value != self.status else steps == []
            self.walked(steps)

    @rule(seqs=SEQS, reason=st.sampled_from(["manual", "seen"]))
    def reports_are_linked(self, seqs, reason):
        wanted = self.case.new_links(seqs, reason, 1.0)
        command = lambda: self.case.add_reports(wanted, Aggregates(severity_score=len(self.reports) / 10), **self.tick())  # noqa: E731
        if self.merged:
            self.refused(command, CaseMergedAway)
            return
        command()
        self.events += bool(wanted)
        self.reports |= set(seqs)

    @precondition(lambda self: not self.merged)
    @rule(seqs=SEQS, names=NAMES)
    def a_selection_joins(self, seqs, names):
        event = ClusterAttached(
            links=links(*seqs), clusters=[cluster(name) for name in names], aggregates=Aggregates(), target_count=0, candidate_cases=[]
        )
        self.case.attach(event, **self.tick())
        self.reports, self.clusters, self.events = self.reports | set(seqs), self.clusters | set(names), self.events + 1

    @precondition(lambda self: not self.merged)
    @rule(number=st.integers(1, 5))
    def a_signal_comes(self, number):
        self.case.record_signal(a_signal(number), **self.tick())
        self.signals, self.events = self.signals | {number}, self.events + 1

    @rule(request=st.sampled_from("rst"))
    def news_of_mails_comes(self, request):
        self.case.record_escalation(CaseEscalationRecorded(request_id=request, action_count=1, delivery_count=1), **self.tick())
        self.events += request not in self.requests
        self.requests |= {request}

    @precondition(lambda self: not self.merged)
    @rule(seqs=SEQS, names=NAMES, numbers=st.lists(st.integers(6, 9), max_size=2, unique=True))
    def others_are_taken_over(self, seqs, names, numbers):
        parts = {"links": links(*seqs), "clusters": [cluster(name) for name in names], "signals": [a_signal(number) for number in numbers]}
        self.case.absorb(CaseMerged(source_case_ids=["case_x"], aggregates=Aggregates(), **parts), **self.tick())
        self.reports, self.clusters = self.reports | set(seqs), self.clusters | set(names)
        self.signals, self.events = self.signals | set(numbers), self.events + 1

    @precondition(lambda self: self.events > 6)
    @rule()
    def it_is_merged_away(self):
        command = lambda: self.case.merge_into(a_case(), **self.tick())  # noqa: E731
        if self.merged:
            self.refused(command, CaseMergedAway)
        elif self.status in REVIEWS:
            self.refused(command, IllegalTransition)
        else:
            way = [] if self.status in {"closed", "archived"} else all_ways(self.status, "closed")[0]
            command()
            self.merged, self.reports, self.clusters, self.signals = True, set(), set(), set()
            self.status, self.events = ("closed" if way else self.status), self.events + len(way) + 1
            self.reopened = self.case.reopen_count

    @invariant()
    def it_is_what_the_account_says(self):
        case = self.case
        assert (case.status, case.version, case.reopen_count, case.merged_into is not None) == (
            self.status,
            self.events,
            self.reopened,
            self.merged,
        )
        assert (set(case.reports), set(case.clusters), set(case.signals)) == (self.reports, self.clusters, self.signals)
        assert (case.ended_at is not None) == (self.status in {"closed", "archived"})

    @invariant()
    def its_stream_gives_it_back(self):
        stored = [
            Recorded(one.version, EVENT_TYPES[one.event.type_name](**one.event.model_dump()), one.actor, one.at) for one in self.case.fresh
        ]
        again = Case.replay(self.case.id, self.case.tenant_id, stored)
        for name in (field.name for field in fields(Case) if field.name != "fresh"):
            assert getattr(again, name) == getattr(self.case, name), name
        assert case_row(again) == case_row(self.case)

    @invariant()
    def every_change_of_status_is_a_legal_edge(self):
        moves = [one.event for one in self.case.fresh if isinstance(one.event, StatusChanged)]
        assert {(move.origin.value, move.target.value) for move in moves} <= LEGAL
        assert all(last.target == first.origin for last, first in pairwise(moves))


TestCaseLife = CaseLife.TestCase
TestCaseLife.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
