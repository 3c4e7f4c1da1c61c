"""`replay` and `verify`: a case's stream of events against its projections, and against its own hash chain."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casework.cases.events import CaseDeleted
from casework.cases.model import CaseNotFound
from casework.cases.queries import CaseQueries, first_broken_link
from casework.cases.store import StreamErased
from casework.cases.usecases.rebuild_projections import rebuild_projections
from casework.cli.surroundings import CommandFailed

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Iterator

    from casework.cli.surroundings import Surroundings
    from casework.kernel.ids import CaseId, TenantId
    from casework.postgres.connection import Row


def add_replay_arguments(parser: ArgumentParser) -> None:
    """Declare `replay`."""
    _add_selection(parser)
    parser.add_argument("--check", action="store_true", help="change nothing; exit with 1 where rows differ from what events say")


def add_verify_arguments(parser: ArgumentParser) -> None:
    """Declare `verify`."""
    _add_selection(parser)


def replay(arguments: Namespace, around: Surroundings) -> int:
    """Rebuild projections, a transaction per case, and name those that differed; with `--check` keep nothing."""
    done = differed = erased = 0
    for slug, tenant_id, case_id in _selected(arguments, around):
        try:
            changed = _rebuild(case_id, tenant_id, around, keep=not arguments.check)
        except StreamErased:
            erased += 1
            continue
        done += 1
        differed += bool(changed)
        if changed:
            print(f"{slug} {case_id}: {', '.join(changed)} {'differ' if arguments.check else 'differed and were rebuilt'}")
    left = f", {erased} erased and left alone" if erased else ""
    print(f"{done} cases replayed: {done - differed} with equal row hashes, {differed} different{left}")
    return int(arguments.check and differed > 0)


def verify(arguments: Namespace, around: Surroundings) -> int:
    """Walk hash chains; a stream that ends before its case's version has lost its tail, which no chain can tell."""
    queries = CaseQueries(around.database)
    done = broken = 0
    for slug, tenant_id, case_id in _selected(arguments, around):
        found = queries.stream(tenant_id, str(case_id))
        fault = _fault_of_erased(queries.events(tenant_id, case_id)) if found is None else _fault(*found)
        done += 1
        broken += bool(fault)
        if fault:
            print(f"{slug} {case_id}: the chain {fault}")
    print(f"{done} chains verified: {done - broken} hold, {broken} do not")
    return int(broken > 0)


def _fault(row: Row, events: list[Row]) -> str:
    at = first_broken_link(events)
    return f"breaks at version {at}" if at else "" if row["version"] <= len(events) else f"ends at {len(events)} of {row['version']}"


def _fault_of_erased(events: list[Row]) -> str:
    """Of a case without a row: right where it was deleted, which its last event says."""
    if not events or events[-1]["type"] != CaseDeleted.type_name:
        return "has events but no row: run `case-cli replay`"
    at = first_broken_link(events)
    if any(event["payload"] is not None for event in events):
        return "ends with a deletion that left payloads behind"
    return f"breaks at version {at}" if at else ""


def _add_selection(parser: ArgumentParser) -> None:
    parser.add_argument("--tenant", metavar="SLUG", help="only this tenant's cases (default: all tenants)")
    parser.add_argument("--case", metavar="REF", help="only this case: UUID, case number or alias; needs --tenant")


def _selected(arguments: Namespace, around: Surroundings) -> Iterator[tuple[str, TenantId, CaseId]]:
    if arguments.case and not arguments.tenant:
        raise CommandFailed("--case needs --tenant")
    for slug, tenant_id in around.tenants(arguments.tenant).items():
        for case_id in _ids(arguments.case, tenant_id, around):
            yield slug, tenant_id, case_id


def _ids(ref: str | None, tenant_id: TenantId, around: Surroundings) -> list[CaseId]:
    if ref is not None:
        found = CaseQueries(around.database).find(tenant_id, ref)
        if found is not None:
            return [found[0]["id"]]
    with around.unit_of_work(tenant_id) as work:
        streams = work.cases.all_ids()
    if ref is None:
        return streams
    erased = [case_id for case_id in streams if str(case_id) == ref.lower()]
    if not erased:
        raise CaseNotFound
    return erased


def _rebuild(case_id: CaseId, tenant_id: TenantId, around: Surroundings, *, keep: bool) -> list[str]:
    with around.unit_of_work(tenant_id) as work:
        changed = rebuild_projections(case_id, tenant_id, work)
        if keep and changed:
            work.commit()
    return changed
