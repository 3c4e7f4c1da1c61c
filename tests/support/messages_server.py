"""A loopback server that speaks `POST /v1/messages` and misbehaves on request.

It refuses what the API refuses: a wrong key (`x-api-key`, or a bearer token, which the SDK sends from 2.0 on), no known
`anthropic-version`, sampling parameters, forced tool use, schemas with bounds.
"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any

from tests.support.scripted_server import ScriptedServer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

KEY = "sk-ant-made-up"
MODEL = "claude-haiku-5-5"
VERSIONS = {"2023-06-01", "2026-10-21"}
QUESTION = {"node_type": "question", "text": "Is the light on the router green?", "options": ["Yes", "No"]}
_ERRORS = {400: "invalid_request_error", 401: "authentication_error", 403: "permission_error", 404: "not_found_error"} | {
    429: "rate_limit_error",
    529: "overloaded_error",
}
_UNBOUNDED = {"minLength", "maxLength", "maxItems", "pattern", "minimum", "maximum"}


@dataclass(frozen=True)
class Conduct:
    """One answer. `delay`: seconds before it; `drip`: seconds between its bytes; `cut_at`: bytes after which the line breaks."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0
    drip: float = 0.0
    cut_at: int | None = None


@dataclass(frozen=True)
class Call:
    path: str
    headers: Mapping[str, str]
    body: dict[str, Any]


def message(content: Sequence[Mapping[str, Any]], stop_reason: str = "end_turn", model: str = MODEL) -> bytes:
    """Return the body of a 200."""
    usage = {"input_tokens": 900, "output_tokens": 60}
    whole = {"id": "msg_01", "type": "message", "role": "assistant", "model": model, "content": content, "usage": usage}
    return json.dumps(whole | {"stop_reason": stop_reason, "stop_sequence": None}).encode()


def text(said: str) -> dict[str, str]:
    return {"type": "text", "text": said}


def answers(node: Mapping[str, Any] = QUESTION, model: str = MODEL) -> Conduct:
    """Answer a node, after a thought, as models do that think by default."""
    return Conduct(message([{"type": "thinking", "thinking": "", "signature": "c2ln"}, text(json.dumps(node))], model=model))


def says(said: str, stop_reason: str = "end_turn") -> Conduct:
    return Conduct(message([text(said)], stop_reason))


def calls_a_tool() -> Conduct:
    return Conduct(message([{"type": "tool_use", "id": "toolu_01", "name": "other_tool", "input": QUESTION}], "tool_use"))


def fails(status: int, **headers: str) -> Conduct:
    """Fail with a body that quotes what must not spread; `retry_after="1"` becomes a header."""
    error = {"type": _ERRORS.get(status, "api_error"), "message": "the provider's words"}
    body = json.dumps({"type": "error", "error": error, "request_id": "req_01"}).encode()
    return Conduct(body, status, {name.replace("_", "-"): value for name, value in headers.items()})


def stays_silent() -> Conduct:
    return Conduct(answers().body, delay=10)


def drips() -> Conduct:
    return Conduct(answers().body, drip=0.05)


def hangs_up(after: int = 40) -> Conduct:
    return Conduct(answers().body, cut_at=after)


class MessagesServer(ScriptedServer):
    """Answers calls by script, then with a question. `calls` holds every request that arrived."""

    def __init__(self, key: str = KEY) -> None:
        super().__init__(_Handler)
        self.key = key
        self.calls: list[Call] = []

    def refusal_of(self, call: Call) -> Conduct | None:
        """Return how the API turns such a call down, if it does."""
        headers = {name.lower(): value for name, value in call.headers.items()}
        if call.path != "/v1/messages":
            return fails(404)
        if self.key not in {headers.get("x-api-key"), headers.get("authorization", "").removeprefix("Bearer ")}:
            return fails(401)
        return None if headers.get("anthropic-version") in VERSIONS and _is_acceptable(call.body) else fails(400)


def _is_acceptable(body: dict[str, Any]) -> bool:
    asked = body.get("model") and body.get("messages") and body.get("max_tokens", 0) > 0
    outdated = {"temperature", "top_p", "top_k"} & body.keys() or body.get("tool_choice", {}).get("type") in {"any", "tool"}
    schema = body.get("output_config", {}).get("format", {}).get("schema", {"additionalProperties": False})
    return bool(asked) and not outdated and schema.get("additionalProperties") is False and not _keys_of(schema) & _UNBOUNDED


def _keys_of(schema: Any) -> set[str]:
    if isinstance(schema, list):
        return set().union(*map(_keys_of, schema))
    return set(schema).union(*map(_keys_of, schema.values())) if isinstance(schema, dict) else set()


class _Handler(BaseHTTPRequestHandler):
    def log_message(self, *_: object) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Stay quiet."""

    def do_POST(self) -> None:
        server: MessagesServer = self.server.provider  # pyright: ignore[reportAttributeAccessIssue]
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        call = Call(self.path, dict(self.headers.items()), body)
        server.calls.append(call)
        conduct = server.refusal_of(call) or (server.script.popleft() if server.script else answers())
        server.released.wait(conduct.delay)
        with suppress(OSError):  # the client may have left
            self._reply(conduct, server)

    def _reply(self, conduct: Conduct, server: MessagesServer) -> None:
        self.send_response_only(conduct.status)
        for name, value in {"content-type": "application/json", "content-length": str(len(conduct.body)), **conduct.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if not conduct.drip:
            self.wfile.write(conduct.body[: conduct.cut_at])
            return
        for byte in conduct.body:
            self.wfile.write(bytes([byte]))
            if server.released.wait(conduct.drip):
                return
