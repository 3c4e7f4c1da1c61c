"""`multi_source_intake.json`: where signals come from, how far each source is trusted, what is taken out, how long it is kept.

Source: enumerations B-13 and B-14, C-03, C-33 and C-42; the limit of a request is the door's.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from casework.contracts.model import Code, Codes, Contract, Named, Part, Positive, Share, require_known, require_unique


class Source(Named):
    """A source: how it proves itself, how and as what its items arrive, what they hold of people, its trust 0..1.

    `witness` says who saw the matter: only a human one makes a cluster reactive.
    """

    auth: Codes
    channels: Codes
    media: Codes
    pii_class: Code
    trust: Share
    witness: Literal["human", "sensor", "monitoring"]


class Limits(Part):
    """Most signals of one request, most inbox items that one run pulls (oldest first)."""

    signals_per_request_max: Positive
    inbox_items_per_run_max: Positive


class LowTrust(Part):
    """A source of less trust is low: by such ones alone a case never gets one of these alert levels."""

    below_trust: Share
    alert_levels_never_alone: Codes


class Redaction(Part):
    """What is taken out of every text, whatever its source, before a call leaves the account. No file may put it later."""

    before: Literal["outbound_call"]
    kinds: Annotated[tuple[Named, ...], Field(min_length=1)]


class Retention(Named):
    """How long a kind of data is kept: `retention_days` or `retention_years` since it was stored or its case closed.

    `hot_days` in quick storage first; `at_least_days` where a law wants a minimum; `ended_by` what ends it sooner; `only_with` what must be
    given for it to be stored at all; `readers` the roles that alone may read it; `then` what is left afterwards.
    """

    since: Literal["stored", "case_closed"]
    retention_days: Positive | None = None
    retention_years: Positive | None = None
    hot_days: Positive | None = None
    at_least_days: Positive | None = None
    ended_by: tuple[Code, ...] = ()
    only_with: tuple[Code, ...] = ()
    readers: tuple[Code, ...] = ()
    then: Literal["delete", "redacted_copy_with_case", "aggregate_only"] = "delete"
    personal_payload: Literal["as_stored", "redacted", "crypto_shreddable"] = "as_stored"
    object_lock: bool = False

    @model_validator(mode="after")
    def _one_span(self) -> Self:
        if (self.retention_days is None) == (self.retention_years is None):
            raise ValueError("a retention has either days or years")
        if self.at_least_days and self.retention_days and self.at_least_days > self.retention_days:
            raise ValueError("a retention ends before its minimum")
        return self


class SubjectRequest(Named):
    """A right of a person: the days aimed at, and the days that are the law's limit."""

    target_days: Positive
    limit_days: Positive

    @model_validator(mode="after")
    def _target_within_limit(self) -> Self:
        if self.target_days > self.limit_days:
            raise ValueError("the target lies beyond the limit")
        return self


class SubjectRequests(Part):
    """What a person may ask for, and how soon it is acknowledged."""

    acknowledge_hours: Positive
    kinds: Annotated[tuple[SubjectRequest, ...], Field(min_length=1)]


class MultiSourceIntake(Contract):
    """The intake of signals. Alert levels and roles are those of other contracts."""

    contract: Literal["multi_source_intake"]
    pii_classes: Annotated[tuple[Named, ...], Field(min_length=1)]
    auth_methods: Annotated[tuple[Named, ...], Field(min_length=1)]
    channels: Annotated[tuple[Named, ...], Field(min_length=1)]
    media: Annotated[tuple[Named, ...], Field(min_length=1)]
    sources: Annotated[tuple[Source, ...], Field(min_length=1)]
    idempotency_key: Codes
    limits: Limits
    low_trust: LowTrust
    redaction: Redaction
    retention: Annotated[tuple[Retention, ...], Field(min_length=1)]
    subject_requests: SubjectRequests

    @model_validator(mode="after")
    def _codes_are_unique(self) -> Self:
        for name in ("pii_classes", "auth_methods", "channels", "media", "sources", "retention"):
            require_unique((each.code for each in getattr(self, name)), name)
        require_unique((each.code for each in self.redaction.kinds), "kind of redaction")
        require_unique((each.code for each in self.subject_requests.kinds), "subject request")
        return self

    @model_validator(mode="after")
    def _sources_refer_to_what_is_declared(self) -> Self:
        for source in self.sources:
            require_known([source.pii_class], (each.code for each in self.pii_classes), f"PII class of {source.code}")
            require_known(source.auth, (each.code for each in self.auth_methods), f"authentication of {source.code}")
            require_known(source.channels, (each.code for each in self.channels), f"channel of {source.code}")
            require_known(source.media, (each.code for each in self.media), f"medium of {source.code}")
        return self
