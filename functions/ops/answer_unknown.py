"""Answer whatever no route matches, in the words of the face whose prefix it carries."""

from __future__ import annotations

from urllib.parse import quote

from casework.entry.http import PUBLIC, Answer, Reply, Request, endpoint
from casework.faces.v1.routes import FIRST_SEGMENTS, methods_of
from casework.kernel.errors import NotFound

V3_PREFIXES = ("/api/v3/", "/api/v4/")


class NoSuchRoute(NotFound):
    """No route has this path and method."""

    slug = "no-such-route"


@endpoint(
    "$default",
    allow=PUBLIC,
    capability="api_reader",
    answers={
        307: Answer("v1: the path without its last slash."), 404: Answer("No such route."),
        405: Answer("v1: the path has other methods."),
    },
)  # fmt: skip
def handler(request: Request) -> Reply:
    """Answer an unknown path or a wrong method.

    v3 and v4 say so in plain text, v1 in its own words, as their contracts do; everything else in problem+json.
    """
    if request.path.startswith(V3_PREFIXES):
        return Reply(404, "404 page not found", content_type="text/plain; charset=utf-8")
    if f"{request.path}/".startswith(FIRST_SEGMENTS):
        return _v1(request)
    raise NoSuchRoute("there is no such route")


def _v1(request: Request) -> Reply:
    slashless = request.path.rstrip("/")
    if slashless != request.path and methods_of(slashless):
        place, query = quote(slashless, safe="/:@!$&'()*+,;=~"), request.event.get("rawQueryString") or ""
        return Reply(307, "", {"location": f"{place}?{query}" if query else place}, "text/plain; charset=utf-8")
    methods = methods_of(request.path)
    if methods:
        return Reply(405, {"detail": "Method Not Allowed"}, {"allow": ", ".join(methods)})
    return Reply(404, {"detail": "Not Found"})
