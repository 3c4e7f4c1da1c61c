"""One call of the help desk in a process of its own, so that CASEWORK_FAILPOINT may kill it.

Arguments: the owner's database URL, the account, the path under /l1, the body as JSON.
"""

from __future__ import annotations

import json
import sys

from tests.support.api import Api
from tests.support.apps import World
from tests.support.fake_embedder import FakeEmbedder
from tests.support.vault import SealedVault
from tests.support.walks import Desk


def main(owner_url: str, account: str, path: str, body: str) -> None:
    world = World(owner_url)
    world.embedder = FakeEmbedder()
    vars(world.app("api_writer"))["contact_lock"] = SealedVault()
    answer = Desk(Api(world), account).post(path, json.loads(body))
    sys.exit(0 if answer.status in {200, 201} else 1)


main(*sys.argv[1:])
