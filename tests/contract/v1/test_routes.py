"""The paths by which the door for everything else knows v1 are those that v1's doors declare."""

from __future__ import annotations

from casework.faces.v1.routes import FIRST_SEGMENTS, ROUTES
from tests.contract.template.deployment import find_doors


def declared() -> dict[str, tuple[str, ...]]:
    routes = [route.partition(" ") for door in find_doors().values() if door.module.startswith("v1.") for route in door.route.routes]
    return {path: tuple(sorted(method for method, _, other in routes if other == path)) for _, _, path in routes}


def test_the_table_of_paths_is_what_the_doors_declare():
    assert declared() == ROUTES


def test_every_path_lies_under_a_first_segment_of_v1():
    assert [path for path in ROUTES if not f"{path}/".startswith(FIRST_SEGMENTS)] == []
