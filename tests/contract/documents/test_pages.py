"""The generated pages are as committed; the audit page's script verifies a chain, and only a whole one."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from casework.cli.documents import FUNCTIONS
from casework.cli.pages import pages
from casework.entry.doors import find_doors
from casework.faces.canonical import STREAM_EXAMPLE
from tests.support.stories import tell_every_event

if TYPE_CHECKING:
    from tests.support.api import Api

DOCS = Path(__file__).parents[3] / "docs"
PAGES = pages(find_doors(FUNCTIONS))
SCRIPT = next(re.finditer(r"```python\n(.*?)```", (DOCS / "audit.md").read_text(), re.DOTALL))[1]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_what_the_code_says(name):
    assert (DOCS / name).read_text() == PAGES[name], "run `make docs`"


def test_the_type_of_every_problem_has_a_heading():
    document = json.loads((DOCS / "openapi.json").read_text())
    named = set(re.findall(r'"type": "/problems/([\w-]+)"', json.dumps(document)))
    assert named <= set(re.findall(r"^### (.+)$", PAGES["errors.md"], re.MULTILINE))


def verify(stream: Any) -> subprocess.CompletedProcess[str]:
    """Run the page's script in a bare interpreter, as a reader would."""
    return subprocess.run(
        [sys.executable, "-I", "-c", SCRIPT], input=json.dumps(stream), capture_output=True, text=True, check=False, env={"PYTHONUTF8": "1"}
    )


def test_the_script_verifies_a_real_case_from_the_answer_alone(api: Api):
    stream = api.get(f"/api/cases/{tell_every_event(api).kept}/events").json
    ended = verify(stream)
    assert (ended.returncode, ended.stdout) == (0, f"{len(stream['items'])} events verify; the head is {stream['head']}\n")


def test_the_example_of_the_api_document_is_a_true_chain():
    assert verify(STREAM_EXAMPLE).returncode == 0


@pytest.mark.parametrize(
    "change",
    [{"payload": {"alias": "x"}}, {"actor": "u2"}, {"occurred_at": "2026-11-21T02:04:11.120001Z"}, {"version": 2}, {"hash": "00" * 32}],
)
def test_the_script_finds_a_change(change):
    ended = verify(STREAM_EXAMPLE | {"items": [STREAM_EXAMPLE["items"][0] | change]})
    assert ended.returncode == 1
    assert ended.stderr.startswith("event 1: ")


def test_the_script_takes_an_erased_payload():
    erased = STREAM_EXAMPLE["items"][0] | {"payload": None, "salt": None}
    assert verify(STREAM_EXAMPLE | {"items": [erased]}).returncode == 0
