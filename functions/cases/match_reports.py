"""Link new reports to the open case that they tell of; only where AUTO_MATCH is `auto`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from casework.cases.usecases.auto_match import Companions, match_report
from casework.entry.consumer import consumer
from casework.identity.model import SYSTEM, Actor
from casework.kernel.errors import NotFound
from casework.kernel.ids import TenantId
from casework.reports.usecases.analyze import analyze_surroundings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from casework.wiring import App


@consumer("MatchQueue", capability="api_writer")
def handler(message: Mapping[str, Any], app: App) -> None:
    """Hear that reports came in; each joins the open case of its own incident, if there is one."""
    actor = Actor(SYSTEM, TenantId(UUID(message["tenant_id"])), frozenset(), SYSTEM)
    for seq in message["seqs"]:
        try:
            analysis = analyze_surroundings(seq, tenant_id=actor.tenant_id, reports=app.reports, clock=app.clock)
        except NotFound:
            continue
        found = next((one for one in analysis.hypotheses if seq in one.report_seqs), None)
        if found is not None and found.report_count > 1:
            companions = Companions(tuple(found.report_seqs), found.title, analysis.classification)
            match_report(
                seq,
                companions,
                actor=actor,
                unit_of_work=app.unit_of_work,
                clock=app.clock,
                geography=app.geography,
                pepper=app.location_pepper,
            )
