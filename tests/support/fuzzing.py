"""What the fuzzing passes share: the published document as a schemathesis schema, real ids to aim at, and what every answer must keep.

Generation is seeded and derandomised, so a run repeats itself. `FUZZ_EXAMPLES` raises the examples per operation for a long search.
"""

from __future__ import annotations

import json
import os
import zlib
from dataclasses import dataclass
from http import HTTPMethod
from pathlib import Path
from typing import TYPE_CHECKING, Any

import schemathesis
from schemathesis.specs.openapi.checks import positive_data_acceptance, unsupported_method

if TYPE_CHECKING:
    from collections.abc import Callable

    from schemathesis import Case, CheckContext, Response

DOCUMENT = Path("/tmp/openapi.json")
SEED = 20261121
LEFT_OUT = [
    positive_data_acceptance,  # a body may fit its schema and break a rule that no schema can word
    unsupported_method,        # an HTTP API knows routes, not resources: another method is another route, which does not exist (404)
]  # fmt: skip


def document() -> dict[str, Any]:
    """Return the published OpenAPI document."""
    return json.loads(DOCUMENT.read_text())


def examples(usual: int) -> int:
    """Return how many examples each operation gets."""
    return int(os.environ.get("FUZZ_EXAMPLES", usual))


def settings_of(max_examples: int) -> schemathesis.Config:
    """Return a configuration that repeats itself: no data base of earlier runs, one seed."""
    return schemathesis.Config.from_dict(
        {
            "seed": SEED,
            "generation": {"max-examples": max_examples, "deterministic": True, "database": "none"},
            "suppress-health-check": ["all"],
        }
    )


@dataclass(frozen=True)
class Ground:
    """Ids of what is really there."""

    case_ids: tuple[str, ...]
    seqs: tuple[int, ...]
    target_ids: tuple[int, ...]
    action_ids: tuple[int, ...]

    def aim(self, case: Case) -> None:
        """Let about every second id that was made up be a real one; which, follows from what was made up."""
        for name, value in list(case.path_parameters.items()):
            case.path_parameters[name] = self._aimed(name, value)
        if "seq" in case.query:
            case.query["seq"] = str(self._aimed("seq", case.query["seq"]))
        if isinstance(case.body, dict):
            for name, value in case.body.items():
                case.body[name] = [self._aimed(name, one) for one in value] if isinstance(value, list) else self._aimed(name, value)

    def _aimed(self, name: str, value: Any) -> Any:  # noqa: ANN401 - JSON
        real: dict[str, tuple[Any, ...]] = {
            "case_id": self.case_ids, "existing_case_id": self.case_ids, "target_case_id": self.case_ids, "source_case_ids": self.case_ids,
            "seq": self.seqs, "report_seqs": self.seqs, "anchor_report_seq": self.seqs, "linked_report_seq": self.seqs,
            "target_ids": self.target_ids, "action_id": self.action_ids,
        }  # fmt: skip
        known = real.get(name)
        number = zlib.crc32(repr(value).encode("utf-8", "replace"))
        if not known or number % 2 or not isinstance(value, (str, type(known[0]))) or isinstance(value, bool):
            return value
        return known[number // 2 % len(known)]


def prepare_ground(send: Callable[[str, str, object], Any]) -> Ground:
    """Store reports, cases, targets and a mailing through the API. `send` takes method, path and JSON and returns the answer's JSON."""
    places = [(13.75, 100.53), (13.7501, 100.5301), (13.9, 100.6)]
    bodies = [
        {"latitude": latitude, "longitude": longitude, "title": title, "inferred_contact_emails": "roads@district.example.net"}
        for latitude, longitude in places
        for title in ("Blocked drain", "ท่อระบายน้ำอุดตัน", "排水沟堵塞")
    ]
    seqs = [result["seq"] for result in send("POST", "/api/v3/reports", bodies)["results"]]
    details = [
        send("POST", "/api/v3/cases", {"title": f"Drain {number}", "report_seqs": seqs[start : start + 2], "force_new_case": True, **_TARGETS})
        for number, start in enumerate((0, 3, 6))
    ]
    aliases = [detail["case"]["case_id"] for detail in details]
    form = send("POST", "/api/cases", {"case_type": "flood_drainage", "title_en": "Flooded lane"})
    sent = send("POST", f"/api/v3/cases/{aliases[0]}/escalations/send", {"subject": "Drain", "body": "Please look.", "language": "en"})
    told = send("GET", f"/api/v3/cases/{aliases[0]}/escalations", None)
    assert sent["deliveries"]
    return Ground(
        case_ids=(*aliases, form["id"], form["case_number"]),
        seqs=tuple(seqs),
        target_ids=tuple(target["id"] for target in told["targets"]),
        action_ids=tuple(action["id"] for action in told["actions"]),
    )


_TARGETS = {"escalation_targets": [{"organization": "Roads", "channel": "email", "email": "roads@district.example.net"}]}


def refusal_names_its_scheme(ctx: CheckContext, response: Response, case: Case) -> None:  # noqa: ARG001 - the signature of a check
    """A 401 says how to authenticate (RFC 9110, 11.6.1)."""
    assert response.status_code != 401 or response.headers.get("www-authenticate") == ["Bearer"], "401 without WWW-Authenticate: Bearer"


def unknown_route_is_not_found(ctx: CheckContext, response: Response, case: Case) -> None:  # noqa: ARG001 - the signature of a check
    """A method that the document does not give to a path is a route that does not exist."""
    declared = set(case.operation.schema[case.operation.path])
    if response.request.method in HTTPMethod.__members__ and response.request.method.lower() not in declared:
        assert response.status_code in {404, 204}, f"{response.request.method} is undeclared, yet {response.status_code}"


CHECKS = [refusal_names_its_scheme, unknown_route_is_not_found]
