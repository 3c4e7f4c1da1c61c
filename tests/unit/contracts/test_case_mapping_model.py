"""The shipped mapping model against enumerations B-7 and B-18, against the code, and spoiled copies of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import ValidationError

from casework.cases.case_types import CITY_CASE_TYPES, AlertLevel
from casework.cases.views import EDGE_NAMES
from casework.contracts import case_mapping_model
from casework.contracts.case_mapping_model import CaseMappingModel

if TYPE_CHECKING:
    from collections.abc import Callable

SHIPPED = Path(case_mapping_model.__file__).with_suffix(".json").read_text(encoding="utf-8")
LINK_TYPES = ["relates_to", "duplicates", "caused_by", "blocks", "parent_of", "successor_of", "escalates_to"]
B7 = {
    "R01": "actor", "R02": "actor", "R03": "service", "R04": "actor", "R05": "signal",
    "R06": "signal", "R07": "dashboard", "R08": "dashboard", "R09": "source_provenance", "R10": "signal",
}  # fmt: skip
B1_NAMES = {
    "drainage_sewerage": "Drainage & Sewerage", "disaster_prevention": "Disaster Prevention", "public_works": "Public Works", "mea": "MEA",
    "district_office": "district", "traffic_transportation": "Traffic & Transportation", "environment": "Environment", "health": "Health",
    "city_law_enforcement": "City law enforcement", "social_development": "Social Development", "governors_office": "Governor's office",
    "inspector": "Inspector",
}  # fmt: skip
SEPARATORS = {"all": "; ", "any": " / "}


def shipped() -> CaseMappingModel:
    return CaseMappingModel.model_validate_json(SHIPPED)


def rule(code: str):
    return next(each for each in shipped().rules if each.code == code)


def test_there_are_ten_rules_with_the_edges_of_b_7():
    assert {each.code: each.edge_kind for each in shipped().rules} == B7
    assert [each.code for each in shipped().rules] == sorted(B7)


def test_the_five_edge_kinds_fill_the_fields_that_a_case_shows():
    assert {kind.code: kind.field for kind in shipped().edge_kinds} == EDGE_NAMES


def test_an_edge_stores_the_four_facts_and_is_suggested_or_confirmed():
    assert [fact.code for fact in shipped().edge_facts] == ["rule_id", "confidence", "evidence_span", "state"]
    assert [state.code for state in shipped().edge_states] == ["suggested", "confirmed"]


def test_link_types_are_those_of_b_18_and_the_same_asset_relates_two_cases():
    assert [each.code for each in shipped().link_types] == LINK_TYPES
    assert [each.code for each in shipped().rules if each.link_type == "relates_to"] == ["R10"]


def test_names_match_from_80_percent_and_signals_from_85_within_30_days_and_a_kilometre():
    similar = rule("R06")
    assert rule("R04").confidence.minimum == 0.80
    assert (similar.confidence.minimum, similar.within_days, similar.within_m) == (0.85, 30, 1000)
    assert (rule("R05").relation, similar.relation) == ("member", "similar")


def test_only_l0_and_l1_reach_the_alert_board_and_every_case_is_counted_on_the_city_s_health():
    boards = {board.code: board for board in shipped().dashboards}
    assert rule("R07").alert_levels == (AlertLevel.L0, AlertLevel.L1)
    assert (boards["city_alert_board"].rule, boards["city_alert_board"].covers) == ("R07", "alert_level")
    assert (boards["city_health"].rule, boards["city_health"].covers) == ("R08", "every_case")


def test_each_case_type_leads_to_the_bodies_that_the_code_knows():
    written = {each.case_type: SEPARATORS[each.lead].join(B1_NAMES[body] for body in each.bodies) for each in shipped().by_case_type}
    assert written == {kind.code: kind.lead_body for kind in CITY_CASE_TYPES}


def test_service_lines_and_thematic_dashboards_are_called_as_their_case_types():
    names = {kind.code: (kind.title_en, kind.title_th, kind.title_zh) for kind in CITY_CASE_TYPES}
    boards = [board for board in shipped().dashboards if board.covers == "case_type"]
    for values in (shipped().service_lines, boards):
        assert {each.code: (each.label.en, each.label.th, each.label.zh) for each in values} == names
    assert all(each.service_line == each.dashboard == each.case_type for each in shipped().by_case_type)


def extra_key(file: dict[str, Any]) -> None:
    file["rules"][0]["colour"] = "red"


def blank_translation(file: dict[str, Any]) -> None:
    file["bodies"][3]["label"]["th"] = " "


def other_name(file: dict[str, Any]) -> None:
    file["contract"] = "case_portal"


def rule_twice(file: dict[str, Any]) -> None:
    file["rules"].append(file["rules"][0])


def body_twice(file: dict[str, Any]) -> None:
    file["bodies"].append(file["bodies"][0])


def case_type_twice(file: dict[str, Any]) -> None:
    file["by_case_type"].append(file["by_case_type"][0])


def field_twice(file: dict[str, Any]) -> None:
    file["edge_kinds"][1]["field"] = file["edge_kinds"][0]["field"]


def unknown_edge_kind(file: dict[str, Any]) -> None:
    file["rules"][0]["edge_kind"] = "friend"


def unknown_link_type(file: dict[str, Any]) -> None:
    file["rules"][9]["link_type"] = "likes"


def unknown_trigger_field(file: dict[str, Any]) -> None:
    file["rules"][2]["trigger_fields"] = ["mood"]


def unknown_basis(file: dict[str, Any]) -> None:
    file["rules"][2]["confidence"]["basis"] = "guess"


def unknown_body(file: dict[str, Any]) -> None:
    file["by_case_type"][0]["bodies"] = ["navy"]


def unknown_service_line(file: dict[str, Any]) -> None:
    file["by_case_type"][0]["service_line"] = "ferry"


def dashboard_that_is_not_thematic(file: dict[str, Any]) -> None:
    file["by_case_type"][0]["dashboard"] = "city_health"


def dashboard_of_no_rule(file: dict[str, Any]) -> None:
    file["dashboards"][0]["rule"] = "R11"


def certainty_above_one(file: dict[str, Any]) -> None:
    file["rules"][3]["confidence"]["minimum"] = 1.2


SPOILED = [
    extra_key, blank_translation, other_name, rule_twice, body_twice, case_type_twice, field_twice, unknown_edge_kind, unknown_link_type,
    unknown_trigger_field, unknown_basis, unknown_body, unknown_service_line, dashboard_that_is_not_thematic, dashboard_of_no_rule,
    certainty_above_one,
]  # fmt: skip


@pytest.mark.parametrize("spoil", SPOILED, ids=lambda spoil: spoil.__name__)
def test_a_spoiled_file_is_refused(spoil: Callable[[dict[str, Any]], None]):
    file = json.loads(SHIPPED)
    spoil(file)
    with pytest.raises(ValidationError):
        CaseMappingModel.model_validate_json(json.dumps(file))


def test_an_owner_may_swap_in_other_rules_and_bodies():
    file = json.loads(SHIPPED) | {"schema_version": "1.1.0"}
    file["rules"] = [each for each in file["rules"] if each["code"] != "R10"]
    file["by_case_type"][0]["bodies"] = ["public_works"]
    swapped = CaseMappingModel.model_validate_json(json.dumps(file))
    assert (len(swapped.rules), swapped.by_case_type[0].bodies) == (9, ("public_works",))
