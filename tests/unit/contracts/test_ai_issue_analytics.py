"""The shipped analytics contract against enumerations B-15 and B-16 and the pipeline, against the code, and spoiled copies of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import ValidationError

from casework.cases.case_types import AlertLevel
from casework.cases.usecases.auto_match import LINKED_FROM
from casework.contracts import ai_issue_analytics
from casework.contracts.ai_issue_analytics import AiIssueAnalytics
from casework.reports.candidates import REACH_M
from casework.reports.linking import LINK_SCORE, SEVERITY_REACH, WEIGHTS

if TYPE_CHECKING:
    from collections.abc import Callable

SHIPPED = Path(ai_issue_analytics.__file__).with_suffix(".json").read_text(encoding="utf-8")
STAGES = [
    "intake", "language_detect", "normalise", "embed", "cluster", "pattern_extract",
    "attribute_extract", "classify", "alert_level_decide", "map_relations", "faithfulness_check", "queue_or_alert",
]  # fmt: skip
CLOUD = {
    "normalise": ("claude", "transcribe"), "embed": ("voyage",), "pattern_extract": ("claude",), "attribute_extract": ("claude",),
    "classify": ("claude",), "faithfulness_check": ("claude",),
}  # fmt: skip


def shipped() -> AiIssueAnalytics:
    return AiIssueAnalytics.model_validate_json(SHIPPED)


def test_there_are_twelve_stages_in_the_pipeline_s_order():
    assert [(stage.order, stage.code) for stage in shipped().stages] == list(enumerate(STAGES, start=1))


def test_the_first_five_stages_work_on_the_run_and_the_others_on_a_candidate():
    assert [stage.works_on for stage in shipped().stages] == ["run"] * 5 + ["candidate"] * 7


def test_every_stage_works_without_a_key_and_six_have_a_cloud_engine():
    assert all(stage.engines[0] == "embedded" for stage in shipped().stages)
    assert {stage.code: stage.engines[1:] for stage in shipped().stages if stage.engines[1:]} == CLOUD
    assert [engine.code for engine in shipped().engines if engine.kind == "embedded"] == ["embedded"]


def test_a_person_looks_at_what_an_engine_wrote_rated_or_declined_and_at_what_nobody_reported():
    assert {stage.code: stage.human_review for stage in shipped().stages if stage.human_review} == {
        "cluster": ("proactive_origin",), "pattern_extract": ("ai_generated",), "attribute_extract": ("ai_generated",),
        "classify": ("embedded_severity",), "faithfulness_check": ("narrative_declined",),
    }  # fmt: skip


def test_below_70_percent_classifying_asks_again_and_a_text_is_written_anew_once():
    second, faithfulness = shipped().second_opinion, shipped().faithfulness
    assert (second.stage, second.below_confidence) == ("classify", 0.70)
    assert (faithfulness.stage, faithfulness.passes_from, faithfulness.regenerations) == ("faithfulness_check", 0.70, 1)


def test_an_analysis_has_two_views_and_the_citizen_s_names_nobody():
    citizen, operator = shipped().views
    assert (citizen.code, citizen.shows, citizen.withholds, citizen.k_safe) == ("citizen_view", ("plain_language",), ("names",), True)
    assert (operator.code, operator.shows, operator.withholds) == ("operator_view", ("full_reasoning", "spans", "scores"), ())


def test_one_human_report_makes_a_cluster_reactive():
    assert {origin.code: origin.human_reports_min for origin in shipped().origins} == {"reactive": 1, "proactive": 0}


def test_what_sensors_found_stays_calm_reviewed_and_takes_half_of_the_slots_at_most():
    rule = shipped().proactive
    assert (rule.origin, rule.highest_alert_level) == ("proactive", AlertLevel.L2)
    assert (rule.requires_human_review, rule.daily_slots_max) == (True, 10)
    assert {lift.code: lift.within_minutes for lift in rule.lifted_by} == {"sensor_over_threshold": None, "human_report": 60}


def test_the_weights_of_the_score_are_those_of_the_clusterer():
    score = shipped().clustering
    assert {part.code: part.weight for part in score.components} == WEIGHTS
    assert score.link_from == LINK_SCORE == 0.60
    assert {part.code: part.weight for part in score.components if part.only_if_both} == {"organisation": 0.10}


def test_place_and_severity_fade_out_where_the_clusterer_s_do():
    parts = {part.code: part for part in shipped().clustering.components}
    assert (parts["location"].zero_from_m, parts["severity"].zero_from_difference) == (REACH_M, SEVERITY_REACH)
    assert parts["language"].methods == ("cosine", "bigram_jaccard")


def test_groups_are_ranked_and_matched_as_b_16_says():
    score = shipped().clustering
    match = score.auto_match
    assert score.queue_rank == ("urgency", "confidence", "source_trust")
    assert (score.cohesion, score.confidence_components) == ("mean_link_score", ("base", "witnesses", "severity"))
    assert (match.flag, match.from_score, match.same_case_type) == ("cases.auto_match_v1", LINKED_FROM, True)
    assert match.closed_within_days == 30


def extra_key(file: dict[str, Any]) -> None:
    file["stages"][0]["colour"] = "red"


def blank_translation(file: dict[str, Any]) -> None:
    file["views"][0]["label"]["zh"] = ""


def other_name(file: dict[str, Any]) -> None:
    file["contract"] = "sla_model"


def stage_twice(file: dict[str, Any]) -> None:
    file["stages"][11]["code"] = "intake"


def gap_in_the_order(file: dict[str, Any]) -> None:
    file["stages"].pop(5)


def stages_shuffled(file: dict[str, Any]) -> None:
    file["stages"].reverse()


def run_after_candidate(file: dict[str, Any]) -> None:
    file["stages"][0]["works_on"] = "candidate"


def unknown_engine(file: dict[str, Any]) -> None:
    file["stages"][0]["engines"] = ["embedded", "oracle"]


def default_that_needs_a_key(file: dict[str, Any]) -> None:
    file["stages"][3]["engines"] = ["voyage", "embedded"]


def unknown_review_reason(file: dict[str, Any]) -> None:
    file["stages"][4]["human_review"] = ["boredom"]


def unknown_stage(file: dict[str, Any]) -> None:
    file["second_opinion"]["stage"] = "ponder"


def unknown_origin(file: dict[str, Any]) -> None:
    file["proactive"]["origin"] = "rumour"


def lift_twice(file: dict[str, Any]) -> None:
    file["proactive"]["lifted_by"][1]["code"] = "sensor_over_threshold"


def weights_beyond_one(file: dict[str, Any]) -> None:
    file["clustering"]["components"][0]["weight"] = 0.5


def component_twice(file: dict[str, Any]) -> None:
    file["clustering"]["components"][2]["code"] = "classification"


def threshold_beyond_one(file: dict[str, Any]) -> None:
    file["faithfulness"]["passes_from"] = 70


SPOILED = [
    extra_key, blank_translation, other_name, stage_twice, gap_in_the_order, stages_shuffled, run_after_candidate, unknown_engine,
    default_that_needs_a_key, unknown_review_reason, unknown_stage, unknown_origin, lift_twice, weights_beyond_one, component_twice,
    threshold_beyond_one,
]  # fmt: skip


@pytest.mark.parametrize("spoil", SPOILED, ids=lambda spoil: spoil.__name__)
def test_a_spoiled_file_is_refused(spoil: Callable[[dict[str, Any]], None]):
    file = json.loads(SHIPPED)
    spoil(file)
    with pytest.raises(ValidationError):
        AiIssueAnalytics.model_validate_json(json.dumps(file))


def test_an_owner_may_swap_in_other_thresholds():
    file = json.loads(SHIPPED) | {"schema_version": "1.1.0"}
    file["faithfulness"]["passes_from"], file["proactive"]["daily_slots_max"] = 0.8, 5
    swapped = AiIssueAnalytics.model_validate_json(json.dumps(file))
    assert (swapped.faithfulness.passes_from, swapped.proactive.daily_slots_max) == (0.8, 5)
