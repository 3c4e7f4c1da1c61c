"""The doors as one WSGI application: real HTTP requests become payload-2.0 events of a test world, without a socket.

The translation is the laptop stack's own (`local.payload`, `local.routes`); only the server in front of it is missing. A door that
raises is not caught: an exception that leaves a door is a defect that a test wants to see.
"""

from __future__ import annotations

import json
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from local import payload
from local.payload import HttpAnswer, HttpRequest
from local.routes import Route, RouteTable
from tests.support.api import routes
from tests.support.apps import INTERNAL_TOKEN, a_token

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from casework.entry.http import Door
    from tests.support.apps import World


class DoorApplication:
    """Every HTTP door behind one callable. `world` is set by a fixture, so that the application can be named at import."""

    world: World

    @cached_property
    def _doors(self) -> Mapping[str, Door]:
        from ops.answer_unknown import handler

        return {f"{method} {'/'.join(segments)}": door for (method, segments), door in routes().items()} | {"$default": handler}

    @cached_property
    def _table(self) -> RouteTable:
        keys = [key.split() for key in self._doors if key != "$default"]
        return RouteTable([*(Route(method, path, f"{method} {path}") for method, path in keys), Route("ANY", "$default", "$default")])

    def answer(self, request: HttpRequest) -> HttpAnswer:
        """Answer as the gateway would, with its limits on head and body."""
        head = sum(len(name) + len(value) for name, value in request.headers) + len(request.raw_path) + len(request.query)
        if head > payload.LARGEST_HEAD:
            return payload.HEAD_TOO_LARGE
        if len(request.body) > payload.LARGEST_BODY:
            return payload.TOO_LARGE
        match = self._table.match(request.method, request.raw_path)
        assert match is not None, "there is a $default route"
        event = payload.event_of(request, match, "request-1", self.world.clock.now())
        json.dumps(event)  # what reaches a function has been JSON
        door = self._doors[match.route.function]
        return payload.answer_of(door.answer(event, self.world.app(door.route.capability)))

    def __call__(self, environ: Mapping[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
        """WSGI."""
        found = self.answer(_request(environ))
        start_response(f"{found.status} -", [(name, value.encode("latin-1", "replace").decode("latin-1")) for name, value in found.headers])
        return [found.body]


def _request(environ: Mapping[str, Any]) -> HttpRequest:
    """PATH_INFO comes decoded, REQUEST_URI as it was sent; header names come mangled, dashes and case are lost for good."""
    headers = [(name[5:].replace("_", "-").lower(), value) for name, value in environ.items() if name.startswith("HTTP_")]
    headers += [(name.replace("_", "-").lower(), environ[name]) for name in ("CONTENT_TYPE", "CONTENT_LENGTH") if environ.get(name)]
    return HttpRequest(
        method=environ["REQUEST_METHOD"],
        raw_path=urlsplit(environ["REQUEST_URI"]).path,
        query=environ["QUERY_STRING"],
        headers=headers,
        body=environ["wsgi.input"].read(),
        client="127.0.0.1",
    )


DOORS = DoorApplication()
CREDENTIALS = {"authorization": f"Bearer {a_token(roles=['case_owner'])}", "x-internal-admin-token": INTERNAL_TOKEN}
"""Headers that open every door but the signed ones."""
