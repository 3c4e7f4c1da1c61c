"""The shipped case schema: complete, equal to what the code has, and refused once it is spoilt."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import ValidationError

import casework.contracts.case_schema as room
from casework.cases import opening
from casework.cases.case_types import CITY_CASE_TYPES, AlertLevel, Severity, severity_of
from casework.cases.contacts import HASH_ALG
from casework.cases.defaults import alert_level_for
from casework.cases.lifecycle import EDGES, ENDED, REVIEW, V1_READS, V1_WRITES, V3_WRITES, CaseStatus, ClosureReason, v3_word
from casework.cases.location import FARTHEST_M
from casework.cases.opening import OpenCaseBody
from casework.cases.usecases.change_status import REOPENED_WITHIN
from casework.cases.views import EDGE_NAMES, CaseView
from casework.contracts.case_schema import CaseSchema, record_problems
from casework.faces.canonical import CASE_EXAMPLE
from casework.identity.permissions import Role
from tests.support.cases import a_case_in, changed
from tests.support.lifecycle import LEGAL, ORDER

if TYPE_CHECKING:
    from collections.abc import Callable

CONTENT: dict[str, Any] = json.loads(Path(room.__file__).with_name("case_schema.json").read_bytes())
SCHEMA = CaseSchema.model_validate_json(json.dumps(CONTENT))
FIELDS = {each.code: each for each in SCHEMA.fields}
TYPES = {kind.code: kind for kind in SCHEMA.case_types}
LIFECYCLE = SCHEMA.lifecycle
WAYS = {(edge.origin, edge.target): edge for edge in LIFECYCLE.edges}
TRAFFY = [
    "น้ำท่วม", "ท่อระบายน้ำ", "คลอง", "ความปลอดภัย", "แสงสว่าง", "สายไฟ", "ถนน", "ทางเท้า", "สะพาน", "จราจร",
    "การเดินทาง", "ป้ายจราจร", "ความสะอาด", "ห้องน้ำ", "PM2.5", "เสียงรบกวน", "สัตว์จรจัด", "ต้นไม้",
    "กีดขวาง", "ป้าย", "คนจรจัด", "ร้องเรียน", "เสนอแนะ", "สอบถาม",
]  # fmt: skip
SERVER_SET = {"id", "ai_analysis_ref", "attachments", "export_log"}
GATES = {
    "alert_level": "gate-alert-routing", "reporter": "gate-pdpa", "location": "gate-pdpa", "owner": "gate-auth",
    "ai_analysis_ref": "gate-faithfulness", "sensitive_surface_flag": "gate-sensitive-dual", "attachments": "gate-pii-scan",
}  # fmt: skip


def spoilt(spoil: Callable[[dict[str, Any]], object]) -> str:
    content = copy.deepcopy(CONTENT)
    spoil(content)
    return json.dumps(content)


def test_the_record_has_28_names_of_which_the_export_log_is_a_projection():
    assert len(SCHEMA.fields) == 28
    assert [each.code for each in SCHEMA.fields if not each.persisted] == ["export_log"]
    assert set(FIELDS) <= set(CaseView.__annotations__)


def test_what_a_client_writes_is_what_a_new_case_takes():
    writable = {code for code, each in FIELDS.items() if each.writable}
    assert writable == set(FIELDS) - SERVER_SET == set(OpenCaseBody.model_fields) - {"summary"}
    assert [code for code, each in FIELDS.items() if each.required] == [
        name for name, field in OpenCaseBody.model_fields.items() if field.is_required()
    ]
    assert SCHEMA.required_one_of == (("title_th", "title_en", "title_zh"),)


@pytest.mark.parametrize(
    ("field", "body"),
    [
        ("reporter", "Reporter"),
        ("location", "Place"),
        ("owner", "Owner"),
        ("follow_up", "Due"),
        *((name, "Related") for name in EDGE_NAMES.values()),
    ],
)
def test_parts_of_a_field_are_those_of_its_body(field, body):
    assert FIELDS[field].parts == tuple(getattr(opening, body).model_fields)


def test_related_fields_carry_the_five_edge_kinds():
    assert {each.edge_kind: code for code, each in FIELDS.items() if each.edge_kind} == EDGE_NAMES


def test_six_gates_stand_at_the_fields_of_the_field_map():
    assert {code: each.gate for code, each in FIELDS.items() if each.gate} == GATES
    assert {gate.code for gate in SCHEMA.gates} == set(GATES.values())


def test_bindings_are_the_five_words():
    assert [each.code for each in SCHEMA.bindings] == ["live", "mock", "mapped-not-bound", "placeholder", "derived"]


def test_contacts_are_hashed_and_places_moved_as_the_code_does():
    disciplines = {each.code: each for each in SCHEMA.personal_data}
    assert disciplines[FIELDS["reporter"].personal_data].hash_algorithm == HASH_ALG.split("/")[0]
    assert disciplines[FIELDS["location"].personal_data].max_offset_meters == FARTHEST_M


def test_the_twelve_types_are_those_of_the_code():
    assert [
        (
            kind.code, kind.label.th, kind.label.en, kind.label.zh, kind.default_alert_level, kind.default_severity, kind.lead_body.en,
            kind.resolve_days, kind.sensitive_by_default,
        )
        for kind in SCHEMA.case_types
    ] == list(CITY_CASE_TYPES)  # fmt: skip
    assert len(TYPES) == 12


def test_types_absorb_all_24_traffy_types_once():
    assert [traffy for kind in SCHEMA.case_types for traffy in kind.traffy_types] == TRAFFY
    assert len(TRAFFY) == 24


@pytest.mark.parametrize("kind", CITY_CASE_TYPES, ids=lambda kind: kind.code)
def test_alert_levels_follow_the_rule(kind):
    ruled = {severity: alert_level_for(kind.code, severity, kind.alert_level) for severity in Severity}
    assert TYPES[kind.code].alert_level_by_severity == ruled


def test_severity_notes_of_types_are_there():
    raised = {(code, each.code): each.severity for code, kind in TYPES.items() for each in kind.severity_raised_by}
    assert raised == {
        ("power_lighting", "exposed_wire"): "high",
        ("health_animals", "bite"): "high",
        ("health_animals", "rabies"): "high",
        ("green_space", "falling_tree"): "high",
    }
    sensitive = {code: [each.code for each in kind.sensitive_if] for code, kind in TYPES.items() if kind.sensitive_if}
    assert sensitive == {"governance_service": ["names_official", "alleges_crime"]}


def test_severities_have_the_cut_offs_of_the_code():
    assert [band.code for band in SCHEMA.severities] == list(Severity)
    for band, above in zip(SCHEMA.severities, [None, *SCHEMA.severities], strict=False):
        assert severity_of(band.score_from) == band.code
        assert above is None or severity_of(above.score_from - 1e-9) == band.code


def test_severities_have_their_words_elsewhere():
    assert [(band.priority, band.pagerduty, band.v1) for band in SCHEMA.severities] == [
        ("P1", "critical", "critical"), ("P2", "error", "high"), ("P3", "warning", "medium"), ("P4", "info", "low"),
    ]  # fmt: skip
    assert SCHEMA.priorities_without_severity == ("P5", "NOT_DEFINED")
    assert [level.code for level in SCHEMA.alert_levels] == list(AlertLevel)


def test_eleven_statuses_and_38_edges_are_those_of_the_code():
    assert [status.code for status in LIFECYCLE.statuses] == list(CaseStatus) == ORDER
    assert list(WAYS) == [(origin, target) for origin, targets in EDGES.items() for target in targets]
    assert set(WAYS) == LEGAL
    assert len(WAYS) == 38


def test_statuses_are_told_in_the_words_of_the_other_faces():
    for status in LIFECYCLE.statuses:
        code = CaseStatus(status.code)
        assert (status.v1, status.v3) == (V1_READS[code], v3_word(code, merged=False))
        assert (status.review, status.ended, status.public) == (code in REVIEW, code in ENDED, code not in REVIEW)
    writes = {(write.face, write.word): write.status for write in LIFECYCLE.face_writes}
    assert writes == {("v1", word): status for word, status in V1_WRITES.items()} | {("v3", word): at for word, at in V3_WRITES.items()}


def test_statuses_are_grouped_as_datadog_open311_and_traffy_do():
    groups = ["SG_OPEN"] * 5 + ["SG_IN_PROGRESS"] * 3 + ["SG_CLOSED"] * 3
    traffy = ["รอรับเรื่อง"] * 4 + ["กำลังดำเนินการ"] * 3 + ["ส่งต่อ"] + ["เสร็จสิ้น"] * 2 + [None]
    assert [status.datadog_group for status in LIFECYCLE.statuses] == groups
    assert [status.open311 for status in LIFECYCLE.statuses] == ["open"] * 8 + ["closed"] * 3
    assert [status.traffy for status in LIFECYCLE.statuses] == traffy


def test_a_new_case_starts_where_the_form_allows():
    allowed = OpenCaseBody.model_json_schema()["properties"]["status"]["enum"]
    assert list(LIFECYCLE.initial_statuses) == allowed


def test_gates_stand_where_reviews_end_and_nowhere_else():
    assert {way: edge.gate for way, edge in WAYS.items() if edge.gate} == {
        ("under-review", "open"): "sign_off",
        ("governance-reviewing", "open"): "two_signatures",
        ("governance-reviewing", "archived"): "two_signatures",
    }
    assert [(gate.signatures, gate.approval_row) for gate in LIFECYCLE.gates] == [(1, "row-ai-publish"), (2, "row-sensitive-override")]


def test_who_walks_an_edge_is_a_role_the_reporter_a_subscriber_or_the_system():
    roles = {actor.code for actor in LIFECYCLE.actors if actor.kind == "role"}
    assert roles <= set(Role)
    assert {actor.code for actor in LIFECYCLE.actors} - roles == {"reporter", "subscriber", "system"}
    assert WAYS["proposed", "under-review"].actors == ("reviewer",)
    assert WAYS["archived", "open"].actors == ("governance",)
    assert {"reporter", "subscriber"} <= set(WAYS["closed", "open"].actors)


def test_the_system_walks_only_what_a_trigger_starts():
    assert {way: edge.triggers for way, edge in WAYS.items() if "system" in edge.actors} == {
        way: edge.triggers for way, edge in WAYS.items() if edge.triggers
    }
    assert WAYS["proposed", "governance-reviewing"].triggers == ("sensitive",)
    assert WAYS["resolved", "closed"].triggers == ("reporter_confirmed", "silence_7d")
    assert {trigger.code: trigger.after_days for trigger in LIFECYCLE.triggers if trigger.after_days} == {"silence_7d": 7}


def test_edges_require_the_reasons_that_the_code_requires():
    ending = {way for way in WAYS if way[1] in ENDED and way[0] not in ENDED and way[0] != "resolved"}
    assert {way for way, edge in WAYS.items() if edge.requires == "closure_reason"} == ending
    assert {way for way, edge in WAYS.items() if edge.requires == "reason"} == {("archived", "open")}


def test_closure_reasons_are_the_nine_and_every_one_has_its_edge():
    assert [reason.code for reason in LIFECYCLE.closure_reasons] == list(ClosureReason)
    assert {reason for edge in LIFECYCLE.edges for reason in edge.closure_reasons} == set(ClosureReason)
    assert LIFECYCLE.closure_reason_of_older_faces == ClosureReason.NO_FURTHER_ACTION
    for origin in ("open", "assigned"):
        assert set(WAYS[origin, "closed"].closure_reasons) == {"duplicate", "invalid", "not_responsible"}
    assert "fixed" not in WAYS["in-progress", "closed"].closure_reasons


@pytest.mark.parametrize("edge", LIFECYCLE.edges, ids=lambda edge: edge.name)
def test_an_edge_counts_as_reopening_where_the_case_counts_it(edge):
    case = a_case_in(CaseStatus(edge.origin))
    before = case.reopen_count
    case.change_status(changed(case, CaseStatus(edge.target)), by="u1", at=case.updated_at)
    assert case.reopen_count - before == edge.counts_as_reopening


def test_a_closed_case_reopens_within_the_days_of_the_code():
    assert {way: edge.within_days for way, edge in WAYS.items() if edge.within_days} == {("closed", "open"): REOPENED_WITHIN.days}


def test_an_answered_case_is_a_record_of_the_schema():
    assert record_problems(SCHEMA, CASE_EXAMPLE) == []


@pytest.mark.parametrize(
    ("name", "value", "fault"),
    [
        ("title_th", 7, "is no string"), ("status", "pending", "is none of statuses"), ("case_type", "ufo", "is none of case_types"),
        ("severity", None, "is null"), ("datetime", "yesterday", "is no instant"), ("datetime", "2026-11-21T02:00:00", "is no instant"),
        ("follow_up", {}, "is no array"), ("sensitive_surface_flag", 0, "is no boolean"),
    ],
)  # fmt: skip
def test_a_record_with_a_wrong_value_is_told_where(name, value, fault):
    problems = record_problems(SCHEMA, CASE_EXAMPLE | {name: value})
    assert [(problem.pointer, problem.detail) for problem in problems] == [(f"/{name}", fault)]


def test_a_record_without_a_name_is_none():
    record = {name: value for name, value in CASE_EXAMPLE.items() if name != "export_log"}
    assert [problem.pointer for problem in record_problems(SCHEMA, record)] == ["/export_log"]


@pytest.mark.parametrize("name", ["bindings", "personal_data", "gates", "fields", "severities", "alert_levels", "case_types"])
def test_a_code_given_twice_is_refused(name):
    with pytest.raises(ValidationError, match="named twice"):
        CaseSchema.model_validate_json(spoilt(lambda content: content[name].append(content[name][0])))


@pytest.mark.parametrize("name", ["statuses", "actors", "gates", "triggers", "closure_reasons", "edges", "face_writes"])
def test_a_name_of_the_lifecycle_given_twice_is_refused(name):
    with pytest.raises(ValidationError, match="named twice"):
        CaseSchema.model_validate_json(spoilt(lambda content: content["lifecycle"][name].append(content["lifecycle"][name][0])))


@pytest.mark.parametrize(
    ("part", "change"),
    [
        ("fields", {"binding": "wishful"}), ("fields", {"personal_data": "whatever"}), ("fields", {"gate": "gate-none"}),
        ("case_types", {"default_severity": "dire"}), ("case_types", {"default_alert_level": "L9"}),
        ("case_types", {"severity_raised_by": [{"code": "x", "label": {"en": "x", "th": "x", "zh": "x"}, "severity": "dire"}]}),
    ],
)  # fmt: skip
def test_a_reference_to_nothing_is_refused(part, change):
    with pytest.raises(ValidationError, match="unknown"):
        CaseSchema.model_validate_json(spoilt(lambda content: content[part][0].update(change)))


@pytest.mark.parametrize(
    "change",
    [{"to": "limbo"}, {"actors": ["nobody"]}, {"gate": "none"}, {"triggers": ["whim"]}, {"closure_reasons": ["bored"]}],
    ids=str,
)
def test_an_edge_that_refers_to_nothing_is_refused(change):
    with pytest.raises(ValidationError, match="unknown"):
        CaseSchema.model_validate_json(spoilt(lambda content: content["lifecycle"]["edges"][5].update(change)))


SENSELESS: list[Callable[[dict[str, Any]], object]] = [
    lambda content: content["fields"][0].update(required=True),
    lambda content: content["fields"][1].update(persisted=False),
    lambda content: content["fields"][1].update(values="statuses"),
    lambda content: content["fields"][1].update(parts=["x"]),
    lambda content: content["required_one_of"].append(["id"]),
    lambda content: content["severities"][1].update(score_from=0.9),
    lambda content: content["severities"][3].update(score_from=0.1),
    lambda content: content["case_types"][0]["alert_level_by_severity"].pop("low"),
    lambda content: content["case_types"][0].update(default_alert_level="L2"),
    lambda content: content["case_types"][0].update(resolve_days=0),
    lambda content: content["case_types"][0]["traffy_types"].append("ป้าย"),
    lambda content: content["lifecycle"]["edges"][0].update(to="proposed"),
    lambda content: content["lifecycle"]["edges"][0].update(closure_reasons=["fixed"]),
    lambda content: content["lifecycle"]["edges"][5].update(closure_reasons=[]),
]


@pytest.mark.parametrize("spoil", SENSELESS, ids=range(len(SENSELESS)))
def test_a_file_that_contradicts_itself_is_refused(spoil):
    with pytest.raises(ValidationError):
        CaseSchema.model_validate_json(spoilt(spoil))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda content: content["fields"][0]["label"].update(th=" "),
        lambda content: content["lifecycle"]["edges"][0]["label"].update(zh=""),
        lambda content: content["title"].pop("en"),
        lambda content: content.update(surprise=1),
        lambda content: content["case_types"][0].update(surprise=1),
        lambda content: content.update(contract="case_portal"),
        lambda content: content.update(schema_version="1.0"),
    ],
    ids=["blank", "empty", "untranslated", "extra key", "extra key inside", "another contract", "no semver"],
)
def test_a_file_of_another_shape_is_refused(spoil):
    with pytest.raises(ValidationError):
        CaseSchema.model_validate_json(spoilt(spoil))
