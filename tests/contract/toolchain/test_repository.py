"""What the repository promises about itself: no package host named, rooms that Python and the linters can see."""

import re
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[3]
PACKAGE = ROOT / "layers" / "core" / "python" / "casework"
# Bracketed letters, or this file would name what it forbids.
HOSTS = re.compile(r"p[y]pi\.org|pythonh[o]sted\.org|npm[j]s\.(?:org|com)|yarnpk[g]\.com|d[e]b\.debian\.org")


@cache
def committed() -> list[Path]:
    """Files that are, or would be, committed."""
    listing = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    return [ROOT / name for name in names if (ROOT / name).is_file()]


def test_no_file_names_a_package_host():
    assert [path for path in committed() if HOSTS.search(path.read_text(errors="replace"))] == []


def test_there_is_no_lock_that_records_addresses():
    assert not {path.name for path in committed()} & {"uv.lock", "poetry.lock", "Pipfile.lock", "package-lock.json"}


def test_every_room_is_a_package_so_that_its_contracts_are_checked():
    folders = {path.parent for path in committed() if path.suffix == ".py" and path.is_relative_to(PACKAGE)}
    assert [folder for folder in folders if not (folder / "__init__.py").exists()] == []


def test_every_layer_can_be_built():
    layers = [path for path in (ROOT / "layers").iterdir() if path.is_dir()]
    assert [layer.name for layer in layers if not (layer / "Makefile").exists()] == []


def test_ci_runs_what_a_developer_runs():
    assert "exec make test" in (ROOT / ".ci" / "run").read_text().splitlines()


def test_hooks_fetch_nothing():
    text = (ROOT / ".pre-commit-config.yaml").read_text()
    assert set(re.findall(r"repo: (\S+)", text)) == {"local"}
    assert set(re.findall(r"language: (\S+)", text)) == {"system"}
