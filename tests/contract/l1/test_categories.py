"""GET and PATCH /l1/categories: what an account takes in (S4-29, S4-37)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.support.walks import ODD, SIX, TWELVE, Desk, refused

if TYPE_CHECKING:
    from tests.support.api import Api
    from tests.support.apps import Answered


def categories(desk: Desk) -> dict[str, bool]:
    answer = desk.get("/categories", roles=["account_owner"])
    assert (answer.status, answer.json.keys()) == (200, {"categories"})
    return answer.json["categories"]


def switch(desk: Desk, **flags: Any) -> Answered:
    return desk.patch("/categories", {"categories": flags})


@pytest.mark.parametrize("tenant", ["acme", "oncall"])
def test_a_support_tenant_has_the_six_on_and_the_twelve_off(shared_api: Api, tenant: str) -> None:
    desk = Desk(shared_api, f"fresh-{tenant}", tenant)
    assert categories(desk) == dict.fromkeys(SIX, True) | dict.fromkeys(TWELVE, False)


def test_a_city_tenant_has_all_on(shared_api: Api) -> None:
    assert categories(Desk(shared_api, "fresh-city", "bangkok")) == dict.fromkeys(SIX | TWELVE, True)


@pytest.mark.parametrize("role", ["account_owner", "admin"])
def test_a_patch_answers_all_of_them(desk: Desk, role: str) -> None:
    answer = desk.patch("/categories", {"categories": {"security": False}}, roles=[role])
    assert (answer.status, answer.json) == (200, {"categories": categories(desk)})
    assert answer.json["categories"] == dict.fromkeys(SIX, True) | dict.fromkeys(TWELVE, False) | {"security": False}


def test_a_patch_changes_only_what_it_names(desk: Desk) -> None:
    switch(desk, security=False, green_space=True)
    before = categories(desk)
    switch(desk, performance=False)
    assert categories(desk) == before | {"performance": False}


def test_a_switch_goes_back_and_forth(desk: Desk) -> None:
    for flag in (False, True, True, False):
        assert switch(desk, error=flag).status == 200
        assert categories(desk)["error"] is flag


def test_an_empty_patch_changes_nothing(desk: Desk) -> None:
    before = categories(desk)
    assert (switch(desk).status, categories(desk)) == (200, before)


@pytest.mark.parametrize("code", ["plumbing", "", "Performance", "__class__"])
def test_an_unknown_code_is_422_and_changes_nothing(desk: Desk, code: str) -> None:
    before = categories(desk)
    assert refused(switch(desk, **{"security": False, code: True}), 422)
    assert categories(desk) == before


@pytest.mark.parametrize("flag", ["perhaps", None, 7, [], {}])
def test_what_is_no_flag_is_422(desk: Desk, flag: object) -> None:
    assert refused(switch(desk, security=flag), 422)
    assert categories(desk)["security"] is True


def test_switching_on_lets_problems_in_again(desk: Desk) -> None:
    outcomes = []
    for flag in (False, True):
        switch(desk, **dict.fromkeys(SIX, flag))
        outcomes.append(desk.post("/intake", {"problem_statement": ODD}).json["outcome"])
    assert outcomes == ["out_of_scope", "build"]


def test_only_the_problems_own_category_counts(desk: Desk) -> None:
    category = desk.intake()["category"]
    switch(desk, **dict.fromkeys(SIX - {category}, False))
    assert desk.intake()["category"] == category
    switch(desk, **{category: False})
    answer = desk.post("/intake", {"problem_statement": ODD})
    assert (answer.json["outcome"], answer.json["category"]) == ("out_of_scope", category)
