"""Clustering: how long, how much memory, how right. Run `python -m benchmarks.clustering [--json FILE]`.

Times start from stored tokens and end with the list of groups; each is the best of several runs of one process.
Quality is the pairwise F1 against the labelled sets, beside simpler rules on the same reports; place and time alone
is given its best radius. Targets are printed next to the figures and checked only as ratios and floors, never as an
absolute time in a test.
"""

from __future__ import annotations

import argparse
import json
import time
import tracemalloc
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks import baselines
from benchmarks.labelled_reports import LabelledSet, plaza, shared_places, spread
from casework.reports.clustering import cluster_reports
from casework.reports.tokens import tokenise

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from casework.reports.clustering import ClusterReport

RUNS = 7
TIME_TARGETS_MS = {250: 15.0, 5_000: 300.0, 20_000: 1_300.0}
SETS = [(stock, make) for stock in ("fresh", "known") for make in (shared_places, spread)]
QUALITY_TARGETS = {"shared places": 0.93, "spread over the city": 0.98}


def pairwise(found: Sequence[int], true: Sequence[int]) -> dict[str, float]:
    """Precision, recall and F1 over pairs of reports that are grouped together."""
    both, ours, theirs = (_pairs(Counter(keys)) for keys in (zip(found, true, strict=True), found, true))
    return {"precision": both / max(1, ours), "recall": both / max(1, theirs), "f1": 2 * both / max(1, ours + theirs)}


def _pairs(counts: Counter[Any]) -> int:
    return sum(count * (count - 1) // 2 for count in counts.values())


def clustered(reports: Sequence[ClusterReport]) -> list[int]:
    """Our group of each report, in the order of the reports."""
    groups = enumerate(cluster_reports(reports))
    group_of = {one.seq: number for number, group in groups for one in group.reports}
    return [group_of[one.seq] for one in reports]


def quality(known: LabelledSet, wording: str) -> dict[str, Any]:
    rules: dict[str, list[int]] = {
        "casework": clustered(known.reports),
        "peer's rule": baselines.peer_rule(known.reports),
    }
    scores = {name: pairwise(found, known.labels) for name, found in rules.items()}
    scores["place and time"] = _best(known, baselines.place_and_time)
    scores["same-language wording on top"] = _best(known, baselines.same_language_wording)
    size = {"reports": len(known.reports), "incidents": len(set(known.labels))}
    return {"set": known.name, "wording": wording, **size, "rules": scores}


def _best(known: LabelledSet, rule: Callable[[Sequence[ClusterReport], float], list[int]]) -> dict[str, float]:
    tried = ({"radius_m": radius, **pairwise(rule(known.reports, radius), known.labels)} for radius in baselines.RADII_M)
    return max(tried, key=lambda scores: scores["f1"])


def _once(reports: Sequence[ClusterReport]) -> float:
    started = time.perf_counter()
    cluster_reports(reports)
    return (time.perf_counter() - started) * 1_000


def peak_mebibytes(reports: Sequence[ClusterReport]) -> float:
    tracemalloc.start()
    cluster_reports(reports)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak / 2**20


def times() -> dict[str, Any]:
    """The sets take turns, so that a busy moment of the machine falls on all of them."""
    sets = {f"spread {size}": spread(size).reports[:size] for size in TIME_TARGETS_MS}
    sets["plaza 5000"] = plaza(5_000).reports
    rounds = [{name: _once(reports) for name, reports in sets.items()} for _ in range(RUNS)]
    best = {name: min(taken[name] for taken in rounds) for name in sets}
    return {
        "milliseconds": best,
        "peak_mebibytes": {name: peak_mebibytes(reports) for name, reports in sets.items()},
        "growth_5000_to_20000": best["spread 20000"] / best["spread 5000"],
        "plaza_over_spread": best["plaza 5000"] / best["spread 5000"],
    }


def tokenising() -> dict[str, float]:
    started = time.perf_counter()
    tokenise("water", "\u0e19\u0e49\u0e33", "\u6c34")
    warmed = time.perf_counter()
    reports = shared_places(1_000).reports[:1_000]
    before = time.perf_counter()
    for one in reports:
        tokenise(one.title, one.summary, one.description)
    return {"warm_up_seconds": warmed - started, "seconds_per_1000_reports": time.perf_counter() - before}


def measure() -> dict[str, Any]:
    cost = tokenising()
    return {
        "tokenising": cost,
        "times": times(),
        "quality": [quality(make(wording=stock), stock) for stock, make in SETS],
    }


def table(found: dict[str, Any]) -> str:
    return "\n\n".join([_time_table(found), *map(_quality_table, found["quality"])])


def _time_table(found: dict[str, Any]) -> str:
    taken, cost = found["times"], found["tokenising"]
    rows = [
        f"{name:>16} {taken['milliseconds'][name]:>9.1f} {TIME_TARGETS_MS.get(_size(name), ''):>9} {peak:>9.1f}"
        for name, peak in taken["peak_mebibytes"].items()
    ]
    return "\n".join(
        [
            f"{'reports':>16} {'ms':>9} {'target':>9} {'peak MiB':>9}",
            *rows,
            f"growth 5,000 to 20,000: {taken['growth_5000_to_20000']:.2f} (target 4.5)",
            f"plaza over spread: {taken['plaza_over_spread']:.2f} (target 2)",
            f"tokenising 1,000 reports: {cost['seconds_per_1000_reports']:.2f} s",
            f"warm-up of the tokeniser: {cost['warm_up_seconds']:.2f} s",
        ]
    )


def _size(name: str) -> int:
    kind, size = name.split()
    return int(size) if kind == "spread" else 0


def _quality_table(entry: dict[str, Any]) -> str:
    size = f"{entry['reports']} reports, {entry['incidents']} incidents"
    lines = [f"{entry['set']}, {entry['wording']} wording: {size} (target F1 {QUALITY_TARGETS[entry['set']]})"]
    for name, scores in entry["rules"].items():
        figures = "  ".join(f"{figure} {scores[figure]:.3f}" for figure in ("precision", "recall", "f1"))
        lines.append(f"{name:>30}  {figures}")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, help="also write the figures here")
    chosen = parser.parse_args()
    found = measure()
    print(table(found))
    if chosen.json:
        chosen.json.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
