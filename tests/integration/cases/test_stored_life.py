"""A case lives a random life in the database: rows follow the stream after every step, and a replay writes the very same rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from casework.cases.lifecycle import CaseStatus, IllegalTransition
from casework.cases.model import CaseMergedAway
from casework.cases.projection import case_row
from casework.cases.queries import event_rows, first_broken_link
from casework.cases.usecases.change_status import ChangeStatus, drive_status
from casework.cases.usecases.link_reports import link_reports
from casework.cases.usecases.merge_cases import merge_cases
from casework.cases.usecases.record_signal import RecordSignal, record_signal
from casework.identity.model import Actor
from tests.support.apps import BANGKOK, World
from tests.support.cases import a_case
from tests.support.lifecycle import LEGAL
from tests.support.reports import a_report, send

if TYPE_CHECKING:
    from casework.cases.model import Case

PROJECTIONS = ("cases", "case_reports", "case_clusters", "case_resolution_signals", "case_follow_ups", "case_links")
ME = Actor("u1", BANGKOK, frozenset({"case_owner"}), "main")


class StoredLife(RuleBasedStateMachine):
    """Works on up to two cases of one database, through the use cases; `world` and `seqs` are given by the test."""

    world: World
    seqs: list[int]

    @initialize()
    def two_cases_are_opened(self):
        self.app = self.world.app("api_writer")
        self.kit: dict[str, Any] = {"actor": ME, "unit_of_work": self.app.unit_of_work, "clock": self.app.clock}
        self.cases = [a_case(), a_case()]
        self.merged = [False, False]
        with self.app.unit_of_work(BANGKOK) as work:
            for case in self.cases:
                work.cases.save(case)
            work.commit()

    def tries(self, which: int, command) -> None:
        before = self.version(which)
        try:
            command(self.cases[which].created.alias)
        except CaseMergedAway:
            assert self.merged[which]
        except IllegalTransition:
            pass
        else:
            return
        assert self.version(which) == before

    def version(self, which: int) -> int:
        row = self.app.cases.find(BANGKOK, str(self.cases[which].id))
        assert row is not None
        return row[0]["version"]

    @rule(which=st.integers(0, 1), goal=st.sampled_from(["open", "in-progress", "escalated", "resolved", "closed"]))
    def a_status_is_driven_to(self, which, goal):
        self.tries(which, lambda ref: drive_status(ref, ChangeStatus(target=CaseStatus(goal)), if_match=None, **self.kit))

    @rule(which=st.integers(0, 1), picks=st.sets(st.integers(0, 4), min_size=1, max_size=3), confidence=st.sampled_from([0.5, 1.0]))
    def reports_are_linked(self, which, picks, confidence):
        seqs = [self.seqs[pick] for pick in picks]
        linked = {"reason": "manual", "confidence": confidence, "if_match": None, "pepper": b"p"}
        self.tries(which, lambda ref: link_reports(ref, seqs, **linked, **self.kit))

    @rule(which=st.integers(0, 1))
    def a_signal_comes(self, which):
        self.tries(which, lambda ref: record_signal(ref, RecordSignal("after_photo", "dry", self.seqs[0]), **self.kit))

    @rule(source=st.integers(0, 1))
    def one_is_merged_into_the_other(self, source):
        target = self.cases[1 - source].created.alias
        if not any(self.merged):
            merge_cases(target, [self.cases[source].created.alias], pepper=b"p", **self.kit)
            self.merged[source] = True

    @invariant()
    def rows_are_what_the_stream_makes(self):
        for case, gone in zip(self.cases, self.merged, strict=True):
            self.check(case, gone=gone)

    def check(self, case: Case, *, gone: bool) -> None:
        with self.app.unit_of_work(BANGKOK) as work:
            stored, stream = self.rows(work.connection, case), event_rows(work.connection, BANGKOK, case.id)
            again = work.cases.replay(case.id)
            work.cases.clear_projections(case.id)
            work.cases.project(again, [recorded.event for recorded in work.cases.stream(case.id)])
            assert self.rows(work.connection, case) == stored
        assert first_broken_link(stream) is None
        assert (again.merged_into is not None, again.version) == (gone, len(stream))
        assert stored["cases"][0]["status"] == case_row(again)["status"]
        moves = [row["payload"] for row in stream if row["type"] == "status_changed"]
        assert {(move["from"], move["to"]) for move in moves} <= LEGAL

    def rows(self, connection, case) -> dict[str, list[dict]]:
        found = {}
        for table in PROJECTIONS:
            key = "id" if table == "cases" else "case_id"
            found[table] = connection.execute(f"select * from {table} t where {key} = %s order by t::text", (case.id,)).fetchall()
        return found


@pytest.mark.slow
def test_rows_follow_the_stream_whatever_happens(world):
    seqs = send(world, *(a_report(title=f"Blocked drain {number}", severity_level=number / 10) for number in range(5)))
    machine = type("Life", (StoredLife,), {"world": world, "seqs": seqs})
    quick = settings(max_examples=25, stateful_step_count=15, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(machine, settings=quick)
