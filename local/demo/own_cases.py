"""The steps of the case service of version 1: one user's own cases, from an automatic title to a deletion that leaves its proof."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from local.client import Answer, Client
from local.demo.screen import Screen, Step
from local.running import REPOSITORY

CASES = "/api/v1/cases"
SESSION = "demo-session"
VERIFIED_WITHIN = 60.0


class OwnCaseSteps:
    """Three cases of one user; the second one is deleted."""

    def __init__(self, screen: Screen, client: Client, other: Client, city: Client) -> None:
        """`client` is the user's, `other` that of another user of the same tenant, `city` of one who sees all its cases."""
        self._screen = screen
        self._client = client
        self._other = other
        self._city = city
        self._case_ids: list[str] = []

    def create(self) -> None:
        """Cases without a title get one; they are listed by cursor, and to their owner alone."""
        with self._screen.step("Version 1: a user's own cases, titled by the service") as step:
            body = {"session_id": SESSION, "severity": "high", "metadata": {"release": "4.2", "old": True}, "tags": ["export"]}
            made = [self._expect(step, 201, self._client.post(CASES, body)).json for _ in range(3)]
            self._case_ids = [case["case_id"] for case in made]
            today = made[0]["created_at"][5:10].replace("-", "")
            step.check("titles", [f"Case-{today}-{number}" for number in (1, 2, 3)], [case["title"] for case in made])
            step.say(f"{', '.join(case['title'] for case in made)}: {made[0]['status']}, {made[0]['severity']}, {made[0]['category']}")
            self._list(step)
            step.check("another user's answer", 404, self._other.get(f"{CASES}/{self._case_ids[0]}").status)
            step.say("another user of the tenant: 404, as for a case that is not there")

    def change(self) -> None:
        """Metadata merges under If-Match; the status goes to resolved and back."""
        with self._screen.step("Version 1: merge metadata with If-Match, resolve, reopen") as step:
            path = f"{CASES}/{self._case_ids[0]}"
            read = {"If-Match": self._expect(step, 200, self._client.get(path)).headers["etag"]}
            changed = self._expect(step, 200, self._client.call("PUT", path, {"metadata": {"owner": "db", "old": None}}, read))
            step.check("metadata", {"release": "4.2", "owner": "db"}, changed.json["metadata"])
            step.say(f"{read['If-Match']} to {changed.headers['etag']}: one name added, one removed by null, one kept")
            step.check("the same If-Match again", 412, self._client.call("PUT", path, {"tags": []}, read).status)
            step.say("the same If-Match once more: 412, nothing changed")
            for word in ("resolved", "investigating"):
                moved = self._expect(step, 200, self._client.post(f"{path}/status", {"status": word})).json
                step.check("status and whether it is resolved", (word, word == "resolved"), (moved["status"], bool(moved["resolved_at"])))
            step.say("resolved sets resolved_at, investigating clears it again")

    def delete(self, data_dir: Path) -> None:
        """A deleted case is gone from every list, and its chain of events still verifies."""
        with self._screen.step("Version 1: delete a case; what remains is a chain that verifies") as step:
            path = f"{CASES}/{self._case_ids[1]}"
            step.check("cases of the session", 3, self._of_session(step)["total"])
            self._expect(step, 204, self._client.call("DELETE", path))
            step.check("the deleted case", 404, self._client.get(path).status)
            step.check("cases of the session", 2, self._of_session(step)["total"])
            step.say(f"204, then 404; {SESSION} has 2 cases left of 3")
            done = _verify(data_dir)
            said = "".join(done.stdout.strip().splitlines()[-1:])
            step.check("exit status of case-cli verify", 0, done.returncode)
            step.check_that("the deleted case's chain is among them", said.startswith(f"{self._chains(step) + 1} chains"), said)
            step.say(f"case-cli verify --tenant bangkok: {said}, the deleted one's among them")

    def _list(self, step: Step) -> None:
        first = self._expect(step, 200, self._client.get(f"{CASES}?page_size=2")).json
        rest = self._expect(step, 200, self._client.get(f"{CASES}?page_size=2&cursor={first['next_cursor']}")).json
        listed = [case["case_id"] for case in (*first["cases"], *rest["cases"])]
        step.check("both pages", self._case_ids[::-1], listed)
        step.check("total and what follows", (3, None), (rest["total"], rest["next_cursor"]))
        step.say("listed newest first: 2 of 3, and 1 more behind the cursor")

    def _chains(self, step: Step) -> int:
        """How many cases the tenant can see: the user's own and those of the city."""
        return len(self._expect(step, 200, self._city.get("/api/cases?limit=100")).json["items"])

    def _of_session(self, step: Step) -> dict[str, Any]:
        return self._expect(step, 200, self._client.get(f"{CASES}/session/{SESSION}")).json

    def _expect(self, step: Step, status: int, answer: Answer) -> Answer:
        step.check("answer of the case service", status, answer.status)
        return answer


def _verify(data_dir: Path) -> subprocess.CompletedProcess[str]:
    """Run the command as an auditor would, on the stack's own database."""
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_ADMIN_URL"} | {"DATA_DIR": str(data_dir)}
    command = [sys.executable, "-m", "casework.cli", "verify", "--tenant", "bangkok"]
    return subprocess.run(
        command, env=environment, cwd=REPOSITORY, capture_output=True, text=True, timeout=VERIFIED_WITHIN, check=False
    )  # fmt: skip
