"""The v1 doors in this process with 10,000 cases of one person, against bare psycopg, as `doors` does it.

Bare psycopg says two things, each to a twin of the database: `same`, all that the door said, in one transaction (the look-up of the
revoked token and the reading back of a new case included); `own`, only the transaction that the call is about (a read's select; the
ordinal, event, payload and row of a new case). The three take turns, the calls too, in blocks. A ratio is that of the medians of a
block; least, median and greatest of ten blocks are shown. The table was vacuumed after it was filled, as it soon would be by itself.
"""

from __future__ import annotations

import json
import statistics
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING, Any

import psycopg

from benchmarks.doors import DATABASE, JWT_SECRET, TWIN, ask, listening, make_twins, repeat, seeded_server
from benchmarks.own_cases import CASES, CREATE, CURSOR, FIRST, GET, NUMBERED, creation, page_before_the_deep_one, reads
from benchmarks.scene import a_token
from benchmarks.tape import Statement, in_one_transaction

if TYPE_CHECKING:
    from benchmarks.own_cases import Call
    from benchmarks.tape import Connection, Tape
    from tests.support.database import Server

OWN_TWIN = "casework_own_twin"
BLOCKS, WARM_UP, TURNS = 10, 10, 40
TARGETS = {CREATE: 2.5, GET: 2.0, FIRST: 2.0, NUMBERED: 2.0, CURSOR: 2.0}
DEEP = "by cursor / first page"
DEEP_TARGET = 1.2

Times = tuple[float, float, float]
"""Milliseconds of the door, of `same` and of `own`."""


def measure() -> dict[str, Any]:
    token = a_token(JWT_SECRET)
    with seeded_server() as server, ExitStack() as exits:
        calls = _fill(token)
        _vacuum(server)
        make_twins(server, TWIN, OWN_TWIN)
        tapes = exits.enter_context(listening())
        twins = {name: tuple(exits.enter_context(closing(tape.twin(twin))) for twin in (TWIN, OWN_TWIN)) for name, tape in tapes.items()}
        blocks: dict[str, list[list[Times]]] = {name: [] for name in calls}
        for _ in range(BLOCKS):
            for name, call in calls.items():
                capability = call.door.route.capability
                turns = [_turn(call, token, tapes[capability], twins[capability]) for _ in range(WARM_UP + TURNS)]
                blocks[name].append(turns[WARM_UP:])
    return _figures(blocks)


def table(found: dict[str, Any]) -> str:
    head = f"{'':>27} {'door ms':>8} {'same ms':>8} {'own ms':>7} {'door/same least-median-most':>29} {'target':>7} {'door/own':>9}"
    lines = [f"{name:>27} {_line(one)}" for name, one in found.items() if name != DEEP]
    deep = found[DEEP]
    lines.append(f"{DEEP:>27} {'':>25} {_spread(deep['door']):>29} {deep['target']:>7}  bare psycopg: {_spread(deep['own'])}")
    return "\n".join([head, *lines])


def _line(one: dict[str, Any]) -> str:
    times = f"{one['door_ms']:>8.2f} {one['same_ms']:>8.2f} {one['own_ms']:>7.2f}"
    return f"{times} {_spread(one['ratio']):>29} {one['target']:>7} {one['own_ratio'][1]:>9.2f}"


def _spread(ratios: list[float]) -> str:
    return " - ".join(f"{ratio:.2f}" for ratio in ratios)


def _fill(token: str) -> dict[str, Call]:
    given = creation().event(token)
    answers = [ask(creation().door, given)[1] for _ in range(CASES)]
    before = page_before_the_deep_one()
    cursor = json.loads(ask(before.door, before.event(token))[1]["body"])["next_cursor"]
    return {CREATE: creation(), **reads(json.loads(answers[CASES // 2]["body"])["case_id"], cursor)}


def _vacuum(server: Server) -> None:
    with psycopg.connect(server.url_of(DATABASE), autocommit=True) as connection:
        connection.execute("vacuum analyze")


def _turn(call: Call, token: str, tape: Tape, twins: tuple[Connection, ...]) -> Times:
    given = call.event(token)
    tape.take()
    door_ms, _ = ask(call.door, given)
    said = tape.take()
    return door_ms, repeat(twins[0], in_one_transaction(said)), repeat(twins[1], _own_transaction(said))


def _own_transaction(said: list[Statement]) -> list[Statement]:
    """Return the second transaction: the first looks the token up, a third reads back what was made."""
    begins = [place for place, one in enumerate(said) if one.query.startswith(b"begin")]
    return said[slice(*[*begins, len(said)][1:3])]


def _figures(blocks: dict[str, list[list[Times]]]) -> dict[str, Any]:
    medians = {name: [_medians(block) for block in taken] for name, taken in blocks.items()}
    found: dict[str, Any] = {}
    for name, taken in medians.items():
        door_ms, same_ms, own_ms = _medians(taken)
        found[name] = {"door_ms": door_ms, "same_ms": same_ms, "own_ms": own_ms, "target": TARGETS[name]}
        found[name] |= {"ratio": _least_to_most([door / same for door, same, _ in taken])}
        found[name] |= {"own_ratio": _least_to_most([door / own for door, _, own in taken])}
    pairs = list(zip(medians[CURSOR], medians[FIRST], strict=True))
    deep = {side: _least_to_most([cursor[place] / first[place] for cursor, first in pairs]) for side, place in (("door", 0), ("own", 2))}
    return found | {DEEP: {**deep, "target": DEEP_TARGET}}


def _medians(times: list[Times]) -> Times:
    door, same, own = (statistics.median(column) for column in zip(*times, strict=True))
    return door, same, own


def _least_to_most(ratios: list[float]) -> list[float]:
    return [min(ratios), statistics.median(ratios), max(ratios)]
