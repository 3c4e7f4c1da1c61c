"""`case_schema.json`: the record of a case, its types, severities and lifecycle (enumerations B-1, B-2, B-5; A.7 C-01, C-06, C-16).

The lifecycle says who may walk an edge, behind which gate, and with what reasons; that a transition of a sensitive case needs two
signatures whatever its edge is said by `sla_model.json`.
"""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from casework.contracts.model import Code, Contract, Label, Named, Part, Positive, Share, Text, require_known, require_unique
from casework.kernel.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Codes = tuple[Code, ...]
ValueType = Literal["string", "enum", "timestamp", "object", "array", "boolean"]
ListName = Literal["case_types", "severities", "alert_levels", "statuses"]
_JSON_TYPES: dict[ValueType, type] = {"string": str, "enum": str, "timestamp": str, "object": dict, "array": list, "boolean": bool}


class Discipline(Named):
    """What is done with the personal data that a field may hold; its figures where it has any."""

    hash_algorithm: Code | None = None
    max_offset_meters: Positive | None = None


class RecordField(Named):
    """A name of the record. `writable` and `required` speak of a new case; a `persisted` one is no mere projection.

    `parts` are the names inside an object or inside each item of an array, as a client writes them; `values` names the list of codes
    of an enum; `binding` tells how far the runtime fills the field.
    """

    type: ValueType
    writable: bool
    required: bool
    nullable: bool
    persisted: bool
    binding: Code
    personal_data: Code
    values: ListName | None = None
    parts: Codes = ()
    edge_kind: Code | None = None
    gate: Code | None = None


class SeverityBand(Named):
    """A severity: the lowest score 0..1 that counts as it, and its names elsewhere."""

    meaning: Label
    score_from: Share
    priority: Code
    pagerduty: Code
    v1: Code


class Escalator(Named):
    """A circumstance that raises the severity of a type."""

    severity: Code


class CaseTypeDefaults(Named):
    """A case type and what follows from it. `resolve_days` are business days where the alert level's calendar has them."""

    traffy_types: Annotated[tuple[Text, ...], Field(min_length=1)]
    default_alert_level: Code
    alert_level_by_severity: dict[Code, Code]
    default_severity: Code
    lead_body: Label
    resolve_days: Positive
    sensitive_by_default: bool
    severity_raised_by: tuple[Escalator, ...] = ()
    sensitive_if: tuple[Named, ...] = ()
    note: Label | None = None


class Status(Named):
    """A stored status and the words that other faces have for it; `review`: a gate stands before the work, `ended`: the work is over."""

    review: bool
    ended: bool
    public: bool
    v1: Code
    v3: Code
    datadog_group: Code
    open311: Literal["open", "closed"]
    traffy: Text | None = None


class FaceWrite(Part):
    """What a word written by an older face aims at."""

    face: Code
    word: Code
    status: Code


class EdgeGate(Named):
    """What stands before an edge: so many signatures of distinct people, by a row of the approval matrix."""

    signatures: Positive
    approval_row: Code
    gate: Code | None = None


class ActorKind(Named):
    """Who walks an edge: a role of the tenant's people, somebody's relation to the case, or the system by itself."""

    kind: Literal["role", "relation", "system"]


class Trigger(Named):
    """What makes the system walk an edge by itself, after so many days where time is the cause."""

    after_days: Positive | None = None


class LifecycleEdge(Part):
    """A legal transition. `requires`: what the one who walks it must give; `within_days` counts from the end of the case."""

    origin: Annotated[Code, Field(alias="from")]
    target: Annotated[Code, Field(alias="to")]
    label: Label
    actors: Annotated[Codes, Field(min_length=1)]
    gate: Code | None = None
    triggers: Codes = ()
    requires: Literal["nothing", "reason", "closure_reason"] = "nothing"
    closure_reasons: Codes = ()
    within_days: Positive | None = None
    counts_as_reopening: bool = False

    @property
    def name(self) -> str:
        """Return `from>to`."""
        return f"{self.origin}>{self.target}"


class Lifecycle(Part):
    """The statuses and every legal way between two of them."""

    initial_statuses: Annotated[Codes, Field(min_length=1)]
    statuses: Annotated[tuple[Status, ...], Field(min_length=1)]
    actors: Annotated[tuple[ActorKind, ...], Field(min_length=1)]
    gates: tuple[EdgeGate, ...]
    triggers: tuple[Trigger, ...]
    closure_reasons: Annotated[tuple[Named, ...], Field(min_length=1)]
    closure_reason_of_older_faces: Code
    edges: Annotated[tuple[LifecycleEdge, ...], Field(min_length=1)]
    face_writes: tuple[FaceWrite, ...]

    @model_validator(mode="after")
    def _names_are_unique(self) -> Self:
        for what in ("statuses", "actors", "gates", "triggers", "closure_reasons"):
            require_unique((each.code for each in getattr(self, what)), f"lifecycle {what}")
        require_unique((edge.name for edge in self.edges), "edge")
        require_unique((f"{write.face}:{write.word}" for write in self.face_writes), "word of a face")
        return self

    @model_validator(mode="after")
    def _edges_refer_to_what_is_declared(self) -> Self:
        require_known((actor for edge in self.edges for actor in edge.actors), codes(self.actors), "actor of an edge")
        require_known((edge.gate for edge in self.edges if edge.gate), codes(self.gates), "gate of an edge")
        require_known((trigger for edge in self.edges for trigger in edge.triggers), codes(self.triggers), "trigger of an edge")
        reasons = [reason for edge in self.edges for reason in edge.closure_reasons]
        require_known([*reasons, self.closure_reason_of_older_faces], codes(self.closure_reasons), "closure reason")
        return self

    @model_validator(mode="after")
    def _ends_are_statuses(self) -> Self:
        ends = [end for edge in self.edges for end in (edge.origin, edge.target)]
        require_known([*ends, *self.initial_statuses, *(write.status for write in self.face_writes)], codes(self.statuses), "status")
        return self

    @model_validator(mode="after")
    def _edges_make_sense(self) -> Self:
        require(all(edge.origin != edge.target for edge in self.edges), "an edge leads back to where it starts")
        ended = {status.code for status in self.statuses if status.ended}
        reasoned = [edge for edge in self.edges if edge.closure_reasons or edge.requires == "closure_reason"]
        require(all(edge.target in ended for edge in reasoned), "only an edge that ends a case has closure reasons")
        wanting = [edge for edge in reasoned if edge.requires == "closure_reason"]
        require(all(edge.closure_reasons for edge in wanting), "an edge requires a closure reason and allows none")
        return self


class CaseSchema(Contract):
    """The record of a case and the values that it may have."""

    contract: Literal["case_schema"]
    bindings: Annotated[tuple[Named, ...], Field(min_length=1)]
    personal_data: Annotated[tuple[Discipline, ...], Field(min_length=1)]
    gates: tuple[Named, ...]
    fields: Annotated[tuple[RecordField, ...], Field(min_length=1)]
    required_one_of: tuple[Annotated[Codes, Field(min_length=1)], ...]
    severities: Annotated[tuple[SeverityBand, ...], Field(min_length=1)]
    priorities_without_severity: Codes
    alert_levels: Annotated[tuple[Named, ...], Field(min_length=1)]
    case_types: Annotated[tuple[CaseTypeDefaults, ...], Field(min_length=1)]
    lifecycle: Lifecycle

    @model_validator(mode="after")
    def _codes_are_unique(self) -> Self:
        for what in ("bindings", "personal_data", "gates", "fields", "severities", "alert_levels", "case_types"):
            require_unique((each.code for each in getattr(self, what)), what)
        require_unique((traffy for kind in self.case_types for traffy in kind.traffy_types), "Traffy type")
        require_unique((each.edge_kind for each in self.fields if each.edge_kind), "edge kind")
        return self

    @model_validator(mode="after")
    def _fields_refer_to_what_is_declared(self) -> Self:
        require_known((each.binding for each in self.fields), codes(self.bindings), "binding")
        require_known((each.personal_data for each in self.fields), codes(self.personal_data), "discipline")
        gates = [each.gate for each in (*self.fields, *self.lifecycle.gates) if each.gate]
        require_known(gates, codes(self.gates), "gate")
        writable = [each.code for each in self.fields if each.writable]
        require_known((code for group in self.required_one_of for code in group), writable, "writable field of required_one_of")
        return self

    @model_validator(mode="after")
    def _fields_make_sense(self) -> Self:
        require(all(each.writable for each in self.fields if each.required), "a required field is not writable")
        require(all(each.persisted for each in self.fields if each.writable), "a writable field is not persisted")
        require(all((each.type == "enum") == (each.values is not None) for each in self.fields), "an enum, and nothing else, has values")
        whole = all(each.type in {"object", "array"} for each in self.fields if each.parts)
        require(whole, "only an object or an array has parts")
        return self

    @model_validator(mode="after")
    def _bands_fall_to_nothing(self) -> Self:
        floors = [band.score_from for band in self.severities]
        require(all(upper > lower for upper, lower in pairwise(floors)) and floors[-1] == 0, "severities fall from the worst to score 0")
        return self

    @model_validator(mode="after")
    def _types_refer_to_what_is_declared(self) -> Self:
        severities, levels = codes(self.severities), codes(self.alert_levels)
        for kind in self.case_types:
            by_severity = kind.alert_level_by_severity
            raised = [escalator.severity for escalator in kind.severity_raised_by]
            require_known([kind.default_severity, *raised, *by_severity], severities, f"severity of {kind.code}")
            require_known([kind.default_alert_level, *by_severity.values()], levels, f"alert level of {kind.code}")
            require(set(by_severity) == set(severities), f"{kind.code} has no alert level for some severity")
            own = by_severity[kind.default_severity]
            require(own == kind.default_alert_level, f"{kind.code} has another level at its own severity")
        return self

    def values_of(self, name: ListName) -> tuple[str, ...]:
        """Return the codes that an enum of the record may have."""
        lists: dict[ListName, tuple[Named, ...]] = {
            "case_types": self.case_types, "severities": self.severities, "alert_levels": self.alert_levels,
            "statuses": self.lifecycle.statuses,
        }  # fmt: skip
        return codes(lists[name])


def record_problems(schema: CaseSchema, record: Mapping[str, Any]) -> list[Problem]:
    """Return what keeps a case, as its JSON is answered, from being a record of this schema; names beside the record's are no fault."""
    found = ((each.code, _fault(schema, each, record)) for each in schema.fields)
    return [Problem(f"/{code}", fault) for code, fault in found if fault]


def codes(values: Iterable[Named]) -> tuple[str, ...]:
    """Return the codes of a list in its order."""
    return tuple(value.code for value in values)


def require(holds: bool, otherwise: str) -> None:  # noqa: FBT001 - a check reads as one: require(it holds, else this)
    """Raise ValueError with a sentence unless a condition holds."""
    if not holds:
        raise ValueError(otherwise)


def _fault(schema: CaseSchema, each: RecordField, record: Mapping[str, Any]) -> str:
    if each.code not in record:
        return "is missing"
    value = record[each.code]
    if value is None:
        return "" if each.nullable else "is null"
    if not isinstance(value, _JSON_TYPES[each.type]):
        return f"is no {each.type}"
    if each.values and value not in schema.values_of(each.values):
        return f"is none of {each.values}"
    return "is no instant" if each.type == "timestamp" and not _is_instant(value) else ""


def _is_instant(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False
