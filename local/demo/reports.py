"""The demo's reports, with the hidden labels kept aside; and how well hypotheses find the labelled incidents again."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class DemoReports:
    """`items` as they are posted, oldest first; `incidents` by external id, for the labelled ones alone."""

    items: list[dict[str, Any]]
    incidents: Mapping[str, str]

    def batches(self, size: int) -> list[list[dict[str, Any]]]:
        """The items in lists of at most `size`."""
        return [self.items[start : start + size] for start in range(0, len(self.items), size)]


@dataclass(frozen=True)
class Agreement:
    """How hypotheses and labels agree, over pairs of reports; `found` counts incidents whose reports mostly lie together."""

    precision: float
    recall: float
    found: int
    incidents: int


def load_reports(now: datetime) -> DemoReports:
    """Read `demo_reports.jsonl`; its ages become instants before `now`."""
    items: list[dict[str, Any]] = []
    incidents: dict[str, str] = {}
    for line in (FOLDER / "demo_reports.jsonl").read_text(encoding="utf-8").splitlines():
        item = json.loads(line)
        if (incident := item.pop("incident")) is not None:
            incidents[item["external_id"]] = incident
        item["timestamp"] = (now - timedelta(hours=item.pop("hours_ago"))).isoformat()
        items.append(item)
    return DemoReports(items, incidents)


def load_scope() -> dict[str, Any]:
    """The polygon that the demo analyses."""
    return json.loads((FOLDER / "demo_areas.json").read_text(encoding="utf-8"))["scope"]


def agreement(groups: Iterable[Sequence[int]], incident_of: Mapping[int, str]) -> Agreement:
    """Compare groups of report numbers with the labels of those that have one; unlabelled reports stand alone."""
    together = [list(group) for group in groups]
    seen = {seq for group in together for seq in group}
    told: dict[str, set[int]] = {}
    for seq in seen & set(incident_of):
        told.setdefault(incident_of[seq], set()).add(seq)
    claimed = {pair for group in together for pair in combinations(sorted(group), 2)}
    true = {pair for seqs in told.values() for pair in combinations(sorted(seqs), 2)}
    found = sum(any(_is_mostly(set(group), seqs) for group in together) for seqs in told.values())
    hits = len(claimed & true)
    return Agreement(hits / max(1, len(claimed)), hits / max(1, len(true)), found, len(told))


def _is_mostly(group: set[int], seqs: set[int]) -> bool:
    """Whether a group holds most of an incident and little else."""
    return 2 * len(group & seqs) > max(len(group), len(seqs))
