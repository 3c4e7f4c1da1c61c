"""One person's 10,000 cases on the v1 face, and the calls that are measured on them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from benchmarks.scene import event
from v1.create_case import handler as create_case
from v1.get_case import handler as get_case
from v1.list_cases import handler as list_cases

if TYPE_CHECKING:
    from casework.entry.http import Door

CASES, PAGE, DEPTH = 10_000, 50, 9_950
PATH = "/api/v1/cases"
BODY = {
    "title": "Report export times out", "description": "Since the update, exports of more than a month end after 30 s.",
    "severity": "high", "category": "performance", "metadata": {"release": "4.2", "region": "ap-southeast-1"}, "tags": ["export", "api"],
}  # fmt: skip
CREATE, GET, FIRST, NUMBERED, CURSOR = "create", "get", "list-50", "list-50 at 9,950, numbered", "list-50 at 9,950, by cursor"


@dataclass(frozen=True)
class Call:
    """One call of a door; `bare` is the path under which the bare service says its statements."""

    door: Door
    method: str
    bare: str
    path: str = PATH
    query: str = ""
    body: dict[str, Any] | None = None
    case_id: str | None = None

    @property
    def target(self) -> str:
        """The request's target."""
        return f"{self.path}?{self.query}" if self.query else self.path

    def event(self, token: str) -> dict[str, Any]:
        """Return the payload-2.0 event."""
        return event(token, self.method, self.path, self.body, self.query, **({"case_id": self.case_id} if self.case_id else {}))


def creation() -> Call:
    return Call(create_case, "POST", "/create", body=BODY)


def page_before_the_deep_one() -> Call:
    """Its `next_cursor` leads to DEPTH."""
    return Call(list_cases, "GET", "", query=f"page_size={PAGE}&page={DEPTH // PAGE}")


def reads(alias: str, cursor: str) -> dict[str, Call]:
    """Return the reads by name; the cursor is the one behind `page_before_the_deep_one`."""
    return {
        GET: Call(get_case, "GET", "/get", path=f"{PATH}/{alias}", case_id=alias),
        FIRST: Call(list_cases, "GET", "/list", query=f"page_size={PAGE}"),
        NUMBERED: Call(list_cases, "GET", "/numbered", query=f"page_size={PAGE}&page={DEPTH // PAGE + 1}"),
        CURSOR: Call(list_cases, "GET", "/cursor", query=f"page_size={PAGE}&cursor={cursor}"),
    }
