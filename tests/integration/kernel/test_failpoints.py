"""Failpoints kill where they are armed and nowhere else."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

from casework.kernel import failpoints

PACKAGE = Path(failpoints.__file__).parents[1]


def test_an_unarmed_point_is_passed():
    failpoints.reach("mail.accepted")


def test_only_the_armed_point_kills_and_nothing_is_cleaned_up():
    imports = "import atexit; from casework.kernel.failpoints import reach; "
    program = imports + "atexit.register(print, 'cleaned'); reach('a'); print('passed', flush=True); reach('b')"
    environ = {"CASEWORK_FAILPOINT": "b", "PYTHONPATH": str(PACKAGE.parent)}
    ended = subprocess.run([sys.executable, "-c", program], env=environ, capture_output=True, text=True, check=False, timeout=30)
    assert (ended.returncode, ended.stdout) == (137, "passed\n")


def test_every_point_in_the_code_is_named_in_the_charter():
    reached = set()
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] == "reach" and node.args:
                reached.add(ast.literal_eval(node.args[0]))
    assert reached
    assert {name for name in reached if f"`{name}`" not in str(failpoints.__doc__)} == set()
