"""A sample stack for the tests of the laptop stack itself, and a client for it."""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from local.running import RunningStack, running_stack

SUPPORT = Path(__file__).resolve().parents[2] / "support"


@dataclass(frozen=True)
class Reply:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def call(stack: RunningStack, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None) -> Reply:
    """One request; a body that is not bytes goes as JSON."""
    connection = http.client.HTTPConnection(stack.url.removeprefix("http://"), timeout=60)
    content = body if isinstance(body, bytes | None) else json.dumps(body).encode()
    connection.request(method, path, content, {"content-type": "application/json", **(headers or {})})
    answer = connection.getresponse()
    reply = Reply(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())
    connection.close()
    return reply


def sample_environment(data_dir: Path) -> dict[str, str]:
    return {
        "STACK_TEMPLATE": str(SUPPORT / "sample_template.yaml"),
        "STACK_FUNCTIONS": str(SUPPORT / "sample_functions"),
        "STACK_MIGRATIONS": str(SUPPORT / "no-migrations"),
        "SAMPLE_JOURNAL": str(data_dir / "journal.jsonl"),
    }


def journal(stack: RunningStack, kind: str | None = None) -> list[dict[str, Any]]:
    """What the sample functions noted, oldest first."""
    path = stack.data_dir / "journal.jsonl"
    lines = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
    return [line for line in lines if kind in (None, line["kind"])]


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory):
    """One stack for all tests that only talk to it; it runs nothing by itself."""
    folder = tmp_path_factory.mktemp("sample")
    with running_stack(folder, env=sample_environment(folder)) as stack:
        yield stack
