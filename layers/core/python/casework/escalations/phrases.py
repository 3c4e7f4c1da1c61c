"""The sentences of a draft in every language; the texts are `phrases.json`, so that a translator needs no Python.

Braces name what is filled in: `{title}`, `{name}` (an organisation), `{count}`, `{number}`, `{label}`, `{value}`,
`{place}`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from casework.escalations.languages import Language


@dataclass(frozen=True, slots=True)
class Phrases:
    """One language's sentences; `incident_at` and `area_around` are machine-made titles, which drafts translate."""

    subject: str
    greeting: str
    greeting_named: str
    opened: str
    summary_unknown: str
    summary_label: str
    severity_label: str
    urgency_label: str
    count_label: str
    reference_label: str
    reports_heading: str
    references_heading: str
    more_one: str
    more_many: str
    link: str
    request: str
    thanks: str
    closing: str
    sender: str
    opt_out: str
    percent: str
    label: str
    incident_at: str
    area_around: str

    def more(self, count: int) -> str:
        """Say how many reports a cut list leaves out."""
        return self.more_one if count == 1 else self.more_many.format(count=count)


@cache
def phrases_of(language: Language) -> Phrases:
    """Return a language's sentences; a sentence that is missing or unknown in the file is a TypeError."""
    return Phrases(**_all_phrases()[language.value])


@cache
def _all_phrases() -> dict[str, dict[str, str]]:
    """Read the file that lies beside this module, once per process."""
    return json.loads(resources.files("casework.escalations").joinpath("phrases.json").read_text(encoding="utf-8"))
