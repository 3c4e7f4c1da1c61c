"""Each function starts with the packages of its own layers alone. The laptop has every package on its path and would never notice."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tests.contract.template.deployment import ROOT, Deployment

LAYERS = {
    "DepsApiLayer": "deps_api", "DepsBotoLayer": "deps_boto", "DepsGeoLayer": "deps_geo", "DepsCryptoLayer": "deps_crypto",
    "DepsMailLayer": "deps_mail", "DepsNlpLayer": "deps_nlp", "DepsLlmLayer": "deps_llm",
}  # fmt: skip
LATE = {
    "L1TakeIntakeFunction": "casework.vendors.sentence_encoder", "L1CreateFlowFunction": "casework.vendors.sentence_encoder",
    "L1PublishProposalFunction": "casework.vendors.sentence_encoder", "L1ServeNextNodeFunction": "casework.vendors.claude",
}  # fmt: skip
"""What functions of the technicians import on first use."""

START = """
import importlib, sys
absent = set(sys.argv[2].split(","))
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in absent:
            raise ModuleNotFoundError("not in this function's layers: " + name, name=name)
sys.meta_path.insert(0, Absent())
importlib.import_module(sys.argv[1])
"""


def pinned(layer: str) -> set[str]:
    lock = (ROOT / "layers" / layer / "requirements.txt").read_text()
    return set(re.findall(r"^([a-z0-9._-]+)(?:\[[^\]]*\])?==", lock, re.MULTILINE))


def absent_modules(layers: set[str]) -> set[str]:
    """Return the top-level modules of installed packages that none of these layers brings."""
    there = set[str]().union(*(pinned(layer) for layer in layers))
    return {
        module for module, owners in packages_distributions().items() if not there & {owner.lower().replace("_", "-") for owner in owners}
    }


def start(module: str, layers: set[str]) -> subprocess.CompletedProcess[str]:
    path = [str(ROOT / "layers/core/python"), str(ROOT / "functions")]
    command = [sys.executable, "-c", START, module, ",".join(sorted(absent_modules(layers)))]
    return subprocess.run(
        command, capture_output=True, text=True, check=False, env={"PYTHONPATH": ":".join(path), "PATH": ""}, cwd=Path("/")
    )


def layers_of(function) -> set[str]:
    attached = str(function.properties["Layers"])
    return {folder for name, folder in LAYERS.items() if name in attached}


@pytest.mark.parametrize("key", sorted(Deployment().functions))
def test_a_function_starts_with_its_own_layers(key: str, deployment: Deployment) -> None:
    function = deployment.functions[key]
    result = start(function.module, layers_of(function))
    assert result.returncode == 0, result.stderr[-600:]


@pytest.mark.parametrize("key", sorted(LATE))
def test_what_a_function_imports_later_is_in_its_layers_too(key: str, deployment: Deployment) -> None:
    result = start(LATE[key], layers_of(deployment.functions[key]))
    assert result.returncode == 0, result.stderr[-600:]


def test_a_function_without_the_layer_that_it_needs_does_not_start() -> None:
    assert "not in this function's layers" in start("v3.analyze_clusters", {"deps_api", "deps_boto"}).stderr
