"""The set-up says what a machine lacks; every documented command exists."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PREFLIGHT = "import runpy, sys\n{given}\nrunpy.run_path('requirements/preflight.py', run_name='__main__')"
COMMANDS = ["demo", "test", "up", "check", "bench", "sam", "openapi", "docs", "clean", "lock", "format", "setup"]


def preflight(given: str) -> subprocess.CompletedProcess[str]:
    program = PREFLIGHT.format(given=given)
    return subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)


def test_a_complete_machine_passes_in_silence():
    done = preflight("")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_python_without_venv_is_told_the_one_command_that_adds_it():
    done = preflight("sys.modules['ensurepip'] = None")
    assert done.returncode != 0
    assert "    apt-get install python3-venv\n" in done.stderr


def test_an_old_python_is_refused():
    done = preflight("sys.version_info = (3, 10, 4)")
    assert done.returncode != 0
    assert "3.11 or newer; this is 3.10.4" in done.stderr


@pytest.mark.parametrize("command", COMMANDS)
def test_make_lists_the_command(command: str):
    plain = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    listed = subprocess.run(["make", "help"], cwd=ROOT, env=plain, capture_output=True, text=True, check=True).stdout
    assert re.search(rf"^  make {command}\b", listed, re.MULTILINE)
