"""The command line on a fresh database, called in-process."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pytest

from casework.cli.main import main
from tests.support.api import Api

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.apps import World

Run = "Callable[..., Ended]"


class Ended(NamedTuple):
    status: int
    out: str
    err: str


@pytest.fixture
def api(world: World) -> Api:
    return Api(world)


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path) -> Callable[..., Ended]:
    """Run a command in an environment that names nothing unless a test says so."""
    for name in ("DATABASE_ADMIN_URL", "JWT_SECRET", "JWT_AUDIENCE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DATA_DIR", str(tmp_path))

    def run(*arguments: str) -> Ended:
        try:
            status = main(arguments)
        except SystemExit as end:
            status = int(end.code or 0)
        return Ended(status, *capsys.readouterr())

    return run


@pytest.fixture
def owner(cli, world: World, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Ended]:
    """The same, with this test's database."""
    monkeypatch.setenv("DATABASE_ADMIN_URL", world.owner_url)
    return cli
