"""The locks: complete, hashed, of one mind about versions, silent about where packages come from."""

import re
from functools import cache
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[3]
LAYER_LOCKS = sorted(ROOT.glob("layers/*/requirements.txt"))
LOCKS = sorted(ROOT.glob("requirements/*.txt")) + LAYER_LOCKS
LAMBDA = {
    "python_version": "3.13",
    "python_full_version": "3.13.0",
    "implementation_name": "cpython",
    "platform_python_implementation": "CPython",
    "platform_machine": "aarch64",
    "sys_platform": "linux",
}


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def entries(lock: Path) -> list[tuple[Requirement, bool]]:
    """Each locked requirement, and whether hashes follow it."""
    joined = lock.read_text().replace("\\\n", " ")
    lines = [line for line in joined.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    return [(Requirement(line.split(" --hash")[0].strip()), "--hash=sha256:" in line) for line in lines]


def versions(lock: Path) -> dict[str, str]:
    """Package to version, as Lambda's interpreter reads the lock."""
    return {
        canonicalize_name(requirement.name): str(requirement.specifier)
        for requirement, _ in entries(lock)
        if requirement.marker is None or requirement.marker.evaluate(LAMBDA)
    }


def wanted(source: Path) -> set[str]:
    """The names in a `.in` file and in those that it includes."""
    lines = [line.strip() for line in source.read_text().splitlines() if line.strip() and not line.startswith("#")]
    included = [wanted(source.parent / line.removeprefix("-r ")) for line in lines if line.startswith("-r ")]
    own = {canonicalize_name(Requirement(line).name) for line in lines if not line.startswith("-r ")}
    return own.union(*included)


@pytest.mark.parametrize("lock", LOCKS, ids=named)
def test_every_requirement_is_pinned_and_hashed(lock: Path):
    loose = [str(requirement) for requirement, hashed in entries(lock) if not hashed or "==" not in str(requirement)]
    assert not loose


@pytest.mark.parametrize("lock", LOCKS, ids=named)
def test_everything_asked_for_is_locked(lock: Path):
    assert wanted(lock.with_suffix(".in")) <= set(versions(lock))


@pytest.mark.parametrize("lock", [*LAYER_LOCKS, ROOT / "requirements" / "uv.txt"], ids=named)
def test_a_smaller_lock_holds_the_versions_that_the_laptop_tests(lock: Path):
    laptop = versions(ROOT / "requirements" / "local.txt")
    assert {name: laptop.get(name) for name in versions(lock)} == versions(lock)


def test_the_emulator_that_is_patched_is_pinned_by_hand():
    assert "==5.2.5" in (ROOT / "requirements" / "stack.in").read_text()


@pytest.mark.parametrize("path", [*LOCKS, *(lock.with_suffix(".in") for lock in LOCKS)], ids=named)
def test_no_lock_names_a_place_to_fetch_from(path: Path):
    assert not re.search(r"://|--(extra-)?index-url|--find-links|--trusted-host|^-i ", path.read_text(), re.MULTILINE)
