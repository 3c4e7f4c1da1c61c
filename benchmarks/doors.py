"""Warm doors in this process, event in and answer out, against bare psycopg that says the same statements.

The database has a twin. A door is called on the one, its statements are taken down and said again on the other, by the same
role on the same server, in one transaction however many the door opened; so reads see the same rows and inserts meet no row of their
own. Door and bare take turns; the ratio is the median of the pairs' ratios, so that a busy moment of the machine falls on both sides.
The server does not wait for the disk (a wait would be the same on both sides and flatter the ratio). Secrets come through the real
adapter and its cache.
"""

from __future__ import annotations

import json
import logging
import os
import statistics
import tempfile
import time
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import psycopg
from moto.server import ThreadedMotoServer

from benchmarks.scene import CASE_BODY, FAR_DEGREES, TITLE, a_token, city, event, fill, report_items, scope
from benchmarks.tape import Tape, in_one_transaction, replay
from cases.get_case import handler as get_canonical
from cases.list_cases import handler as list_cases
from cases.open_case import handler as open_case
from casework import wiring
from local.aws import client_environment, free_port
from tests.support.database import Server, secret_of
from v3.analyze_clusters import handler as analyze
from v3.create_case import handler as create_v3
from v3.get_case import handler as get_v3
from v3.ingest_reports import handler as ingest

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from benchmarks.tape import Statement
    from casework.entry.http import Door

WARM_UP = 15
CAPABILITIES = ("api_reader", "api_writer")
DATABASE, TWIN = "casework_bench", "casework_twin"
JWT_SECRET = "a-secret-of-the-benchmarks-that-is-long-enough"  # noqa: S105 - made up for this run
SECRETS = {"jwt": JWT_SECRET, "location": "location-pepper", "contact": "contact-pepper"}
SECRETS |= {f"database/{capability}": secret_of(capability) for capability in wiring.CAPABILITIES}


@dataclass(frozen=True)
class Case:
    """One thing to measure. `make(number)` returns the next event; `target` is the ratio not to exceed."""

    name: str
    door: Door
    make: Callable[[int], dict[str, Any]]
    runs: int
    target: float | None = None


def measure() -> dict[str, Any]:
    with seeded_server() as server, ExitStack() as stack:
        token = a_token(JWT_SECRET)
        alias = fill(lambda method, path, body: _call(path, event(token, method, path, body)))
        make_twins(server, TWIN)
        tapes = stack.enter_context(listening())
        twins = {name: stack.enter_context(closing(tape.twin(TWIN))) for name, tape in tapes.items()}
        return {
            case.name: _compare(case, tapes[case.door.route.capability], twins[case.door.route.capability]) for case in _cases(token, alias)
        }


def make_twins(server: Server, *names: str) -> None:
    """Copy the database as it stands, statistics included."""
    for capability in CAPABILITIES:
        wiring.app(capability).database.close()
    for name in names:
        _admin(server, f"create database {name} template {DATABASE}")
    _admin(server, "checkpoint")


@contextmanager
def listening() -> Generator[dict[str, Tape]]:
    """Take down what each capability says; their connections are closed at the end."""
    try:
        yield {name: Tape(wiring.app(name).database) for name in CAPABILITIES}
    finally:
        for name in CAPABILITIES:
            wiring.app(name).database.close()


def ask(door: Door, given: dict[str, Any]) -> tuple[float, dict[str, Any]]:
    """Call a door; return its milliseconds and its answer. Raises RuntimeError for a refusal."""
    began = time.perf_counter()
    answer = door(given, None)
    took = (time.perf_counter() - began) * 1_000
    if answer["statusCode"] not in {200, 201}:
        raise RuntimeError(f"{given['routeKey']}: {answer['statusCode']} {answer['body'][:500]}")
    return took, answer


def repeat(twin: psycopg.Connection[Any], said: list[Statement]) -> float:
    """Say statements to a twin; return the milliseconds."""
    began = time.perf_counter()
    replay(twin, said)
    return (time.perf_counter() - began) * 1_000


def table(found: dict[str, Any]) -> str:
    head = f"{'':>26} {'door ms':>9} {'bare ms':>9} {'own ms':>8} {'ratio':>6} {'target':>7} {'statements':>11}"
    return "\n".join([head, *(_line(name, one) for name, one in found.items())])


def _line(name: str, one: dict[str, Any]) -> str:
    figures = f"{one['door_ms']:>9.2f} {one['bare_ms']:>9.2f} {one['door_ms'] - one['bare_ms']:>8.2f} {one['ratio']:>6.2f}"
    return f"{name:>26} {figures} {one['target'] or '':>7} {one['statements']:>11}"


def _cases(token: str, alias: str) -> list[Case]:
    reports = report_items(city(3_000))
    small, large = ({"geometry": scope(north), "n": n} for north, n in ((FAR_DEGREES, 250), (0.0, 5_000)))

    def calls(method: str, path: str, body: object = None, query: str = "", **parameters: str) -> Callable[[int], dict[str, Any]]:
        return lambda _: event(token, method, path, body, query, **parameters)

    def hundred(number: int) -> dict[str, Any]:
        start = number * 100 % len(reports)
        return event(token, "POST", "/api/v3/reports", reports[start : start + 100])

    return [
        Case("create-case v3", create_v3, calls("POST", "/api/v3/cases", {"title": TITLE}), 80, 2.5),
        Case("create-case canonical", open_case, calls("POST", "/api/cases", CASE_BODY), 150, 2.5),
        Case("get-case v3", get_v3, calls("GET", f"/api/v3/cases/{alias}", case_id=alias), 300, 2.0),
        Case("get-case canonical", get_canonical, calls("GET", f"/api/cases/{alias}", case_id=alias), 300, 2.0),
        Case("list-50", list_cases, calls("GET", "/api/cases", None, "limit=50"), 150, 2.0),
        Case("analyze 250", analyze, calls("POST", "/api/v3/clusters/analyze", small), 25),
        Case("analyze 5,000", analyze, calls("POST", "/api/v3/clusters/analyze", large), 5),
        Case("ingest 100", ingest, hundred, 25),
    ]  # fmt: skip


def _compare(case: Case, tape: Tape, twin: psycopg.Connection[Any]) -> dict[str, Any]:
    door_ms: list[float] = []
    bare_ms: list[float] = []
    statements = 0
    for number in range(min(WARM_UP, case.runs) + case.runs):
        given = case.make(number)
        tape.take()
        door_ms.append(ask(case.door, given)[0])
        said = tape.take()
        statements = len(said)
        bare_ms.append(repeat(twin, in_one_transaction(said)))
    pairs = list(zip(door_ms, bare_ms, strict=True))[-case.runs :]
    ours, theirs = (statistics.median(times) for times in zip(*pairs, strict=True))
    ratio = statistics.median(door / bare for door, bare in pairs)
    return {"door_ms": ours, "bare_ms": theirs, "ratio": ratio, "target": case.target, "statements": statements, "runs": case.runs}


def _call(path: str, given: dict[str, Any]) -> Any:  # noqa: ANN401 - JSON
    return json.loads(ask(ingest if path.endswith("reports") else open_case, given)[1]["body"])


@contextmanager
def seeded_server() -> Generator[Server]:
    """A seeded database, and the environment in which doors find it and their secrets."""
    with tempfile.TemporaryDirectory() as folder, Server(Path(folder)) as server:
        _admin(server, f"create database {DATABASE} template casework_template")
        port = free_port()
        os.environ |= client_environment(port, "ap-southeast-1") | _settings(server)
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        moto = ThreadedMotoServer("127.0.0.1", port, verbose=False)
        moto.start()
        try:
            for name, value in SECRETS.items():
                boto3.client("secretsmanager").create_secret(Name=name, SecretString=value)
            yield server
        finally:
            moto.stop()


def _settings(server: Server) -> dict[str, str]:
    return {
        "DATABASE_URL": server.url_of(DATABASE), "DATABASE_SECRET_PREFIX": "database/", "DEFAULT_TENANT": "bangkok",
        "JWT_SECRET_ARN": "jwt", "LOCATION_PEPPER_ARN": "location", "CONTACT_PEPPER_ARN": "contact", "CONTACT_KEY_ID": "alias/contacts",
        "PUBLIC_BASE_URL": "https://casework.example.org", "RELAY_QUEUE_URL": "none", "POWERTOOLS_TRACE_DISABLED": "true",
    }  # fmt: skip


def _admin(server: Server, statement: str) -> None:
    with psycopg.connect(server.admin_url, autocommit=True) as connection:
        connection.execute(statement.encode())
