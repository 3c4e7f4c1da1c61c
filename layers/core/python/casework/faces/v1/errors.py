"""How v1 reads a request and words an error (contract §1): `{"detail": "<text>"}`, or a list of faults where the status is 422.

A fault names its kind, its place and what is wrong, never the input itself: that may be large, or somebody's secret.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from casework.entry.body import InvalidFields, UnreadableBody
from casework.entry.problem import ProblemFace
from casework.kernel.errors import Conflict, NotFound, Problem, Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from casework.entry.request import Request
    from casework.kernel.errors import DomainError

_BAD_REQUEST, _UNPROCESSABLE = 400, 422
_RACES = frozenset({"idempotency-in-flight", "concurrent-change"})
_WORDED = {"internal-error": "Internal Server Error", "invalid-json": "There was an error parsing the body"}
_LIST_SLUGS = frozenset(
    {"invalid-json", "invalid-fields", "invalid-parameters", "bad-cursor", "idempotency-mismatch", "metadata-too-large"}
)
_PLAIN_PLACES = {"invalid-json": ("json_invalid", ["body"]), "idempotency-mismatch": ("value_error", ["header", "idempotency-key"])}


class NoSuchCase(NotFound):
    """There is no such case, or it is somebody else's: the two look alike."""

    slug = "case-not-found"

    def __init__(self, case_id: str) -> None:
        """Echo the id that was asked for, as the contract does."""
        super().__init__(f"Case {case_id} not found")


class NoSuchPath(NotFound):
    """v1 has no such path."""

    slug = "no-such-route"

    def __init__(self) -> None:
        """Use the contract's text."""
        super().__init__("Not Found")


class V1Face(ProblemFace):
    """The dialect."""

    def query(self, request: Request) -> Mapping[str, str]:
        """Return the query's values; of a repeated name the last one counts."""
        return dict(parse_qsl(request.event.get("rawQueryString") or "", keep_blank_values=True))

    def check_media(self, request: Request) -> None:
        """Refuse a body that says it is something else than JSON; one that says nothing is taken for it."""
        kind = (request.header("content-type") or "application/json").partition(";")[0].strip().lower()
        if kind != "application/json" and not (kind.startswith("application/") and kind.endswith("+json")):
            raise InvalidFields("not JSON", errors=[Problem("", "Input should be a valid dictionary or object", "model_attributes_type")])

    def render(self, error: DomainError, status: int, instance: str) -> Refusal:  # noqa: ARG002 - a face's signature
        """Return the answer to a refusal."""
        if isinstance(error, UnreadableBody):
            return Refusal(_BAD_REQUEST, {"detail": _WORDED["invalid-json"]})
        if error.slug in _LIST_SLUGS:
            return Refusal(_UNPROCESSABLE, {"detail": _faults(error)})
        if isinstance(error, Conflict) and error.slug not in _RACES:
            status = _BAD_REQUEST
        return Refusal(status, {"detail": _WORDED.get(error.slug, error.detail)})


V1 = V1Face()


def _faults(error: DomainError) -> list[dict[str, object]]:
    if not error.errors:
        kind, place = _PLAIN_PLACES.get(error.slug, ("value_error", ["body"]))
        return [{"type": kind, "loc": place, "msg": error.detail}]
    return [{"type": problem.kind, "loc": _place(problem.pointer), "msg": problem.detail} for problem in error.errors]


def _place(pointer: str) -> list[str | int]:
    """Return `["query", name]`, or `["body", field, index…]`, of a pointer."""
    if pointer.startswith("?"):
        return ["query", pointer[1:]]
    parts = [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]
    return ["body", *(int(part) if part.isdigit() else part for part in parts)]
