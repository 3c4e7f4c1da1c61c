"""Reads of walks, behind the wall of one account."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from casework.kernel.paging import Page, decode_cursor, encode_cursor
from casework.walks.rows import KIND, SHOWN, SWITCHED, VISIBLE, enter_account, walk_of

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping, Sequence

    from casework.identity.model import Actor
    from casework.postgres.connection import Database, Row
    from casework.walks.model import Walk

ACTIVE_SHOWN = 20
_PAGE_CHARACTERS = 1_500_000
"""Of stored text: at three bytes each they leave room in the 6 MB that an answer may have."""
_TICKETS = (
    "select * from walk_tickets where tenant_id = %(tenant)s and account_id = %(account)s and kind = 'internal'{after}"
    " order by created_at desc, id desc limit %(limit)s"
)
_TICKETS_IN = _TICKETS.replace("{after}", " and status = %(status)s{after}")
_FLOWS = (
    "select id, title, category, language, problem_text, nodes, created_at from walk_flows"
    " where tenant_id = %(tenant)s and account_id = %(account)s and status = 'published'{after}"
    " order by created_at desc, id desc limit %(limit)s"
)
_ACTIVE = (
    "select {columns} from walk_sessions s where tenant_id = %(tenant)s and account_id = %(account)s and started_by = %(actor)s"
    " and status = 'active' order by last_step_at desc, id desc limit %(limit)s"
).replace("{columns}", SHOWN)
_ESCALATED = (
    "select {columns}, t.customer_name, t.customer_contact from walk_sessions s join walk_tickets t on t.tenant_id = s.tenant_id and"
    " t.id = s.ticket_id where s.tenant_id = %(tenant)s and s.account_id = %(account)s and s.status = 'escalated'{after}"
    " order by s.last_step_at desc, s.id desc limit %(limit)s"
).replace("{columns}", SHOWN)


class WalkQueries:
    """What doors read of an account's walks; every method opens a transaction of its own (or joins the door's)."""

    def __init__(self, database: Database) -> None:
        """Read through this capability's connection."""
        self._database = database

    def session(self, actor: Actor, session_id: UUID) -> Walk | None:
        """Return a walk; None where there is none for this technician."""
        rows = self._rows(actor, VISIBLE.format(columns=SHOWN), {"id": session_id, "actor": actor.id})
        return walk_of(rows[0]) if rows else None

    def active(self, actor: Actor) -> list[Walk]:
        """Return the technician's own active walks, the newest step first, at most ACTIVE_SHOWN."""
        rows = self._rows(actor, _ACTIVE, {"actor": actor.id, "limit": ACTIVE_SHOWN})
        return [walk_of(row) for row in rows[: _fitting(rows)]]

    def tickets(self, actor: Actor, status: str | None, limit: int, cursor: str | None) -> Page[Row]:
        """Return a page of the account's tickets, newest first. Raises BadCursor."""
        statement, values = (_TICKETS_IN, {"status": status}) if status else (_TICKETS, dict[str, Any]())
        return self._page(actor, statement, values, ("created_at", "id"), limit, cursor)

    def escalated(self, actor: Actor, limit: int, cursor: str | None) -> Page[Row]:
        """Return a page of handed-over walks with their tickets' names, the newest step first. Raises BadCursor."""
        return self._page(actor, _ESCALATED, {}, ("last_step_at", "id"), limit, cursor, prefix="s.")

    def flows(self, actor: Actor, limit: int, cursor: str | None) -> Page[Row]:
        """Return a page of the account's own published flows, newest first. Raises BadCursor."""
        return self._page(actor, _FLOWS, {}, ("created_at", "id"), limit, cursor)

    def settings(self, actor: Actor) -> tuple[list[Row], bool]:
        """Return the account's recipients, by address, and whether sessions are their creators' only."""
        with self._in_account(actor) as ask:
            recipients = ask(
                "select email, name from walk_recipients where tenant_id = %(tenant)s and account_id = %(account)s and deleted_at is null"
                " order by email"
            )
            switch = ask("select sessions_creator_only from walk_settings where tenant_id = %(tenant)s and account_id = %(account)s")
        return recipients, bool(switch and switch[0]["sessions_creator_only"])

    def categories(self, actor: Actor) -> tuple[str, dict[str, bool]]:
        """Return the tenant's kind and the categories that the account switched itself."""
        with self._in_account(actor) as ask:
            kinds, rows = ask(KIND), ask(SWITCHED)
        return (kinds[0]["kind"] if kinds else ""), {row["code"]: row["enabled"] for row in rows}

    @contextmanager
    def _in_account(self, actor: Actor) -> Generator[Callable[..., list[Row]]]:
        """Open a transaction behind the account's wall; what it yields takes a statement, with values beside tenant and account."""
        own: dict[str, Any] = {"tenant": actor.tenant_id, "account": actor.account_id}
        with self._database.transaction(actor.tenant_id) as connection:
            enter_account(connection, actor.account_id)

            def ask(statement: str, **values: object) -> list[Row]:
                return connection.execute(statement.encode(), own | values).fetchall()

            yield ask

    def _rows(self, actor: Actor, statement: str, values: Mapping[str, Any]) -> list[Row]:
        with self._in_account(actor) as ask:
            return ask(statement, **values)

    def _page(
        self,
        actor: Actor,
        statement: str,
        values: dict[str, Any],
        key: tuple[str, str],
        limit: int,
        cursor: str | None,
        *,
        prefix: str = "",
    ) -> Page[Row]:
        query: dict[str, object] = {**values, "list": statement, "tenant": actor.tenant_id, "account": actor.account_id}
        after = ""
        values = values | {"limit": limit + 1}
        if cursor:
            after = f" and ({prefix}{key[0]}, {prefix}{key[1]}) < (%(at)s::timestamptz, %(after)s::uuid)"
            values["at"], values["after"] = decode_cursor(cursor, query, (datetime.fromisoformat, UUID))
        rows = self._rows(actor, statement.replace("{after}", after), values)
        shown = rows[: min(limit, _fitting(rows))]
        last = shown[-1] if len(rows) > len(shown) else None
        return Page(shown, encode_cursor([last[key[0]], last[key[1]]], query) if last else None)


def _fitting(rows: Sequence[Row]) -> int:
    """Return how many rows one answer holds: a page of long texts ends early, behind its first row at the earliest."""
    total = 0
    for number, row in enumerate(rows):
        total += len(str(row))
        if total > _PAGE_CHARACTERS and number:
            return number
    return len(rows)
