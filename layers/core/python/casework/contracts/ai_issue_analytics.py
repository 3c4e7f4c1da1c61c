"""`ai_issue_analytics.json`: the stages of the pipeline, the two views of an analysis, what nobody reported, and the clustering score.

Source: enumerations B-15 and B-16, C-31 and C-34, S1-42 and S1-74; stages and engines as the design of the pipeline lists them.
"""

from __future__ import annotations

import math
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from casework.contracts.model import Code, Codes, Contract, Count, Named, Part, Share, require_known, require_unique


class Engine(Named):
    """What does a stage's work: an embedded one needs no key and is never presented as a model."""

    kind: Literal["embedded", "cloud"]


class PipelineStage(Named):
    """A stage: its place, whether it works on a run's batch or on one candidate, its engines, why a person must look.

    The first engine is the default.
    """

    order: Annotated[int, Field(ge=1)]
    works_on: Literal["run", "candidate"]
    engines: Codes
    human_review: tuple[Code, ...]


class SecondOpinion(Part):
    """The stage that asks a larger model when its confidence lies below."""

    stage: Code
    below_confidence: Share


class Faithfulness(Part):
    """From which score a text passes, and how often it is written anew before it is declined."""

    stage: Code
    passes_from: Share
    regenerations: Count


class View(Named):
    """A reading of an analysis; a k-safe one tells nothing about fewer people than the privacy values allow."""

    shows: Codes
    withholds: tuple[Code, ...]
    k_safe: bool


class Origin(Named):
    """How a cluster came to notice, by the human reports that it has at least."""

    human_reports_min: Count


class Lift(Named):
    """What lets a proactive item rise above its highest level, where there is a time limit within it."""

    within_minutes: Annotated[int, Field(gt=0)] | None = None


class Proactive(Part):
    """Bounds of what sensors and monitoring alone found, so that it does not crowd out people's reports."""

    origin: Code
    highest_alert_level: Code
    lifted_by: Annotated[tuple[Lift, ...], Field(min_length=1)]
    requires_human_review: bool
    daily_slots_max: Count


class Component(Named):
    """A part of the score of two signals. The first of `methods` is for embedded texts, the second for all others.

    One that counts only where both sides have it leaves its weight to the others where they have not.
    """

    weight: Annotated[float, Field(gt=0, le=1)]
    zero_from_m: Annotated[int, Field(gt=0)] | None = None
    zero_from_difference: Annotated[float, Field(gt=0, le=1)] | None = None
    methods: tuple[Code, ...] = ()
    only_if_both: bool = False


class AutoMatch(Part):
    """When a cluster belongs to a known case, open or closed lately; the flag says whether that is acted upon."""

    flag: Code
    from_score: Share
    same_case_type: bool
    closed_within_days: Count


class Clustering(Part):
    """The score that links two signals, what a group tells about itself, the factors of its rank in the queue."""

    components: Annotated[tuple[Component, ...], Field(min_length=1)]
    link_from: Share
    cohesion: Literal["mean_link_score"]
    confidence_components: Codes
    queue_rank: Codes
    auto_match: AutoMatch

    @model_validator(mode="after")
    def _weights_make_a_whole(self) -> Self:
        require_unique((each.code for each in self.components), "component")
        total = math.fsum(each.weight for each in self.components)
        if not math.isclose(total, 1.0, abs_tol=1e-9):
            message = f"weights of the components add up to {total:g}, not to 1"
            raise ValueError(message)
        return self


class AiIssueAnalytics(Contract):
    """The pipeline as the owner decides it. Alert levels and the daily cap are those of other contracts."""

    contract: Literal["ai_issue_analytics"]
    engines: Annotated[tuple[Engine, ...], Field(min_length=1)]
    review_reasons: Annotated[tuple[Named, ...], Field(min_length=1)]
    stages: Annotated[tuple[PipelineStage, ...], Field(min_length=1)]
    second_opinion: SecondOpinion
    faithfulness: Faithfulness
    views: Annotated[tuple[View, ...], Field(min_length=1)]
    origins: Annotated[tuple[Origin, ...], Field(min_length=1)]
    proactive: Proactive
    clustering: Clustering

    @model_validator(mode="after")
    def _codes_are_unique(self) -> Self:
        for name in ("engines", "review_reasons", "stages", "views", "origins"):
            require_unique((each.code for each in getattr(self, name)), name)
        require_unique((each.code for each in self.proactive.lifted_by), "lift")
        return self

    @model_validator(mode="after")
    def _references_resolve(self) -> Self:
        stages = [stage.code for stage in self.stages]
        require_known((name for stage in self.stages for name in stage.engines), (each.code for each in self.engines), "engine")
        reasons = (each.code for each in self.review_reasons)
        require_known((name for stage in self.stages for name in stage.human_review), reasons, "reason for a review")
        require_known((self.second_opinion.stage, self.faithfulness.stage), stages, "stage")
        require_known([self.proactive.origin], (each.code for each in self.origins), "origin")
        return self

    @model_validator(mode="after")
    def _stages_run_in_order(self) -> Self:
        if [stage.order for stage in self.stages] != list(range(1, len(self.stages) + 1)):
            raise ValueError("stages are not numbered 1, 2, 3 … in the order of the list")
        if [stage.works_on for stage in self.stages] != sorted((stage.works_on for stage in self.stages), reverse=True):
            raise ValueError("a stage of the run comes after one of a candidate")
        return self

    @model_validator(mode="after")
    def _stages_work_without_a_key(self) -> Self:
        embedded = {engine.code for engine in self.engines if engine.kind == "embedded"}
        bare = sorted(stage.code for stage in self.stages if stage.engines[0] not in embedded)
        if bare:
            message = f"stages whose default engine needs a key: {', '.join(bare)}"
            raise ValueError(message)
        return self
