"""Apps for tests: the real rooms on a real database, with a clock and secrets of the test's own; and calls through doors."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any, Self

import jwt

from casework.identity.store import tenant_id_of
from casework.wiring import App, Capability
from tests.support.clocks import FrozenClock
from tests.support.database import secret_of
from tests.support.memo_embedder import memo_embedder

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from casework.entry.http import Door
    from casework.kernel.embedding import Embedder
    from casework.messages.ports import Mailer
    from casework.walks.ports import WalkBuilder

JWT_SECRET = "a-secret-of-the-tests-that-is-long-enough"
INTERNAL_TOKEN = "internal-token-of-the-tests"
BANGKOK, ACME = tenant_id_of("bangkok"), tenant_id_of("acme")


class StaticSecrets:
    """Secrets by name; database logins are made up as the template database has them."""

    def __init__(self) -> None:
        self.values = {
            "jwt": JWT_SECRET, "internal": INTERNAL_TOKEN, "location": "location-pepper", "contact": "contact-pepper", "sendgrid": "SG.key",
        }  # fmt: skip

    def get(self, name: str) -> str:
        return secret_of(name.removeprefix("database/")) if name.startswith("database/") else self.values[name]


class FakePublisher:
    """Keeps what was published, by destination; `refuses` holds destinations that take nothing."""

    def __init__(self) -> None:
        self.published: dict[str, list[Mapping[str, Any]]] = {}
        self.refuses: set[str] = set()

    def publish(self, destination: str, messages: Sequence[Mapping[str, Any]]) -> list[bool]:
        if destination in self.refuses:
            return [False] * len(messages)
        self.published.setdefault(destination, []).extend(messages)
        return [True] * len(messages)

    def take(self, destination: str) -> list[Mapping[str, Any]]:
        """Return and forget what a destination got."""
        return self.published.pop(destination, [])


class World:
    """One database, one clock, one publisher, and an App per capability."""

    def __init__(self, owner_url: str, mailer: Mailer | None = None) -> None:
        self.owner_url = owner_url
        self.clock = FrozenClock()
        self.secrets = StaticSecrets()
        self.publisher = FakePublisher()
        self.mailer = mailer
        self.embedder: Embedder = memo_embedder()
        self.builder: WalkBuilder | None = None
        self.environ = {
            "DATABASE_URL": owner_url, "DATABASE_SECRET_PREFIX": "database/", "JWT_SECRET_ARN": "jwt", "DEFAULT_TENANT": "bangkok",
            "INTERNAL_ADMIN_TOKEN_ARN": "internal", "LOCATION_PEPPER_ARN": "location", "CONTACT_PEPPER_ARN": "contact",
            "CONTACT_KEY_ID": "alias/contacts", "PUBLIC_BASE_URL": "https://casework.example.org", "SENDGRID_API_KEY_ARN": "sendgrid",
            "SENDGRID_BASE_URL": "http://127.0.0.1:9", "SENDER_ADDRESS": "desk@casework.example.org", "SENDER_NAME": "Case desk",
        }  # fmt: skip
        self._apps: dict[Capability, App] = {}

    def app(self, capability: Capability) -> App:
        if capability not in self._apps:
            self._apps[capability] = App(
                capability, self.environ, self.clock, self.secrets, self.publisher, self.mailer, self.embedder, self.builder
            )
        return self._apps[capability]

    def close(self) -> None:
        for app in self._apps.values():
            app.database.close()

    def call(self, door: Door, path: str, body: object = None, **options: Any) -> Answered:
        """Call a door as a client would: `roles`, `user`, `tenant`, `headers`, `query`, `token` and path parameters as keywords."""
        event = request_event(door.route.routes[0].split()[0], path, body, **options)
        return Answered.of(door.answer(event, self.app(door.route.capability)))


class Answered:
    """An answer of a door."""

    def __init__(self, status: int, headers: Mapping[str, str], json_body: Any) -> None:
        self.status, self.headers, self.json = status, headers, json_body

    @classmethod
    def of(cls, answer: Mapping[str, Any]) -> Self:
        text = answer.get("body") or ""
        is_json = "json" in answer["headers"].get("content-type", "")
        return cls(answer["statusCode"], answer["headers"], json.loads(text) if is_json and text else text)


def a_token(user: str = "u1", tenant: str | None = None, roles: Sequence[str] | None = None, **claims: object) -> str:
    """Mint a bearer token; `claims` override or add (None removes)."""
    payload: dict[str, object] = {"user_id": user, "type": "access", "exp": int(time.time()) + 3600, "tenant": tenant, "roles": roles}
    payload = {name: value for name, value in (payload | claims).items() if value is not None}
    return jwt.encode(payload, JWT_SECRET, algorithm="HS256")


def request_event(
    method: str, path: str, body: object = None, *, user: str = "u1", tenant: str | None = None, roles: Sequence[str] | None = None,
    headers: Mapping[str, str] | None = None, query: Mapping[str, str] | None = None, token: str | None = "", **path_parameters: str,
) -> dict[str, Any]:  # fmt: skip
    """Return a payload-2.0 event. `token=None` sends none; bytes and str bodies go as they are, anything else as JSON."""
    sent = dict(headers or {})
    if token is not None:
        sent.setdefault("authorization", f"Bearer {token or a_token(user, tenant, roles)}")
    text = (
        body.decode("latin-1") if isinstance(body, bytes) else body if isinstance(body, str) else "" if body is None else json.dumps(body)
    )
    return {
        "version": "2.0", "routeKey": f"{method} {path}", "rawPath": path, "rawQueryString": "", "headers": sent,
        "queryStringParameters": dict(query) if query else None, "pathParameters": path_parameters or None,
        "requestContext": {"http": {"method": method, "path": path}, "requestId": "request-1"}, "body": text, "isBase64Encoded": False,
    }  # fmt: skip
