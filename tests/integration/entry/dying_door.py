"""A door in a process of its own that is killed when everything is done but the commit. Argument: the owner's database URL."""

from __future__ import annotations

import os
import signal
import sys

from cases.open_case import handler
from tests.support.apps import World


def main(owner_url: str) -> None:
    world = World(owner_url)
    database = world.app("api_writer").database
    commit = database.commit

    def dying() -> None:
        if database._environment.depth == 1 and database._environment.tenant_id and inserted(database):
            os.kill(os.getpid(), signal.SIGKILL)
        commit()

    database.commit = dying
    world.call(handler, "/api/cases", {"case_type": "flood_drainage", "title_en": "Water"}, headers={"idempotency-key": "k1"})


def inserted(database) -> bool:
    rows = database._environment.connection.execute("select count(*) as n from idempotency_keys").fetchone()
    return rows["n"] == 1


main(*sys.argv[1:])
