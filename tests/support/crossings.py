"""Whose rows are whose: what lies in the tables of a victim, told apart by marks that nobody else's rows hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.support.api import Api

Marked = frozenset[tuple[str, str]]


def rows_with(api: Api, marks: Iterable[str]) -> Marked:
    """Return every row, as (table, text), that holds one of the marks; bytes are looked through as text too."""
    found = api.rows("select relname::text as name from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace")
    each = " union all ".join(f"select '{row['name']}' as name, t::text as text from {row['name']} t" for row in found)
    wanted = [f"%{form}%" for mark in marks for form in (mark, mark.encode().hex())]
    held = api.rows(f"select name, text from ({each}) r where text like any (%s)", wanted)
    return frozenset((str(row["name"]), str(row["text"])) for row in held)


def digests(api: Api) -> dict[str, str]:
    """Return count and digest of every table's rows, whatever their order."""
    found = api.rows("select relname::text as name from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace")
    each = " union all ".join(
        f"select '{row['name']}' as name, count(*) || ':' || coalesce(md5(string_agg(t::text, '|' order by t::text)), '') as digest"
        f" from {row['name']} t"
        for row in found
    )
    return {str(row["name"]): str(row["digest"]) for row in api.rows(each)}


def grown(before: dict[str, str], after: dict[str, str]) -> dict[str, int]:
    """Return by how many rows each table grew or shrank; those whose rows only changed stand with 0."""
    counts = {name: (int(before[name].partition(":")[0]), int(after[name].partition(":")[0])) for name in before}
    return {name: there - here for name, (here, there) in counts.items() if before[name] != after[name]}
