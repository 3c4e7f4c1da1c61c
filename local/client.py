"""A small HTTP client of a running stack, as any caller would have one; with it, development tokens of that stack."""

from __future__ import annotations

import http.client
import json
import os
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import jwt

from casework.cli.surroundings import Surroundings

TOKEN_LIFETIME_SECONDS = 3600

Found = TypeVar("Found")


@dataclass(frozen=True)
class Answer:
    """What came back; header names are lower case."""

    status: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def json(self) -> Any:  # noqa: ANN401  whatever the stack said
        """The body as JSON; None when it is empty."""
        return json.loads(self.content) if self.content else None


class Client:
    """Calls one stack with one token. Every call has a connection of its own, so threads may share a client."""

    def __init__(self, url: str, token: str | None = None, timeout: float = 60.0) -> None:
        """`url` as the stack's READY line names it; `timeout` in seconds."""
        self._host = urlsplit(url).netloc
        self._token = token
        self._timeout = timeout

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> Answer:
        """GET."""
        return self.call("GET", path, headers=headers)

    def post(self, path: str, body: object = None, headers: Mapping[str, str] | None = None) -> Answer:
        """POST a value as JSON, or bytes as they are."""
        return self.call("POST", path, body, headers)

    def call(self, method: str, path: str, body: object = None, headers: Mapping[str, str] | None = None) -> Answer:
        """Any method. Raises OSError or HTTPException where no answer comes."""
        given = {"Content-Type": "application/json", **(headers or {})}
        if self._token is not None:
            given.setdefault("Authorization", f"Bearer {self._token}")
        content = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        connection = http.client.HTTPConnection(self._host, timeout=self._timeout)
        try:
            connection.request(method, path, content, given)
            answer = connection.getresponse()
            return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())
        finally:
            connection.close()


def development_token(
    data_dir: Path, *, tenant: str, user: str, roles: Iterable[str], account: str | None = None, lifetime: float = TOKEN_LIFETIME_SECONDS
) -> str:
    """Mint a bearer token for the stack whose state lies in `data_dir`; `lifetime` in seconds, of real time.

    Without an `account` it is for the tenant's default one.
    """
    claims = {"user_id": user, "tenant": tenant, "roles": list(roles), "type": "access", "exp": time.time() + lifetime}
    claims |= {"account_id": account} if account is not None else {}
    return jwt.encode(claims, Surroundings({**os.environ, "DATA_DIR": str(data_dir)}).jwt_secret, "HS256")


def poll(ready: Callable[[], Found], *, seconds: float, every: float = 0.05) -> Found:
    """Ask until the answer is truthy and return it. Raises TimeoutError after so many seconds."""
    deadline = time.monotonic() + seconds
    while not (found := ready()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"nothing within {seconds:g} s")
        time.sleep(every)
    return found
