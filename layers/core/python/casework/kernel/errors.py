"""Eight families of errors; status codes and bodies are made of them once, in `casework.entry.problem` and the faces.

A context subclasses a family with its own `slug` (stable, part of `type: /problems/<slug>`) and `title`. `detail` is shown to
the caller, so it never holds personal data or anything of another tenant.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class Problem(NamedTuple):
    """One fault of the input: `pointer` is a JSON pointer into the body (`/geometry/coordinates`) or `?name` for a query field.

    `kind` is pydantic's word for the fault; only the v1 face shows it.
    """

    pointer: str
    detail: str
    kind: str = "value_error"

    def shown(self) -> dict[str, str]:
        """Return what a caller sees."""
        return {"pointer": self.pointer, "detail": self.detail}


class Refusal(NamedTuple):
    """A domain error in the words of a face: the answer that the caller gets; `body` is text where that is no JSON."""

    status: int
    body: Mapping[str, object] | str
    content_type: str = "application/json"


class DomainError(Exception):
    """An expected refusal. `facts` are extra members of the answer (e.g. `allowed`, `retry_after` in seconds)."""

    slug: ClassVar[str] = "error"
    title: ClassVar[str] = "Error"

    def __init__(self, detail: str = "", *, errors: Sequence[Problem] = (), **facts: object) -> None:
        """Keep what the caller may see; `str(error)` is the detail, else the title."""
        super().__init__(detail or self.title)
        self.detail = detail or self.title
        self.errors = tuple(errors)
        self.facts = facts


class InvalidInput(DomainError):
    """The request itself is wrong; repeating it unchanged cannot succeed."""

    slug = "invalid-input"
    title = "Invalid input"


class Unauthenticated(DomainError):
    """Nobody vouches for the caller."""

    slug = "unauthenticated"
    title = "Authentication required"


class Forbidden(DomainError):
    """The caller is known and may not do this. `facts['permission']` names what is missing."""

    slug = "forbidden"
    title = "Forbidden"


class NotFound(DomainError):
    """There is no such thing, or it belongs to somebody else: the two look alike."""

    slug = "not-found"
    title = "Not found"


class Conflict(DomainError):
    """The thing's present state forbids it."""

    slug = "conflict"
    title = "Conflict"


class PreconditionFailed(DomainError):
    """`If-Match` names a version that is no longer current; `facts['current_version']` is."""

    slug = "precondition-failed"
    title = "Precondition failed"


class RateLimited(DomainError):
    """Too much, too soon; `facts['retry_after']` seconds from now it may be tried again."""

    slug = "rate-limited"
    title = "Too many requests"


class Unavailable(DomainError):
    """Something we depend on does not answer. The only family worth retrying unchanged."""

    slug = "unavailable"
    title = "Temporarily unavailable"
