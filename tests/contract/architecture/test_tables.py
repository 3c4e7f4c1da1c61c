"""Each table has one writing context, and SQL stands only where SQL belongs: read from the package's own text literals."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest

import casework
from local import seed
from tests.support.schema_dump import SCHEMA

PACKAGE = Path(casework.__file__).parent
TABLES = set(re.findall(r"^create table (\w+)", SCHEMA.read_text(), re.MULTILINE))
WRITE = re.compile(
    r"\b(?:insert\s+into|update|delete\s+from|truncate(?:\s+table)?|merge\s+into)\s+(?:only\s+)?(?:public\.)?(\w+|\{\w*\})", re.IGNORECASE
)
WORDS = r"\b(?:from|into|set|values|role|table|database|set_config|nextval|tenant_of_\w+|unnest)\b"
WRITING = r"(?:insert\s+into|update\s+(?:only\s+)?[\w.]+\s+set|delete\s+from|truncate)\s"
SQL = re.compile(rf"\s*(?:{WRITING}|(?:select|with\s+\w+\s+as|create|alter|grant|begin)\s.*(?:{WORDS}|\())", re.IGNORECASE | re.DOTALL)
PLACES = {"store.py", "queries.py", "rows.py"}
# The charter of each room says the same in words; postgres owns what belongs to no room.
OWNERS = {
    "identity": "tenants revoked_tokens", "reports": "reports report_analyses", "outbox": "outbox_streams outbox_events consumed_events",
    "escalations": "areas area_contacts case_escalation_targets case_escalation_requests case_escalation_actions",
    "messages": "case_email_deliveries mail_events mail_opt_outs mail_usage", "postgres": "idempotency_keys schema_migrations",
    "cases": "case_types contact_vault case_events case_event_payloads cases saved_clusters case_reports case_clusters case_follow_ups"
    " case_links case_resolution_signals case_sessions case_title_counters",
    "walks": "walk_tickets walk_sessions walk_flows flow_proposals walk_categories walk_settings walk_recipients walk_default_recipients",
}  # fmt: skip
# Tables whose names are put into a statement: each place, and what it may name there.
COMPOSED = {
    (
        "cases/store.py",
        "case_reports case_clusters case_resolution_signals case_follow_ups case_links case_sessions contact_vault case_event_payloads",
    )
}


def literals(path: Path) -> list[str]:
    """Return the texts of a module: plain, joined, and formatted ones with {} for what is put in; docstrings left out."""
    tree = ast.parse(path.read_text())
    docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)}
    inside = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            found.append("".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str | bytes) and id(node) not in docs | inside:
            found.append(node.value if isinstance(node.value, str) else node.value.decode("latin-1"))
    return found


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def named(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def writes_in(text: str) -> set[str]:
    """Return what a statement writes: tables, or `{…}` where the name is put in. `for update` and `do update` write nothing new."""
    plain = re.sub(r"\b(?:for|do)\s+(?:no\s+key\s+)?update\b|\bon\s+update\b", "", text, flags=re.IGNORECASE)
    return {name for name in WRITE.findall(plain) if name in TABLES or name.startswith("{")} if SQL.match(text) else set()


@cache
def writers() -> dict[str, set[str]]:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for path in modules():
        for text in literals(path):
            for table in writes_in(text):
                found[table].add(named(path))
    return found


def test_the_owners_own_every_table_once():
    owned = [table for tables in OWNERS.values() for table in tables.split()]
    assert sorted(owned) == sorted(TABLES)


@pytest.mark.parametrize("table", sorted(TABLES))
def test_a_table_is_written_by_its_own_room_alone(table):
    rooms = {place.split("/")[0] for place in writers().get(table, set())}
    owner = next(room for room, tables in OWNERS.items() if table in tables.split())
    assert rooms <= {owner}
    assert rooms or any(table in tables.split() for _, tables in COMPOSED)


def test_a_name_that_is_put_into_a_write_comes_from_a_list_of_the_owner_s():
    places = {place for table, found in writers().items() if table.startswith("{") for place in found}
    assert places == {place for place, _ in COMPOSED}
    for place, tables in COMPOSED:
        assert set(tables.split()) <= set(OWNERS[place.split("/")[0]].split())
        assert set(tables.split()) <= set(literals(PACKAGE / place))


@pytest.mark.parametrize("room", [room for room in OWNERS if (PACKAGE / room / "__init__.py").exists()])
def test_a_room_s_charter_names_its_tables(room):
    charter = ast.get_docstring(ast.parse((PACKAGE / room / "__init__.py").read_text())) or ""
    assert [table for table in OWNERS[room].split() if not re.search(rf"\b{table}\b", charter)] == []


def test_sql_stands_in_stores_queries_rows_and_postgres_alone():
    stray = {named(path) for path in modules() for text in literals(path) if SQL.match(text)}
    assert {place for place in stray if not (place.startswith("postgres/") or place.rpartition("/")[2] in PLACES)} == set()
    assert len(stray) > 10


def test_doors_and_the_laptop_s_seed_hold_no_sql():
    doors = Path(str(casework.__file__)).parents[4] / "functions"
    for path in [*doors.rglob("*.py"), Path(str(seed.__file__))]:
        assert [text for text in literals(path) if SQL.match(text)] == [], path


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("insert into cases (a) values (1)", {"cases"}), ("update cases set a = 1", {"cases"}),
        ("UPDATE ONLY public.cases SET a = 1", {"cases"}),
        ("with x as (delete from case_links) insert into reports select * from x", {"case_links", "reports"}), ("truncate cases",
        {"cases"}),
        ("select 1 from cases for update", set()), ("insert into cases values (1) on conflict do update set a = 1", {"cases"}),
        ("delete from {} where a = 1", {"{}"}), ("update the cases of this tenant", set()),
    ],
)  # fmt: skip
def test_the_scan_sees_what_is_written(text, found):
    assert writes_in(text) == found


@pytest.mark.parametrize(
    ("text", "is_sql"),
    [
        ("select 1 from cases", True), ("\n  with a as (select 1) select * from a", True), ("select set_config('a', 'b', true)", True),
        ("select", False), ("update", False), ("create a case", False), ("with love", False), ("delete from cases", True),
    ],
)  # fmt: skip
def test_the_scan_tells_sql_from_words(text, is_sql):
    assert bool(SQL.match(text)) == is_sql
