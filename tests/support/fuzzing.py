"""What the fuzzing passes share: the published document as a schemathesis schema, real ids to aim at, and what every answer must keep.

Generation is seeded and derandomised, so a run repeats itself. `FUZZ_EXAMPLES` raises the examples per operation for a long search.
"""

from __future__ import annotations

import json
import os
import zlib
from dataclasses import dataclass, replace
from functools import cached_property
from http import HTTPMethod
from pathlib import Path
from typing import TYPE_CHECKING, Any

import schemathesis
from schemathesis.specs.openapi.checks import ignored_auth, positive_data_acceptance, unsupported_method

from tests.support.apps import INTERNAL_TOKEN, a_token
from tests.support.corpus import odd, real_path

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, MutableMapping, Sequence

    from schemathesis import Case, CheckContext, Response

    from tests.support.corpus import Hostile

DOCUMENT = Path(__file__).parents[2] / "docs" / "openapi.json"
SEED = 20261121
ROLES = ("case_owner", "l1", "engineer", "account_owner")
"""Of the one who calls everything; the two faces of the help desk and of the cases ask for different ones."""
ACCOUNT = "fuzz-desk"
CREDENTIALS = {
    "authorization": f"Bearer {a_token(roles=ROLES, account_id=ACCOUNT)}", "x-internal-admin-token": INTERNAL_TOKEN,
}  # fmt: skip
"""Headers that open every door of a test world but the signed ones."""
REFUSALS = ["400", "401", "403", "404", "405", "409", "412", "413", "422", "429"]
LEFT_OUT = [
    positive_data_acceptance,  # a body may fit its schema and break a rule that no schema can word
    ignored_auth,              # asks twice more after each success; calls without credentials are made by hand, for every operation
    unsupported_method,        # an HTTP API knows routes, not resources: another method is another route, which does not exist (404)
]  # fmt: skip


def document() -> dict[str, Any]:
    """Return the published OpenAPI document."""
    return json.loads(DOCUMENT.read_text())


def examples(usual: int) -> int:
    """Return how many examples each operation gets."""
    return int(os.environ.get("FUZZ_EXAMPLES", usual))


def settings_of(max_examples: int, *, mode: str = "all", coverage: bool = True) -> schemathesis.Config:
    """Return a configuration that repeats itself: no data base of earlier runs, one seed. `mode` is all, positive or negative.

    `coverage` adds every boundary of every field, one at a time, however many examples are asked for.
    Credentials are not generated: every call carries good ones, calls with bad ones are made by hand.
    """
    return schemathesis.Config.from_dict(
        {
            "seed": SEED,
            "generation": {
                "mode": mode, "max-examples": max_examples, "deterministic": True, "database": "none", "with-security-parameters": False,
            },
            "phases": {"coverage": {"enabled": coverage}},
            "checks": {"negative_data_rejection": {"expected-statuses": REFUSALS}},
            "suppress-health-check": ["all"],
        }
    )  # fmt: skip


@dataclass(frozen=True)
class Ground:
    """Ids of what is really there."""

    case_ids: tuple[str, ...]
    seqs: tuple[int, ...]
    target_ids: tuple[int, ...]
    action_ids: tuple[int, ...]
    doomed_ids: tuple[str, ...]
    session_ids: tuple[str, ...]
    node_ids: tuple[str, ...]
    proposal_ids: tuple[str, ...]
    flow_ids: tuple[str, ...]

    def aim(self, case: Case) -> None:
        """Let about every second thing that was made up be a real one; which, follows from what was made up.

        What was made wrong on purpose stays wrong; only a case or a session is aimed at even then, for no text is a wrong id.
        """
        cases = self.doomed_ids if case.method == "DELETE" else self.case_ids
        _replace(case.path_parameters, {"case_id": cases, "session_id": self.session_ids, "proposal_id": self.proposal_ids})
        if "Prefer" in case.headers:
            case.headers["Prefer"] = "wait=0"  # nobody delivers mails meanwhile
        if case.meta is not None and case.meta.generation.mode.is_positive:
            _replace(case.path_parameters, self._known)
            _replace(case.query, {"seq": tuple(map(str, self.seqs))})
            _replace(case.headers, {"If-Match": ("*",)})
            if isinstance(case.body, dict):
                _replace(case.body, self._known)

    @cached_property
    def _known(self) -> dict[str, tuple[Any, ...]]:
        reports = dict.fromkeys(("seq", "report_seqs", "anchor_report_seq", "linked_report_seq"), self.seqs)
        cases = dict.fromkeys(("case_id", "existing_case_id", "target_case_id"), self.case_ids)
        mails = {"target_ids": self.target_ids, "action_id": self.action_ids}
        walks = {"node_id": self.node_ids, "flow_id": self.flow_ids, "session_id": self.session_ids}
        return {**reports, **cases, **mails, **walks, **_WORDS, "source_case_ids": self.case_ids[-2:]}

    def target_of(self, method: str, template: str) -> tuple[str, Ground]:
        """Return a path template whose id is named `case_id`, as the corpus knows it, and the ground where that is a real one."""
        if method == "DELETE" and "{case_id}" in template:
            return template, replace(self, case_ids=self.doomed_ids)
        for name, ids in (("{session_id}", self.session_ids), ("{proposal_id}", self.proposal_ids)):
            if name in template:
                return template.replace(name, "{case_id}"), replace(self, case_ids=ids)
        return template, self


def _replace(made_up: MutableMapping[str, Any], known: Mapping[str, Sequence[Any]]) -> None:
    """Replace about every second value by one of the known ones of its name; of a list, all its items."""
    for name, value in made_up.items():
        number = zlib.crc32(f"{name}{value!r}".encode("utf-8", "replace"))
        if name not in known or number % 2:
            continue
        items = [known[name][(number // 2 + place) % len(known[name])] for place in range(len(value) if isinstance(value, list) else 1)]
        kind = type(items[0]) if items else object
        if isinstance(value, list) and all(isinstance(one, kind) for one in value):
            made_up[name] = items
        elif isinstance(value, kind) and not isinstance(value, bool):
            made_up[name] = items[0]


_AREA = [[[100.5, 13.7], [100.7, 13.7], [100.7, 14.0], [100.5, 14.0], [100.5, 13.7]]]
_WORDS: dict[str, tuple[Any, ...]] = {
    "title": ("Blocked drain", "ท่อระบายน้ำอุดตัน", "排水沟堵塞"),
    "status": ("open", "investigating", "escalated", "resolved", "closed", "in-progress", "merged"),
    "classification": ("physical", "digital"),
    "language": ("th", "en", "zh", "de"),
    "case_type": ("flood_drainage",),
    "datetime": ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-11-21T09:00:00+07:00"),
    "recipients": ({"email": "yard@fuzz.example.net"},),
    "cc_emails": ("yard@fuzz.example.net",),
    "problem_statement": ("The VPN does not connect", "เครื่องพิมพ์ไม่พิมพ์", "密码忘记了", "A violin hums in server room 3"),
    "customer_contact": ("+66812341234", "caller@fuzz.example.net"),
    "answer": ("Yes", "No", "Done"),
    "tags": ("fuzz",),
    "category": ("performance", "other"),
    "geometry": ({"type": "Polygon", "coordinates": _AREA}, {"type": "MultiPolygon", "coordinates": [_AREA, _AREA]}),
}
"""Values that a schema does not enumerate and without which nothing gets past the first rule."""


_DOOMED = 12
"""Cases to be deleted."""
_WALKS = 5
"""Of each kind; a fuzzed walk soon comes to an end."""


def prepare_ground(send: Callable[[str, str, object], Any]) -> Ground:
    """Store reports, cases, targets, a mailing and walks through the API.

    `send` takes method, path and JSON and returns the answer's JSON.
    """
    places = [(13.75, 100.53), (13.7501, 100.5301), (13.9, 100.6)]
    bodies = [
        {"latitude": latitude, "longitude": longitude, "title": title, "inferred_contact_emails": "works@fuzz.example.net"}
        for latitude, longitude in places
        for title in ("Blocked drain", "ท่อระบายน้ำอุดตัน", "排水沟堵塞")
    ]
    seqs = [result["seq"] for result in send("POST", "/api/v3/reports", bodies)["results"]]
    usual = {
        "force_new_case": True,
        "escalation_targets": [{"organization": "Roads", "channel": "email", "email": "works@fuzz.example.net"}],
    }
    selections = [{"title": f"Drain {start}", "report_seqs": seqs[start : start + 2]} for start in (0, 3, 6, 1, 4)]
    details = [send("POST", "/api/v3/cases", {**usual, **selection}) for selection in selections]
    aliases = [detail["case"]["case_id"] for detail in details]
    form = send("POST", "/api/cases", {"case_type": "flood_drainage", "title_en": "Flooded lane"})
    plain = [send("POST", "/api/v1/cases", {"session_id": "fuzz-session", "tags": ["fuzz"]})["case_id"] for _ in range(3 + _DOOMED)]
    sent = send("POST", f"/api/v3/cases/{aliases[0]}/escalations/send", {"subject": "Drain", "body": "Please look.", "language": "en"})
    told = send("GET", f"/api/v3/cases/{aliases[0]}/escalations", None)
    assert sent["deliveries"]
    return Ground(
        case_ids=(form["id"], form["case_number"], *plain[:3], *aliases),
        seqs=tuple(seqs),
        target_ids=tuple(target["id"] for target in told["targets"]),
        action_ids=tuple(action["id"] for action in told["actions"]),
        doomed_ids=tuple(plain[3:]),
        **_prepare_desk(send),
    )


def _prepare_desk(send: Callable[[str, str, object], Any]) -> dict[str, tuple[str, ...]]:
    """Start walks of each kind, some of a step or two, and let one become a proposal."""

    def start(**fields: object) -> str:
        return send("POST", "/l1/intake", {"problem_statement": "The zorblax ledger hums", "force_build": True} | fields)["session_id"]

    def walk(session_id: str, **fields: object) -> str:
        return send("POST", f"/l1/sessions/{session_id}/next-node", fields)["node"]["id"]

    flow_id = next(flow["flow_id"] for flow in send("GET", "/l1/flows", None)["items"])
    helpful, *built = [start() for _ in range(_WALKS)]
    walk(helpful, node_id=walk(helpful), answer="No")
    nodes = [walk(session_id) for session_id in built]
    flows = [start(flow_id=flow_id) for _ in range(_WALKS)]
    free = [start(adhoc=True) for _ in range(_WALKS)]
    standing = send("GET", f"/l1/sessions/{flows[0]}", None)["current_node_id"]
    proposed = send("POST", f"/l1/sessions/{helpful}/resolve", {"helpful": True})["flow_proposal_id"]
    turns = zip(flows, free, built, strict=False)
    sessions = (session_id for turn in turns for session_id in turn)
    return {"session_ids": (*sessions, helpful), "node_ids": (standing, *nodes), "proposal_ids": (proposed,), "flow_ids": (flow_id,)}


def refusal_names_its_scheme(ctx: CheckContext, response: Response, case: Case) -> None:
    """A 401 says how to authenticate (RFC 9110, 11.6.1)."""
    assert response.status_code != 401 or response.headers.get("www-authenticate") == ["Bearer"], "401 without WWW-Authenticate: Bearer"


def unknown_route_is_not_found(ctx: CheckContext, response: Response, case: Case) -> None:
    """A method that the document does not give to a path is a route that does not exist; only v1 knows wrong methods."""
    declared = set(case.operation.schema[case.operation.path])
    if response.request.method in HTTPMethod.__members__ and response.request.method.lower() not in declared:
        known = {unknown_method(case.operation.path), 204}
        assert response.status_code in known, f"{response.request.method} is undeclared, yet {response.status_code}"


def unknown_method(path: str) -> int:
    """Return the status of a method that a path lacks."""
    return 405 if path.startswith("/api/v1/") or path == "/health" else 404


def real(method: str, template: str, ground: Ground) -> str:
    """Return the template's path to something that is there."""
    return real_path(*ground.target_of(method, template))


def odd_at(method: str, template: str, ground: Ground) -> Iterator[Hostile]:
    """Yield the corpus' odd requests for an operation; of a v1 session any text is a good name, an unknown one has no cases."""
    is_open = template == "/api/v1/cases/session/{session_id}"
    for hostile in odd(method, *ground.target_of(method, template)):
        yield hostile._replace(refused=False) if is_open else hostile


CHECKS = [refusal_names_its_scheme, unknown_route_is_not_found]
