"""Import time of each API door in a fresh interpreter, against a bare door of Powertools' logger, pydantic and psycopg.

On the path lie the package, the doors and what the door's layers hold except boto3, installed from the layers' own locks into `build/`,
with bytecode; nothing of the laptop's environment. The interpreter is this one: Lambda's own version is a matter of the deployment.
A figure is processor time, so that a busy machine does not count; doors and bare take turns, and the least of several rounds stands:
an import does the same work each time. `-X importtime` names the dearest modules of each door in the JSON.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from casework.entry.doors import find_doors
from local.template import translate

ROOT = Path(__file__).resolve().parents[1]
ROUNDS, _SHOWN = 5, 5
LAYERS = {
    "deps_api": "DepsApiLayer", "deps_crypto": "DepsCryptoLayer", "deps_geo": "DepsGeoLayer", "deps_llm": "DepsLlmLayer",
    "deps_mail": "DepsMailLayer", "deps_nlp": "DepsNlpLayer",
}  # fmt: skip
TARGET = 1.3
BARE = (
    "from aws_lambda_powertools import Logger\nimport pydantic, psycopg\nclass Body(pydantic.BaseModel):\n    title: str\n"
    "logger = Logger(service='bare')\n"
)
_MARK = "__future__"
"""Imported first; what comes before it is the interpreter's own."""
_LINE = re.compile(r"import time:\s*(\d+) \|\s*\d+ \|\s*(\S+)")


def measure() -> dict[str, Any]:
    doors = _doors()
    samples: dict[str, list[float]] = {name: [] for name in ("bare", *doors)}
    for _ in range(ROUNDS):
        samples["bare"] += [_milliseconds(BARE, _folder(("deps_api",))) for _ in range(3)]
        for name, layers in doors.items():
            samples[name].append(_milliseconds(f"import {name}", _folder(layers)))
    return {
        name: _figures(layers, min(samples[name]), min(samples["bare"])) | {"dearest_ms": _dearest(f"import {name}", _folder(layers))}
        for name, layers in doors.items()
    }


def table(found: dict[str, Any]) -> str:
    lines = [f"{'door':>34} {'ms':>7} {'bare ms':>8} {'ratio':>6} {'target':>7}  layers"]
    for name, one in sorted(found.items(), key=lambda item: item[1]["ratio"]):
        target = one["target"] or ""
        lines.append(f"{name:>34} {one['ms']:>7.0f} {one['bare_ms']:>8.0f} {one['ratio']:>6.2f} {target:>7}  {', '.join(one['layers'])}")
    return "\n".join(lines)


def _figures(layers: tuple[str, ...], ours: float, bare: float) -> dict[str, Any]:
    target = TARGET if layers == ("deps_api",) else None
    return {"ms": ours, "bare_ms": bare, "ratio": ours / bare, "target": target, "layers": list(layers)}


def _doors() -> dict[str, tuple[str, ...]]:
    """Return the HTTP doors by module, each with its dependency layers; boto3's is left out, for no door imports it at its start."""
    resources: dict[str, Any] = translate(ROOT / "template.yaml")["Resources"]
    functions = [one["Properties"] for one in resources.values() if one["Type"] == "AWS::Lambda::Function"]
    layers = {one["Handler"].removesuffix(".handler"): json.dumps(one["Layers"]) for one in functions}
    return {name: tuple(layer for layer, logical in LAYERS.items() if logical in layers[name]) for name in find_doors(ROOT / "functions")}


def _folder(layers: tuple[str, ...]) -> Path:
    """Return a folder with what these layers hold, made on first use and kept for as long as their locks are the same."""
    locks = [ROOT / "layers" / layer / "requirements.txt" for layer in layers]
    stamp = hashlib.sha256(b"".join(lock.read_bytes() for lock in locks)).hexdigest()[:12]
    folder = ROOT / "build" / "layers" / f"{'-'.join(layers)}-{stamp}"
    if not folder.exists():
        made = folder.with_suffix(".new")
        install = [ROOT / ".venv/bin/uv", "pip", "install", "--quiet", "--python", sys.executable, "--target", made, "--compile-bytecode"]
        for lock in locks:
            subprocess.run([*install, "--require-hashes", "-r", lock], check=True)
        made.rename(folder)
    return folder


def _milliseconds(statement: str, folder: Path) -> float:
    """Return the processor time of a statement's imports."""
    timed = f"import time\nbegan = time.process_time()\n{statement}\nprint((time.process_time() - began) * 1_000)"
    return float(_interpreter(folder, "-c", timed).stdout)


def _dearest(statement: str, folder: Path) -> dict[str, float]:
    """Return the modules whose own code takes longest, in milliseconds, by `-X importtime`."""
    report = _interpreter(folder, "-X", "importtime", "-c", f"import {_MARK}\n{statement}").stderr
    modules = [(match[2], int(match[1]) / 1_000) for match in map(_LINE.match, report.splitlines()) if match]
    start = next(place for place, (name, _) in enumerate(modules) if name == _MARK)
    return dict(sorted(modules[start + 1 :], key=lambda one: one[1], reverse=True)[:_SHOWN])


def _interpreter(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a fresh interpreter of the machine, without its own and the environment's packages."""
    path = os.pathsep.join(map(str, (folder, ROOT / "layers/core/python", ROOT / "functions")))
    program: str = getattr(sys, "_base_executable", sys.executable)
    environment = {"PYTHONPATH": path, "PATH": os.environ["PATH"]}
    return subprocess.run([program, "-S", *arguments], env=environment, capture_output=True, text=True, check=True)
