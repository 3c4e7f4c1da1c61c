"""`python -m benchmarks [PART …]`: measure, print one table, write `build/bench.json` (a single part: `build/bench-PART.json`).

Every part runs in an interpreter of its own, so that none inherits what another has loaded. Figures are ratios of things that
took turns within one run, medians unless a heading says otherwise; no test asserts a time.
"""

from __future__ import annotations

import argparse
import importlib
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks.machine import describe_machine

ROOT = Path(__file__).resolve().parents[1]
PARTS = {
    "doors": "doors against bare psycopg with the same statements",
    "stack": "the stack over HTTP against a bare service with the same statements",
    "own_doors": "v1 doors with 10,000 cases of one person against bare psycopg",
    "own_stack": "v1 over HTTP with 10,000 cases of one person against a bare service with the same statements",
    "imports": "import time of the API doors",
    "mail": "mails drained through relay, queue and sender",
    "clustering": "clustering: time, memory, quality",
    "l1_matching": "L1: problems led to their flows, confusion by language",
}


def run_part(name: str, results: Path) -> dict[str, Any]:
    """Measure one part here; what it found goes to a file too."""
    module: Any = importlib.import_module(f"benchmarks.{name}")
    began = time.monotonic()
    found: dict[str, Any] = module.measure()
    print(f"\n== {PARTS[name]} ({time.monotonic() - began:.0f} s)\n{module.table(found)}", flush=True)
    results.write_text(json.dumps({"machine": describe_machine(), name: found}, indent=2) + "\n", encoding="utf-8")
    return found


def run_parts(names: list[str], results: Path) -> int:
    """Measure parts one after the other, each in its own interpreter; return 1 when one of them failed."""
    found: dict[str, Any] = {"machine": describe_machine()}
    failed: list[str] = []
    for name in names:
        single = results.with_name(f"bench-{name}.json")
        if subprocess.run([sys.executable, "-m", "benchmarks", name], cwd=ROOT, check=False).returncode:
            failed.append(name)
        else:
            found[name] = json.loads(single.read_text(encoding="utf-8"))[name]
    results.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    print(f"\nwritten: {results.relative_to(ROOT)}" + (f"; failed: {', '.join(failed)}" if failed else ""))
    return int(bool(failed))


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"any of {', '.join(PARTS)}; all without it")
    chosen: list[str] = parser.parse_args().parts or list(PARTS)
    if unknown := set(chosen) - set(PARTS):
        parser.error(f"there is no part {', '.join(sorted(unknown))}")
    folder = ROOT / "build"
    folder.mkdir(exist_ok=True)
    if len(chosen) == 1:
        run_part(chosen[0], folder / f"bench-{chosen[0]}.json")
        return 0
    return run_parts(chosen, folder / "bench.json")


if __name__ == "__main__":
    sys.exit(main())
