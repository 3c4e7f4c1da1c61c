"""The refusals that a door may give because of what it is: made by raising each and letting the door's own face word it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NotRequired, Union

from typing_extensions import TypedDict

from casework.cases.model import CaseMergedAway, CaseNotFound, VersionMismatch
from casework.contracts.loading import ContractNotFound, ContractUnusable
from casework.entry.auth import CALLER, INTERNAL, AnyOf, CallerMissing, InternalTokenUnset, Signed, TokenMissing
from casework.entry.body import BodyTooLarge, InvalidFields, InvalidJson, InvalidParameters, UnreadableBody
from casework.entry.http import AnswerTooLarge
from casework.entry.idempotency import BadKey, KeyInFlight, KeyReused
from casework.entry.problem import Unknown, status_of
from casework.faces.v1.errors import NoSuchCase, V1Face
from casework.faces.v1.views import Detail, Faults
from casework.faces.v3.views import ErrorBody, Pointer
from casework.identity.permissions import MissingPermission, Permission
from casework.identity.tokens import InvalidToken
from casework.kernel.errors import Problem, Unauthenticated
from casework.kernel.paging import BadCursor
from casework.postgres.connection import DatabaseUnavailable
from casework.vendors.sendgrid_webhook import WebhookUnauthenticated, WebhookUnreadable
from casework.walks.model import FlowNotFound, ProposalNotFound, SessionNotFound

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from casework.entry.http import Door, Route
    from casework.kernel.errors import DomainError

PROBLEM_JSON = "application/problem+json"
_INSTANCE = "c6af9ac6-7b61-11e6-9a41-93e8deadbeef"
MEANINGS = {
    400: "The request cannot be read.",
    401: "Nobody vouches for the caller.",
    403: "The caller may not do this; the missing permission is named on `/api`.",
    404: "There is no such thing for this caller.",
    406: "The answer is larger than 6 MB and the client takes no gzip.",
    409: "The present state forbids it, or another writer was first.",
    412: "`If-Match` names a version that is no longer current.",
    413: "The body is larger than 2 MiB.",
    422: "The fields are not acceptable; `errors` point at each.",
    429: "Too much, too soon.",
    500: "An unexpected error of ours; it has been recorded.",
    503: "Something that we depend on does not answer; repeating the call unchanged may succeed.",
}
V1_MEANINGS = MEANINGS | {
    404: "There is no such case for this user.",
    422: "The fields are not acceptable; `detail` lists every fault.",
}


class ProblemBody(TypedDict):
    """A refusal in the words of RFC 9457; `type` names a heading of `docs/errors.md`. Some carry further members."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    errors: NotRequired[list[Pointer]]


@dataclass(slots=True)
class Refused:
    """Refusals of one status: their content type and an example of each kind, by slug."""

    content_type: str
    examples: dict[str, Any] = field(default_factory=dict[str, Any])

    @property
    def model(self) -> Any:  # noqa: ANN401 - a type
        """The type of the body, by the face's content type and the look of its examples."""
        if self.content_type != "application/json":
            return ProblemBody if self.content_type == PROBLEM_JSON else str
        return Union[tuple(dict.fromkeys(_model_of(example) for example in self.examples.values())) or (ErrorBody,)]  # noqa: UP007 - not written out


def refusals(door: Door) -> dict[int, Refused]:
    """Return the refusals of a door by status, worded by its face."""
    found: dict[int, Refused] = {}
    for error in _samples(door):
        status, body, content_type = door.route.face.render(error, status_of(error), _INSTANCE)
        refused = found.setdefault(status, Refused(content_type))
        if not isinstance(body, str):
            refused.examples.setdefault(error.slug, body)
    return found


def is_error_body(model: Any) -> bool:  # noqa: ANN401 - a type
    """Tell a face's own error body from another one that a door answers with in spite of a bad status."""
    return model in (ProblemBody, ErrorBody, Detail, Faults)


def _model_of(example: Mapping[str, Any]) -> Any:  # noqa: ANN401 - a type
    """Tell v1's two bodies from that of v3."""
    if "detail" not in example:
        return ErrorBody
    return Detail if isinstance(example["detail"], str) else Faults


def takes_keys(route: Route, method: str) -> bool:
    """Tell whether a POST of this route heeds Idempotency-Key."""
    return method == "POST" and is_bearer(route) and route.capability == "api_writer"


def is_bearer(route: Route) -> bool:
    """Tell whether a user's token opens the door."""
    return isinstance(route.allow, Permission | AnyOf) or route.allow is CALLER


def permissions(route: Route) -> tuple[Permission, ...]:
    """Return the permissions of which one opens the door; none where no token is asked for."""
    if isinstance(route.allow, AnyOf):
        return route.allow.permissions
    return (route.allow,) if isinstance(route.allow, Permission) else ()


def _samples(door: Door) -> Iterator[DomainError]:
    route = door.route
    yield from _of_identity(route)
    yield from _of_input(door)
    if takes_keys(route, route.routes[0].split()[0]):
        yield BadKey("Idempotency-Key must have 1 to 255 printable characters")
        yield KeyInFlight("a call with this Idempotency-Key is in flight", retry_after=1)
        yield KeyReused("this Idempotency-Key was used with another body")
    yield from _of_what_is_named(route)
    if is_bearer(route):
        yield AnswerTooLarge("the answer is larger than 6 MB: accept gzip, or ask for less")
    if "app" in door.wants or is_bearer(route):
        yield DatabaseUnavailable()
    yield Unknown("an unexpected error; it has been recorded")


def _of_what_is_named(route: Route) -> Iterator[DomainError]:
    """Of what a path or a body names: that it is not there, or was merged away."""
    if "case_id" in route.path_types:
        yield NoSuchCase("case_5e0c9a1b2d3f") if isinstance(route.face, V1Face) else CaseNotFound()
        if route.capability == "api_writer":
            yield CaseMergedAway("the case was merged into another", merged_into="019aa0c2-7d1e-7c3a-9b6e-0f3d52a1c4e7")
    if "session_id" in route.path_types and not isinstance(route.face, V1Face):
        yield SessionNotFound("session not found")
    if "flow_id" in getattr(route.body, "model_fields", ()):
        yield FlowNotFound("no such flow")
    if route.routes[0].startswith("GET /api/contracts/"):
        yield ContractNotFound("no such contract")
        yield ContractUnusable("the contract cannot be used")
    if "proposal_id" in route.path_types:
        yield ProposalNotFound("no such proposal")


def _of_identity(route: Route) -> Iterator[DomainError]:
    if route.allow is CALLER:
        yield CallerMissing()
        yield InvalidToken()
    elif is_bearer(route):
        yield TokenMissing("authorization header required")
        yield InvalidToken()
        yield MissingPermission(permissions(route)[0])
    elif isinstance(route.allow, Signed):
        yield WebhookUnauthenticated(WebhookUnauthenticated.title)
        yield WebhookUnreadable(WebhookUnreadable.title)
        yield BodyTooLarge("the body is larger than 1048576 bytes")
    elif route.allow is INTERNAL:
        yield Unauthenticated("unauthorized")
        yield InternalTokenUnset("internal admin token not configured")


def _of_input(door: Door) -> Iterator[DomainError]:
    route = door.route
    if route.body is not None:
        yield InvalidJson("the body is not valid JSON")
        yield UnreadableBody("the body is not valid JSON")
        yield BodyTooLarge(f"the body is larger than {route.body_limit} bytes")
        yield InvalidFields("/title: Input should be a valid string", errors=[Problem("/title", "Input should be a valid string")])
    if route.query is not None or set(route.path_types.values()) - {str}:
        yield InvalidParameters("?limit: Input should be a valid integer", errors=[Problem("?limit", "Input should be a valid integer")])
    if "cursor" in getattr(route.query, "model_fields", {}):
        yield BadCursor()
    if "if_match" in door.wants:
        yield VersionMismatch("the case is at version 4", current_version=4)
