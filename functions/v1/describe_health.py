"""GET /health: whether the case service and its database answer."""

from __future__ import annotations

from typing_extensions import TypedDict

from casework.entry.http import PUBLIC, Answer, Reply, endpoint
from casework.faces.v1.errors import V1
from casework.kernel.errors import Unavailable
from casework.wiring import App

VERSION = "1.0.0"
HEALTHY = {"status": "healthy", "service": "fm-case-service", "version": VERSION, "database": "postgresql"}


class Health(TypedDict):
    """`healthy` or `unhealthy`, the service's name and version, the kind of database."""

    status: str
    service: str
    version: str
    database: str


@endpoint(
    "GET /health",
    allow=PUBLIC,
    capability="api_reader",
    face=V1,
    answers={
        200: Answer("Service and database answer.", Health, HEALTHY),
        503: Answer("The database does not answer.", Health, HEALTHY | {"status": "unhealthy"}),
    },
)
def handler(app: App) -> Reply:
    """Tell whether the service and its database answer.

    Asks the database, so that a service that cannot work does not call itself healthy.
    """
    settings = app.service_settings
    body = HEALTHY | {"service": settings.service_name, "database": settings.database_url.partition(":")[0]}
    try:
        with app.database.transaction(None):
            return Reply(body=body)
    except Unavailable:
        return Reply(503, body | {"status": "unhealthy"})
