"""Answer whatever no route matches, in the words of the face whose prefix it carries."""

from __future__ import annotations

from casework.entry.http import PUBLIC, Answer, Reply, Request, endpoint
from casework.kernel.errors import NotFound

V3_PREFIXES = ("/api/v3/", "/api/v4/")


class NoSuchRoute(NotFound):
    """No route has this path and method."""

    slug = "no-such-route"


@endpoint("$default", allow=PUBLIC, capability="api_reader", answers={404: Answer("No such route.")})
def handler(request: Request) -> Reply:
    """Answer an unknown path or a wrong method.

    v3 and v4 say so in plain text, as their contract does; everything else in problem+json.
    """
    if request.path.startswith(V3_PREFIXES):
        return Reply(404, "404 page not found", content_type="text/plain; charset=utf-8")
    raise NoSuchRoute("there is no such route")
