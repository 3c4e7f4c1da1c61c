"""Alerting: who is told about a case, how fast, in which order, and who must agree to what (B-3, B-5, B-8 to B-11).

Levels stand in order, most urgent first. Case types, severities and roles are codes of other files and of the code; of the lifecycle only
the words stand here, the ways between them in case_schema.json. An alert is no transition: one about a sensitive case goes out at once,
redacted.
"""

from __future__ import annotations

from typing import Annotated, Literal, NamedTuple

from pydantic import Field, model_validator

from casework.contracts.model import Code, Codes, Contract, Count, Label, Named, Part, Positive, require_known, require_unique


class Level(Named):
    """An alert level: how people are reached and along which path."""

    channels: Codes
    escalation_path: Code


class LevelRule(Part):
    """What a severity does to the level of a type.

    A rule holds for the types, base levels and severity engine that it names, for all where it names none. Its outcome is a fixed `level`,
    or the base made calmer by `calmer_steps`, then never above `never_above`.
    """

    rule_id: Code
    reason: Label
    severity: Code
    case_types: tuple[Code, ...] = ()
    base_levels: tuple[Code, ...] = ()
    severity_engine: Code | None = None
    level: Code | None = None
    calmer_steps: Count | None = None
    never_above: Code | None = None

    @property
    def levels(self) -> list[str]:
        """Return the levels that the rule names."""
        return [*self.base_levels, *(level for level in (self.level, self.never_above) if level)]

    def holds_for(self, case_type: str | None, severity: str, base: str, engine: str | None) -> bool:
        """Tell whether this rule speaks about such a case."""
        named = ((self.case_types, case_type), (self.base_levels, base), ((self.severity_engine,) if self.severity_engine else (), engine))
        return severity == self.severity and all(not codes or value in codes for codes, value in named)

    @model_validator(mode="after")
    def _have_one_outcome(self) -> LevelRule:
        if (self.level is None) == (self.calmer_steps is None) or (self.level and self.never_above):
            message = f"{self.rule_id}: a rule sets a level, or moves from the base"
            raise ValueError(message)
        return self


class Decision(NamedTuple):
    """The level of a case and the rule that chose it; where the level is not the base, an override is recorded."""

    level: str
    rule_id: str


class LevelChange(Part):
    """A person raises an alert to one of `levels`, or lowers it from one of them, under a row of the approval matrix."""

    direction: Literal["raise", "lower"]
    levels: Codes
    approval_row: Code


class LevelDecision(Part):
    """Stage 9: the first rule that holds decides. The trace keeps `override_records` when the result is not the base."""

    stage: Code
    rules: Annotated[tuple[LevelRule, ...], Field(min_length=1)]
    override_records: tuple[Code, ...]
    by_people: tuple[LevelChange, ...]

    @model_validator(mode="after")
    def _leave_nothing_open(self) -> LevelDecision:
        require_unique((rule.rule_id for rule in self.rules), "rules")
        require_unique((change.direction for change in self.by_people), "changes by people")
        last = {rule.severity: rule for rule in self.rules}
        open_ones = [code for code, rule in last.items() if rule.case_types or rule.base_levels or rule.severity_engine]
        if open_ones:
            message = f"the last rule of a severity holds for every case: {', '.join(open_ones)}"
            raise ValueError(message)
        return self


class Recipient(Named):
    """Someone who is told: a place on the rota, an office, a group."""

    kind: Literal["rota", "office", "group"]


class Step(Part):
    """One thing done at a hop; steps of one hop do not wait for each other. `levels`: only for alerts of these."""

    action: Code
    to: Code | None = None
    channel: Code | None = None
    levels: tuple[Code, ...] = ()


class Hop(Part):
    """A rung of the ladder: minutes after the alert, or the moment that the service level gives."""

    after_minutes: Count | None = None
    at_sla: Literal["warn", "breach"] | None = None
    steps: Annotated[tuple[Step, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _have_one_moment(self) -> Hop:
        if (self.after_minutes is None) == (self.at_sla is None):
            message = "a hop happens after minutes, or at a moment of the service level"
            raise ValueError(message)
        return self


class EscalationPath(Named):
    """A ladder of hops in order of time; those that the service level times come last."""

    hops: Annotated[tuple[Hop, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _climb(self) -> EscalationPath:
        minutes = [hop.after_minutes for hop in self.hops if hop.after_minutes is not None]
        moments = [hop.at_sla for hop in self.hops if hop.at_sla is not None]
        rising = minutes == sorted(set(minutes)) and moments in ([], ["warn"], ["breach"], ["warn", "breach"])
        if not rising or any(hop.at_sla for hop in self.hops[: len(minutes)]):
            message = f"{self.code}: hops follow each other in time"
            raise ValueError(message)
        return self


class Channel(Named):
    """A way to reach people; `acknowledges`: an answer there counts as an acknowledgement."""

    acknowledges: bool


class Delivery(Part):
    """How every hop is carried out."""

    channels_independent: bool
    retries: Count
    retry_backoff: bool


class Acknowledgement(Part):
    """What an acknowledgement does, and whether people without a channel are found before they are needed."""

    from_any_channel: bool
    stops: Literal["ladder"]
    unreachable_found: Literal["before_needed"]


class StormBreaker(Part):
    """More than `more_than` alerts of these levels and origin in the window fall under one parent alert; nothing is dropped."""

    levels: Codes
    raised_by: Code
    more_than: Positive
    window_minutes: Positive
    then: Literal["parent_alert"]
    notice_to: Code


class SensitiveAlerts(Part):
    """What an alert about a sensitive case shows, and whether it waits for signatures."""

    text: Literal["redacted"]
    waits_for_approval: bool


class Measure(Named):
    """One of the actions of alerting and the figures that tell how well it goes; a figure's code names its unit."""

    figures: Annotated[tuple[Named, ...], Field(min_length=1)]


class ApprovalRow(Named):
    """Who signs an action: one signer for each signature, all of them distinct people. A row that is not `permitted` has none.

    `above_rows`, `above_percent` and `any_unmasked_column` say from where on the row is asked.
    """

    permitted: Literal["with_signatures", "contract_version_only"]
    signatures: Count
    signers: tuple[Code, ...]
    never_counts: tuple[Code, ...] = ()
    reason_required: bool = False
    logged: bool = False
    notify_every_days: Positive | None = None
    above_rows: Positive | None = None
    above_percent: Annotated[int, Field(gt=0, lt=100)] | None = None
    any_unmasked_column: bool = False

    @model_validator(mode="after")
    def _have_a_signer_each(self) -> ApprovalRow:
        if len(self.signers) != self.signatures or (self.signatures > 0) != (self.permitted == "with_signatures"):
            message = f"{self.code}: a signer is named for each signature, and none where no signature helps"
            raise ValueError(message)
        return self


class Approvals(Part):
    """The approval matrix. A signature keeps `signature_records`, so it holds for exactly one change."""

    expires_after_hours: Positive
    signature_records: Codes
    signers: tuple[Named, ...]
    never_counting: tuple[Named, ...]
    rows: tuple[ApprovalRow, ...]

    @model_validator(mode="after")
    def _hold_together(self) -> Approvals:
        signers, never = [one.code for one in self.signers], [one.code for one in self.never_counting]
        for codes, what in ((signers, "signers"), (never, "those who never count"), ([row.code for row in self.rows], "rows")):
            require_unique(codes, what)
        require_known((code for row in self.rows for code in row.signers), signers, "signers")
        require_known((code for row in self.rows for code in row.never_counts), never, "those who never count")
        return self


class Gate(Named):
    """What must have been shown before something goes live; `minimum_score` where the evidence is a score."""

    evidence: Annotated[tuple[Named, ...], Field(min_length=1)]
    minimum_score: Annotated[float, Field(ge=0, le=1)] | None = None


class Gates(Part):
    """The gates, and what a sign-off of one for the whole system records."""

    sign_off_records: Codes
    items: tuple[Gate, ...]

    @model_validator(mode="after")
    def _name_once(self) -> Gates:
        require_unique((gate.code for gate in self.items), "gates")
        for gate in self.items:
            require_unique((one.code for one in gate.evidence), f"{gate.code}: evidence")
        return self


class AlertingModel(Contract):
    """The file as a whole; `decide` reads stage 9's rules."""

    contract: Literal["alerting_model"]
    channels: tuple[Channel, ...]
    recipients: tuple[Recipient, ...]
    actions: tuple[Named, ...]
    levels: Annotated[tuple[Level, ...], Field(min_length=1)]
    level_decision: LevelDecision
    escalation_paths: tuple[EscalationPath, ...]
    delivery: Delivery
    acknowledgement: Acknowledgement
    storm_breaker: StormBreaker
    sensitive_alerts: SensitiveAlerts
    measures: tuple[Measure, ...]
    lifecycle: tuple[Named, ...]
    approvals: Approvals
    gates: Gates

    def decide(self, case_type: str | None, severity: str, base: str, *, engine: str | None = None) -> Decision:
        """Return the level of a case whose type has the level `base`; `engine` is who judged the severity, None for a person.

        Raises LookupError for a severity that no rule names, ValueError for a level that the file does not have.
        """
        for rule in self.level_decision.rules:
            if rule.holds_for(case_type, severity, base, engine):
                return Decision(rule.level or self._moved(base, rule), rule.rule_id)
        raise LookupError(severity)

    def _moved(self, base: str, rule: LevelRule) -> str:
        order = [level.code for level in self.levels]
        place = min(order.index(base) + (rule.calmer_steps or 0), len(order) - 1)
        return order[max(place, order.index(rule.never_above))] if rule.never_above else order[place]

    @model_validator(mode="after")
    def _declare_once(self) -> AlertingModel:
        for name in ("channels", "recipients", "actions", "levels", "escalation_paths", "measures", "lifecycle"):
            require_unique((one.code for one in getattr(self, name)), name)
        require_unique((figure.code for measure in self.measures for figure in measure.figures), "figures")
        return self

    @model_validator(mode="after")
    def _resolve_levels(self) -> AlertingModel:
        require_known((code for level in self.levels for code in level.channels), (one.code for one in self.channels), "channels of levels")
        require_known((level.escalation_path for level in self.levels), (path.code for path in self.escalation_paths), "escalation paths")
        named = [code for rule in self.level_decision.rules for code in rule.levels] + list(self.storm_breaker.levels)
        named += [code for change in self.level_decision.by_people for code in change.levels]
        require_known(named, (level.code for level in self.levels), "levels")
        rows = [change.approval_row for change in self.level_decision.by_people]
        require_known(rows, (row.code for row in self.approvals.rows), "approval rows")
        return self

    @model_validator(mode="after")
    def _resolve_paths(self) -> AlertingModel:
        steps = [step for path in self.escalation_paths for hop in path.hops for step in hop.steps]
        require_known((step.action for step in steps), (one.code for one in self.actions), "actions")
        told = [step.to for step in steps if step.to]
        require_known([*told, self.storm_breaker.notice_to], (one.code for one in self.recipients), "recipients")
        require_known((step.channel for step in steps if step.channel), (one.code for one in self.channels), "channels of hops")
        require_known((code for step in steps for code in step.levels), (level.code for level in self.levels), "levels of hops")
        return self
