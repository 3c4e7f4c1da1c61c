"""Suggested escalation targets: who may be told about a case, ranked and with the reason (contract §6.1).

Two stored sources and nothing from the network: contacts of areas that the scope touches, and contacts that its reports
name. Pure: the caller reads areas and reports, these functions only merge and rank.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol, TypeVar

from casework.escalations.addresses import is_plausible_email, normalise_email, split_contacts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

AREA_CONTACT_CONFIDENCE = 0.9
INFERRED_CONTACT_CONFIDENCE = 0.6
SUGGESTION_LIMIT = 8
"""Targets of an analysis and of a new case."""
NAMED_REPORTS = 3
"""Reports that a rationale names before it only counts the rest."""


class TargetRole(StrEnum):
    """What a target is to the problem. `contact` says that nobody has told yet."""

    CONTACT = "contact"
    DISTRICT_OFFICE = "district_office"
    DEPARTMENT = "department"
    STATE_ENTERPRISE = "state_enterprise"
    CONTRACTOR = "contractor"
    OWNER_OPERATOR = "owner_operator"
    REGULATOR = "regulator"
    EMERGENCY = "emergency"
    ELECTED_REP = "elected_rep"


class Channel(StrEnum):
    """How a target is reached; the order of the members is their order among equally confident targets."""

    EMAIL = "email"
    PHONE = "phone"
    SOCIAL = "social"
    WEBSITE = "website"


class TargetSource(StrEnum):
    """Where a suggestion comes from."""

    AREA_CONTACT = "area_contact"
    INFERRED_CONTACT = "inferred_contact"
    SUGGESTED = "suggested"


class Attribution(StrEnum):
    """How far a contact can be trusted to be the body's own (contract §9.6)."""

    OFFICIAL_DIRECT = "official_direct"
    HEURISTIC = "heuristic"


_CHANNEL_ORDER = {channel: position for position, channel in enumerate(Channel)}


@dataclass(frozen=True, slots=True)
class AreaContact:
    """A consented contact e-mail of an area whose shape meets the scope."""

    area_name: str
    email: str
    role_type: TargetRole = TargetRole.CONTACT


@dataclass(frozen=True, slots=True)
class InferredContact:
    """The `inferred_contact_emails` of one report, as stored: a list of entries, each of one or more addresses."""

    report_public_id: str
    emails: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SuggestedTarget:
    """A contact with what is known about it when it is suggested.

    `confidence_score` is 0..1. Unknown texts are empty, never null. The routing fields of contract §9.6 belong to the
    stored target, where they keep their defaults.
    """

    organization: str
    display_name: str
    channel: Channel
    target_source: TargetSource
    confidence_score: float
    rationale: str
    role_type: TargetRole = TargetRole.CONTACT
    attribution_class: Attribution = Attribution.HEURISTIC
    email: str = ""
    phone: str = ""
    website: str = ""
    contact_url: str = ""
    social_platform: str = ""
    social_handle: str = ""
    source_url: str = ""
    evidence_text: str = ""
    verification_level: str = ""

    @property
    def endpoint_key(self) -> str:
        """Return channel and normalised value, by which two suggestions are one contact; empty without a value."""
        value = _NORMALISERS[self.channel](self)
        return f"{self.channel}:{value}" if value else ""

    @property
    def organization_key(self) -> str:
        """Return the organisation's name without differences of case and blanks."""
        return " ".join(self.organization.split()).casefold()


class Mailable(Protocol):
    """A stored target, as far as choosing recipients needs it."""

    @property
    def id(self) -> int:
        """The target's number within v3."""
        ...

    @property
    def email(self) -> str:
        """The target's address, or an empty text."""
        ...


MailableT = TypeVar("MailableT", bound=Mailable)


def merge_targets(
    area_contacts: Iterable[AreaContact], inferred_contacts: Iterable[InferredContact], limit: int = SUGGESTION_LIMIT
) -> list[SuggestedTarget]:
    """Suggest at most `limit` targets, the best first; the order of the input does not matter.

    Contacts of areas always come before those that only a report names. Implausible addresses are no targets.
    """
    candidates = [*map(_area_target, area_contacts), *_inferred_targets(inferred_contacts)]
    return merge_suggestions((target for target in candidates if is_plausible_email(target.email)), limit)


def merge_suggestions(candidates: Iterable[SuggestedTarget], limit: int) -> list[SuggestedTarget]:
    """Make one target of all candidates with the same endpoint and rank the rest (contract §6.2, "Merging").

    The more confident candidate wins, its gaps are filled from the others, the reasons are joined. A candidate without
    any endpoint is dropped.
    """
    merged: dict[str, SuggestedTarget] = {}
    for candidate in sorted(candidates, key=_rank_before_merging):
        key = candidate.endpoint_key
        if key:
            merged[key] = _fill_gaps(merged[key], candidate) if key in merged else candidate
    return sorted(merged.values(), key=_rank)[: max(limit, 0)]


def choose_recipients(targets: Sequence[MailableT], target_ids: Sequence[int] = ()) -> list[MailableT]:
    """Return the targets that a draft or send addresses: with a plausible e-mail, and among `target_ids` if any.

    Unknown ids are ignored; of two targets with one address the first is kept, because an address is mailed once.
    """
    wanted = set(target_ids)
    chosen: dict[str, MailableT] = {}
    for target in targets:
        if (not wanted or target.id in wanted) and is_plausible_email(target.email):
            chosen.setdefault(normalise_email(target.email), target)
    return list(chosen.values())


def _area_target(contact: AreaContact) -> SuggestedTarget:
    """Speak for an area's own contact."""
    return SuggestedTarget(
        organization=contact.area_name,
        display_name=contact.area_name,
        channel=Channel.EMAIL,
        email=normalise_email(contact.email),
        role_type=contact.role_type,
        target_source=TargetSource.AREA_CONTACT,
        attribution_class=Attribution.OFFICIAL_DIRECT,
        confidence_score=AREA_CONTACT_CONFIDENCE,
        evidence_text=contact.area_name,
        rationale=f"Registered contact of the area {contact.area_name}, which the scope touches.",
    )


def _inferred_targets(contacts: Iterable[InferredContact]) -> list[SuggestedTarget]:
    """Speak for the addresses that reports name, each once with all the reports that name it."""
    reports_of: defaultdict[str, set[str]] = defaultdict(set)
    for contact in contacts:
        for email in split_contacts(contact.emails):
            reports_of[email].add(contact.report_public_id)
    return [_inferred_target(email, sorted(reports)) for email, reports in reports_of.items()]


def _inferred_target(email: str, reports: list[str]) -> SuggestedTarget:
    """Speak for one address that reports name; its organisation is unknown."""
    named = _enumerate(reports)
    return SuggestedTarget(
        organization="",
        display_name=email,
        channel=Channel.EMAIL,
        email=email,
        target_source=TargetSource.INFERRED_CONTACT,
        confidence_score=INFERRED_CONTACT_CONFIDENCE,
        evidence_text=", ".join(reports[:NAMED_REPORTS]),
        rationale=f"Named as a contact in {'report' if len(reports) == 1 else 'reports'} {named}.",
    )


def _enumerate(reports: list[str]) -> str:
    """Write a list of references in words: `r1`, `r1 and r2`, `r1, r2, r3 and 4 more`."""
    rest = len(reports) - NAMED_REPORTS
    parts = reports if rest <= 0 else [*reports[:NAMED_REPORTS], f"{rest} more"]
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _fill_gaps(winner: SuggestedTarget, other: SuggestedTarget) -> SuggestedTarget:
    """Keep the winner's texts, take the other's where the winner has none, and both reasons."""
    gaps = {name: getattr(other, name) for name in _FILLABLE if not getattr(winner, name) and getattr(other, name)}
    if winner.role_type is TargetRole.CONTACT:
        gaps["role_type"] = other.role_type
    reasons = dict.fromkeys(reason for reason in (winner.rationale, other.rationale) if reason)
    return replace(winner, rationale=" ".join(reasons), **gaps)


_FILLABLE = (
    "organization", "display_name", "email", "phone", "website", "contact_url",
    "social_platform", "social_handle", "source_url", "evidence_text", "verification_level",
)  # fmt: skip


def _rank(target: SuggestedTarget) -> tuple[float, int, str, str]:
    """Order: confidence falling, channel, organisation, endpoint."""
    return -target.confidence_score, _CHANNEL_ORDER[target.channel], target.organization_key, target.endpoint_key


def _rank_before_merging(target: SuggestedTarget) -> tuple[object, ...]:
    """Order candidates so that the outcome of a merge does not depend on the order in which they were read."""
    return *_rank(target), target.organization, target.role_type, target.rationale


def _phone_digits(target: SuggestedTarget) -> str:
    return "".join(character for character in target.phone if character in "0123456789")


def _social_account(target: SuggestedTarget) -> str:
    platform, handle = target.social_platform.strip().lower(), target.social_handle.strip().lstrip("@").lower()
    return f"{platform}:{handle}" if handle else ""


def _canonical_url(target: SuggestedTarget) -> str:
    """Return host and path of the site, else of the contact page; scheme, `www.` and query tell no sites apart."""
    address = (target.website or target.contact_url).strip()
    if not address:
        return ""
    host, slash, path = _SCHEME.sub("", address).partition("/")
    path = _QUERY_OR_FRAGMENT.split(f"{slash}{path}")[0].rstrip("/")
    return f"{_QUERY_OR_FRAGMENT.split(host)[0].lower().removeprefix('www.')}{path}"


_SCHEME = re.compile(r"\A[a-zA-Z][a-zA-Z0-9+.-]*://")
_QUERY_OR_FRAGMENT = re.compile(r"[?#]")

_NORMALISERS: dict[Channel, Callable[[SuggestedTarget], str]] = {
    Channel.EMAIL: lambda target: normalise_email(target.email),
    Channel.PHONE: _phone_digits,
    Channel.SOCIAL: _social_account,
    Channel.WEBSITE: _canonical_url,
}
