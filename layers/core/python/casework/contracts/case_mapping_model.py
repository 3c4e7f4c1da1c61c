"""`case_mapping_model.json`: the rules that tie a case to bodies, services, signals, dashboards and sources (enumerations B-7, C-02)."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from casework.contracts.model import Code, Codes, Contract, Named, Part, Share, require_known, require_unique


class EdgeKind(Named):
    """A kind of edge and the field of a case that lists its edges."""

    field: Code


class Confidence(Part):
    """Where an edge's confidence 0..1 comes from (`exact` counts as 1), and below which value there is no edge."""

    basis: Code
    minimum: Share | None = None


class MappingRule(Named):
    """What a rule reads, the edge that it makes, and the bounds within which it holds.

    `relation` tells two rules of one edge kind apart, `link_type` is the link between cases that comes with the edge.
    """

    edge_kind: Code
    trigger_fields: Codes
    confidence: Confidence
    relation: Code | None = None
    link_type: Code | None = None
    within_days: Annotated[int, Field(gt=0)] | None = None
    within_m: Annotated[int, Field(gt=0)] | None = None
    alert_levels: tuple[Code, ...] = ()


class Dashboard(Named):
    """A dashboard, the rule that ties cases to it, and whether it takes alerted ones, all, or those of its types."""

    rule: Code
    covers: Literal["alert_level", "every_case", "case_type"]


class TypeTargets(Part):
    """Where the cases of a type lead. `bodies` in order of preference: all of them lead, or any one that fits."""

    case_type: Code
    bodies: Codes
    lead: Literal["all", "any"]
    service_line: Code
    dashboard: Code


class CaseMappingModel(Contract):
    """The mapping rules and what they point at. Case types and alert levels are those of the case schema."""

    contract: Literal["case_mapping_model"]
    edge_kinds: Annotated[tuple[EdgeKind, ...], Field(min_length=1)]
    edge_states: Annotated[tuple[Named, ...], Field(min_length=1)]
    edge_facts: Annotated[tuple[Named, ...], Field(min_length=1)]
    link_types: Annotated[tuple[Named, ...], Field(min_length=1)]
    trigger_fields: Annotated[tuple[Named, ...], Field(min_length=1)]
    confidence_bases: Annotated[tuple[Named, ...], Field(min_length=1)]
    rules: Annotated[tuple[MappingRule, ...], Field(min_length=1)]
    bodies: Annotated[tuple[Named, ...], Field(min_length=1)]
    service_lines: Annotated[tuple[Named, ...], Field(min_length=1)]
    dashboards: Annotated[tuple[Dashboard, ...], Field(min_length=1)]
    by_case_type: Annotated[tuple[TypeTargets, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _codes_are_unique(self) -> Self:
        lists = ("edge_kinds", "edge_states", "edge_facts", "link_types", "trigger_fields", "confidence_bases", "rules", "bodies")
        for name in (*lists, "service_lines", "dashboards"):
            require_unique((each.code for each in getattr(self, name)), name)
        require_unique((kind.field for kind in self.edge_kinds), "field of an edge kind")
        require_unique((each.case_type for each in self.by_case_type), "case type")
        for each in self.by_case_type:
            require_unique(each.bodies, f"body of {each.case_type}")
        return self

    @model_validator(mode="after")
    def _rules_refer_to_what_is_declared(self) -> Self:
        require_known((rule.edge_kind for rule in self.rules), _codes(self.edge_kinds), "edge kind")
        require_known((rule.link_type for rule in self.rules if rule.link_type), _codes(self.link_types), "link type")
        require_known((name for rule in self.rules for name in rule.trigger_fields), _codes(self.trigger_fields), "trigger field")
        require_known((rule.confidence.basis for rule in self.rules), _codes(self.confidence_bases), "confidence basis")
        return self

    @model_validator(mode="after")
    def _targets_refer_to_what_is_declared(self) -> Self:
        thematic = (board.code for board in self.dashboards if board.covers == "case_type")
        require_known((board.rule for board in self.dashboards), _codes(self.rules), "rule")
        require_known((body for each in self.by_case_type for body in each.bodies), _codes(self.bodies), "body")
        require_known((each.service_line for each in self.by_case_type), _codes(self.service_lines), "service line")
        require_known((each.dashboard for each in self.by_case_type), thematic, "dashboard of a case type")
        return self


def _codes(values: tuple[Named, ...]) -> tuple[str, ...]:
    return tuple(value.code for value in values)
