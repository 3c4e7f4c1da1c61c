"""`@endpoint`: a function that parses, calls one use case and responds becomes the Lambda handler of an HTTP API route.

The decorated function names what it wants by parameter: `body` (a pydantic type, from the JSON body), `query` (a model, from the query
string), `actor`, `app`, `request`, `if_match` (the version in If-Match or None), and path parameters by their own names.
Order of work, the same for every door: identity, permission, parsing, idempotency, use case, rendering.
"""

from __future__ import annotations

import inspect
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, get_type_hints

from pydantic import TypeAdapter, ValidationError

from casework import wiring
from casework.entry.auth import ANY_OF, CALLER, INTERNAL, PUBLIC, AnyOf, Marker, Signed, bearer_actor, caller, check_internal
from casework.entry.body import BODY_LIMIT, InvalidFields, InvalidParameters, check_text, problems_of, read_json
from casework.entry.idempotency import claim_of, once
from casework.entry.observability import log_unknown, logger
from casework.entry.problem import PROBLEM, Face, Unknown, refuse
from casework.entry.request import ANSWER_LIMIT, Answer, Reply, Request, to_event
from casework.identity.permissions import Permission
from casework.kernel.errors import DomainError, InvalidInput, Problem, Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from casework.identity.model import Actor
    from casework.wiring import App, Capability

    View = Callable[[str, Actor, App], Reply]
    Then = Callable[[Reply, Request, Actor, App], Reply]

_INJECTED = frozenset({"body", "query", "actor", "app", "request", "if_match"})
_CREATED = 201
_VERSION = re.compile(r'(?:W/)?"?v?([0-9]{1,9})"?')


@dataclass(frozen=True, slots=True)
class Route:
    """A door's declaration; the template contract test, the OpenAPI document and the laptop stack read it.

    `routes` are `METHOD /path` keys; `capability` picks the Postgres role; `urgent` doors wake the relay after their commit; one that is
    not `keyed` sets Idempotency-Key aside, because it calls the outside between two transactions and is its own replay.
    """

    routes: tuple[str, ...]
    allow: Permission | AnyOf | Marker | Signed
    capability: Capability
    face: Face
    answers: Mapping[int, Answer]
    urgent: bool
    summary: str
    description: str
    body: Any = None
    body_required: bool = True
    body_limit: int = BODY_LIMIT
    keyed: bool = True
    query: Any = None
    path_types: Mapping[str, Any] = field(default_factory=dict[str, Any])


class AnswerTooLarge(InvalidInput):
    """More than Lambda can answer with, for a client that takes no gzip."""

    slug = "answer-too-large"
    status = 406


class Door:
    """The Lambda handler: callable with (event, context)."""

    def __init__(self, function: Callable[..., Reply], route: Route, view: View | None, then: Then | None, location: str) -> None:
        """Look at the function's parameters once."""
        self.function = function
        self.route = route
        self.view = view
        self.then = then
        self._location = location
        self.__doc__ = function.__doc__
        self.wants = frozenset(inspect.signature(function).parameters)
        self._body = _adapter(route.body) if route.body is not None else None
        self._query = _adapter(route.query) if route.query is not None else None
        self._path = {name: _adapter(kind) for name, kind in route.path_types.items()}

    def __call__(self, event: Mapping[str, Any], context: object) -> dict[str, Any]:
        """Answer a payload-2.0 event with this environment's App."""
        return self.answer(event, wiring.app(self.route.capability))

    def answer(self, event: Mapping[str, Any], app: App) -> dict[str, Any]:
        """Answer with this App. Never raises: what nobody expected is logged and becomes an opaque 500."""
        request = Request(event)
        logger.set_correlation_id(request.id)
        try:
            reply = self._serve(request, app)
        except DomainError as error:
            logger.info("http.refused", extra={"route": request.route_key, "slug": error.slug})
            reply = refuse(error, self.route.face, request)
        except Exception as error:
            app.database.rollback()
            log_unknown(error, route=request.route_key)
            reply = refuse(Unknown("an unexpected error; it has been recorded"), self.route.face, request)
        answer = to_event(reply, request.header("accept-encoding") or "")
        if len(answer["body"]) > ANSWER_LIMIT // 4 and len(answer["body"].encode()) > ANSWER_LIMIT:
            error = AnswerTooLarge("the answer is larger than 6 MB: accept gzip, or ask for less")
            return to_event(refuse(error, self.route.face, request))
        return answer

    def _serve(self, request: Request, app: App) -> Reply:
        actor = self._identify(request, app)
        value = self._read_body(request)
        arguments = self._arguments(request, value, actor, app)
        key = request.header("idempotency-key")
        if key is not None and self.route.keyed and request.method == "POST" and actor is not None and app.keeps_keys:
            operation = f"{request.method} {request.path}"
            reply = once(claim_of(key, actor, operation, value, app.jwt_secret), app, lambda: self.function(**arguments))
        else:
            reply = self.function(**arguments)
        if self.route.urgent and actor is not None:
            self._wake_relay(actor, app)
        if self.then is not None and actor is not None:
            reply = self.then(reply, request, actor, app)
        return self._rendered(reply, request, actor, app)

    def _read_body(self, request: Request) -> Any:  # noqa: ANN401 - JSON
        if self._body is None or not (request.body or self.route.body_required):
            return None
        self.route.face.check_media(request)
        return read_json(request.body, self.route.body_limit)

    def _rendered(self, reply: Reply, request: Request, actor: Actor | None, app: App) -> Reply:
        """Render the resource that a command changed, unless the command said it; a new one is named in `Location`."""
        if reply.resource is None or self.view is None or actor is None:
            return reply
        seen = self.view(reply.resource, actor, app) if reply.body is None else reply
        location = {"location": self._place(reply.resource, request)} if self._location and reply.status == _CREATED else {}
        return Reply(reply.status, seen.body, {**seen.headers, **location, **reply.headers})

    def _place(self, resource: str, request: Request) -> str:
        """Return where a new resource is found, under the prefix that the client used."""
        collection, _, _ = self._location.partition("/")
        return request.path.partition(f"/{collection}")[0] + "/" + self._location.format(resource)

    def _identify(self, request: Request, app: App) -> Actor | None:
        allow = self.route.allow
        if isinstance(allow, Permission | AnyOf):
            actor = bearer_actor(request, app)
            actor.require(*(allow.permissions if isinstance(allow, AnyOf) else (allow,)))
            return actor
        if allow is CALLER:
            return caller(request, app)
        if isinstance(allow, Signed):
            app.verify_signature(allow.provider, request.headers, request.body)
        elif allow is INTERNAL:
            check_internal(request, app)
        return None

    def _arguments(self, request: Request, value: object, actor: Actor | None, app: App) -> dict[str, Any]:
        query: Mapping[str, str] = self.route.face.query(request) if self._query is not None else {}
        check_text(request.path_parameters.values(), query)
        given: dict[str, Any] = {"actor": actor, "app": app, "request": request}
        given |= {
            name: _validated(kind, request.path_parameters.get(name), f"/{name}", InvalidParameters) for name, kind in self._path.items()
        }
        if self._query is not None:
            given["query"] = _validated(self._query, dict(query), "?", InvalidParameters, app)
        if self._body is not None:
            given["body"] = _validated(self._body, request.body or b"{}", "", InvalidFields)
        if "if_match" in self.wants:
            given["if_match"] = _version(request.header("if-match"))
        return {name: given[name] for name in self.wants}

    def _wake_relay(self, actor: Actor, app: App) -> None:
        try:
            app.wake_relay(actor.tenant_id)
        except Unavailable:
            logger.warning("relay.hint_lost", extra={"route": self.route.routes[0]})


def endpoint(  # noqa: PLR0913 - a declaration is read by its names
    *routes: str,
    allow: Permission | AnyOf | Marker | Signed,
    answers: Mapping[int, Answer],
    capability: Capability = "api_writer",
    face: Face = PROBLEM,
    urgent: bool = False,
    body_required: bool = True,
    keyed: bool = True,
    view: View | None = None,
    then: Then | None = None,
    location: str = "",
) -> Callable[[Callable[..., Reply]], Door]:
    """Declare a door. `allow` has no default: no door is open by accident.

    `then` runs behind the commit (to wait for something, say), `view` renders a changed resource; both on a replay too.
    `location` (`cases/{}`) says where a new resource is found, under the face's own prefix.
    """

    def declare(function: Callable[..., Reply]) -> Door:
        hints = get_type_hints(function, include_extras=True)
        summary, _, description = inspect.getdoc(function).partition("\n\n") if function.__doc__ else ("", "", "")  # pyright: ignore[reportOptionalMemberAccess]
        names = inspect.signature(function).parameters.keys() - _INJECTED
        route = Route(
            routes, allow, capability, face, answers, urgent, summary, description or summary,
            body=hints.get("body"), body_required=body_required, body_limit=getattr(hints.get("body"), "byte_limit", BODY_LIMIT),
            keyed=keyed, query=hints.get("query"), path_types={name: hints[name] for name in sorted(names)},
        )  # fmt: skip
        return Door(function, route, view, then, location)

    return declare


def _adapter(kind: object) -> TypeAdapter[Any]:
    """Build a type's validator now: models put that off (`defer_build`), so that a door pays, at its start, for those that it reads."""
    adapter = TypeAdapter[Any](kind)
    adapter.rebuild()
    return adapter


def _validated(kind: TypeAdapter[Any], value: object, prefix: str, fault: type[InvalidFields], app: App | None = None) -> Any:  # noqa: ANN401 - what the door asked for
    """Query and path are text by nature, so numbers are read from it there; a JSON body (bytes) means the types that it has.

    A query's validators find the App as their context: a limit may be a setting.
    """
    try:
        return kind.validate_json(value) if isinstance(value, bytes) else kind.validate_strings(value, context=app)
    except ValidationError as error:
        problems = problems_of(error, prefix=prefix)
        raise fault(_summary(problems), errors=problems) from None


def _summary(problems: list[Problem]) -> str:
    first = problems[0]
    return f"{first.pointer or 'body'}: {first.detail}"


def _version(header: str | None) -> int | None:
    if header is None or header.strip() == "*":
        return None
    match = _VERSION.fullmatch(header.strip())
    return int(match[1]) if match else -1


__all__ = ["ANY_OF", "CALLER", "INTERNAL", "PUBLIC", "Answer", "AnyOf", "Door", "InvalidInput", "Reply", "Request", "Route", "endpoint"]
