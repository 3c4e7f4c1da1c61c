"""Make a case's projections anew from its events: what the rows say must be what the stream says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casework.cases.model import Case

if TYPE_CHECKING:
    from casework.cases.ports import Work
    from casework.kernel.ids import CaseId, TenantId


def rebuild_projections(case_id: CaseId, tenant_id: TenantId, work: Work) -> list[str]:
    """Rewrite the rows of a case and return the projections that differed before; the caller commits, or only wanted to know.

    Touches nothing but projections: no event, no outbox row, no mail. Raises CaseNotFound (no stream) and StreamErased.
    """
    cases = work.cases
    cases.hold(case_id)
    before, stream = cases.digests(case_id), cases.stream(case_id)
    cases.clear_projections(case_id)
    cases.project(Case.replay(case_id, tenant_id, stream), [recorded.event for recorded in stream])
    after = cases.digests(case_id)
    return [table for table, digest in before.items() if after[table] != digest]
