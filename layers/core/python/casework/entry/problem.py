"""Errors become answers here: the status of each family, once, and the canonical body (RFC 9457 problem+json)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from casework.entry.body import BodyTooLarge, InvalidFields
from casework.entry.request import Reply
from casework.kernel.errors import (
    Conflict,
    DomainError,
    Forbidden,
    InvalidInput,
    NotFound,
    PreconditionFailed,
    RateLimited,
    Refusal,
    Unauthenticated,
    Unavailable,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from casework.entry.request import Request

FAMILIES: tuple[tuple[type[DomainError], int], ...] = (
    (BodyTooLarge, 413),
    (InvalidFields, 422),
    (InvalidInput, 400),
    (Unauthenticated, 401),
    (Forbidden, 403),
    (NotFound, 404),
    (Conflict, 409),
    (PreconditionFailed, 412),
    (RateLimited, 429),
    (Unavailable, 503),
)


class Face(Protocol):
    """A dialect: how it reads a request and words an error. `status` is the family's; a face may answer another one.

    The canonical face (`ProblemFace`) is the base of the others, which change what their contracts say.
    """

    def query(self, request: Request) -> Mapping[str, str]:
        """Return the query string's values by name."""
        ...

    def check_media(self, request: Request) -> None:
        """Raise InvalidFields for a body that declares itself to be no JSON, where the dialect minds."""
        ...

    def render(self, error: DomainError, status: int, instance: str) -> Refusal:
        """Return what the caller gets; `instance` names this very request."""
        ...


class Unknown(DomainError):
    """What a caller is told of an error that nobody expected: that it is ours."""

    slug = "internal-error"
    title = "Internal error"


class ProblemFace:
    """The canonical face: problem+json; repeated query parameters come joined by commas, as API Gateway hands them over."""

    def query(self, request: Request) -> Mapping[str, str]:
        """Return the values as they came."""
        return request.query

    def check_media(self, request: Request) -> None:
        """Take every body as JSON."""

    def render(self, error: DomainError, status: int, instance: str) -> Refusal:
        """Return `{type, title, status, detail, instance, errors?, …facts}`."""
        body: dict[str, object] = {
            "type": f"/problems/{error.slug}",
            "title": error.title,
            "status": status,
            "detail": error.detail,
            "instance": instance,
        }
        if error.errors:
            body["errors"] = [problem.shown() for problem in error.errors]
        return Refusal(status, body | error.facts, "application/problem+json")


PROBLEM = ProblemFace()


def status_of(error: DomainError) -> int:
    """Return the status of an error (see `status_of_kind`)."""
    return status_of_kind(type(error))


def status_of_kind(kind: type[DomainError]) -> int:
    """Return the status of a kind's family, or the kind's own `status` (one that is 422 by the contract's word); 500 for the unknown."""
    own = getattr(kind, "status", None)
    return own if isinstance(own, int) else next((status for family, status in FAMILIES if issubclass(kind, family)), 500)


def refuse(error: DomainError, face: Face, request: Request) -> Reply:
    """Return the face's answer with the headers that the status demands."""
    status, body, content_type = face.render(error, status_of(error), request.id)
    headers: dict[str, str] = {}
    if status == 401:  # noqa: PLR2004
        headers["www-authenticate"] = "Bearer"
    if "retry_after" in error.facts:
        headers["retry-after"] = str(error.facts["retry_after"])
    return Reply(status, body, headers, content_type)
