"""Drafting the mail that tells a responsible body about a case (contract §9.2).

Pure: the same input gives the same mail; nothing is stored or sent. The opt-out link is not part of a draft, because it
differs from recipient to recipient: `letter.add_opt_out` puts it in when the mail leaves.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING
from urllib.parse import quote

from casework.escalations.addresses import parse_cc
from casework.escalations.languages import Language, choose_language
from casework.escalations.letter import (
    Block,
    Facts,
    Link,
    Listing,
    Paragraph,
    Passage,
    clean_text,
    one_line,
    paragraphs,
    render_html,
    render_text,
    shorten,
)
from casework.escalations.phrases import Phrases, phrases_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

MAX_SUBJECT_LENGTH = 255
MAX_REPORT_TITLE_LENGTH = 120
TITLED_REPORTS = 50
"""Reports listed with time and title, the most severe first; the next ones are listed by reference."""
REFERENCED_REPORTS = 200
"""Reports listed by reference alone, after those with a title; the rest is counted."""

_SENTENCE_END = re.compile(r"\n|\. ")


@dataclass(frozen=True, slots=True)
class LinkedReport:
    """A report of the case, as far as a draft shows it. `severity` is 0..1, `observed_at` aware."""

    public_id: str
    title: str
    summary: str
    severity: float
    observed_at: datetime


@dataclass(frozen=True, slots=True)
class DraftTarget:
    """A selected recipient of the draft."""

    organization: str
    display_name: str
    email: str


@dataclass(frozen=True, slots=True)
class DraftInput:
    """All that a draft is made of. `severity` and `urgency` are 0..1; blank `subject` and `body` mean "write them"."""

    alias: str
    title: str
    summary: str
    severity: float
    urgency: float
    public_base_url: str
    reports: tuple[LinkedReport, ...] = ()
    targets: tuple[DraftTarget, ...] = ()
    subject: str = ""
    body: str = ""
    cc_emails: tuple[str, ...] = ()
    language: Language | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """A mail to be looked at: one subject line, the body as text and as HTML with the same content, and the copies."""

    subject: str
    body: str
    html: str
    language: Language
    cc_emails: tuple[str, ...]


def draft_mail(draft: DraftInput) -> Draft:
    """Write the mail about a case in the language of the case or of its recipients; given texts replace ours."""
    language = choose_language((draft.title, draft.summary), (target.email for target in draft.targets), asked=draft.language)
    phrases = phrases_of(language)
    subject = subject_line(draft.subject) or subject_line(phrases.subject.format(title=_title(draft, phrases)))
    blocks = paragraphs(clean_text(draft.body)) or _compose(draft, phrases)
    return Draft(
        subject=subject,
        body=clean_text(draft.body) or render_text(blocks),
        html=render_html(blocks, language, subject),
        language=language,
        cc_emails=parse_cc(draft.cc_emails, target_emails=[target.email for target in draft.targets]),
    )


def subject_line(text: str) -> str:
    """Return a text that is safe as a mail's subject: one line without control characters, at most 255 characters."""
    return shorten(one_line(text), MAX_SUBJECT_LENGTH)


def html_of_body(body: str, *, language: Language, subject: str) -> str:
    """Write a plain body as the HTML part of a mail, for callers that bring a text only."""
    return render_html(paragraphs(clean_text(body)), language, subject)


def case_url(public_base_url: str, alias: str) -> str:
    """Return the permanent address of a case."""
    return f"{public_base_url.rstrip('/')}/cases/{quote(alias, safe='')}"


def _compose(draft: DraftInput, phrases: Phrases) -> list[Block]:
    """Lay out our own mail."""
    reports = sorted(draft.reports, key=_most_severe_then_newest)
    return [
        Paragraph(_greeting(draft.targets, phrases)),
        Paragraph(phrases.opened.format(title=_title(draft, phrases))),
        Passage(phrases.summary_label, _summary(draft, reports, phrases)),
        _facts(draft, phrases),
        *_listings(reports, phrases),
        Link(phrases.link, case_url(draft.public_base_url, draft.alias)),
        Paragraph(phrases.request),
        Paragraph(phrases.thanks),
        Paragraph(f"{phrases.closing}\n{phrases.sender}"),
    ]


def _greeting(targets: Sequence[DraftTarget], phrases: Phrases) -> str:
    """Greet the organisation by name when all targets belong to one, otherwise whoever reads."""
    names = {one_line(target.organization) for target in targets}
    if len(names) == 1 and "" not in names:
        return phrases.greeting_named.format(name=names.pop())
    return phrases.greeting


def _title(draft: DraftInput, phrases: Phrases) -> str:
    """Return the case's title as one line."""
    return _translate_opening(one_line(draft.title), phrases)


def _summary(draft: DraftInput, reports: Sequence[LinkedReport], phrases: Phrases) -> str:
    """Return the case's summary, else the title, else the summary, of its foremost report, else a general sentence."""
    own = clean_text(draft.summary)
    if own:
        return _translate_opening(own, phrases)
    foremost = clean_text(reports[0].title) or clean_text(reports[0].summary) if reports else ""
    return foremost or phrases.summary_unknown


def _facts(draft: DraftInput, phrases: Phrases) -> Facts:
    """Lay out the figures of the case."""
    rows = (
        (phrases.severity_label, phrases.percent.format(number=_percent(draft.severity))),
        (phrases.urgency_label, phrases.percent.format(number=_percent(draft.urgency))),
        (phrases.count_label, str(len(draft.reports))),
        (phrases.reference_label, one_line(draft.alias)),
    )
    return Facts(rows, phrases.label)


def _listings(reports: Sequence[LinkedReport], phrases: Phrases) -> list[Block]:
    """Name the reports by `public_id`: the foremost with time and title, then references alone, then a count."""
    titled, others = reports[:TITLED_REPORTS], reports[TITLED_REPORTS:]
    referenced, left_out = others[:REFERENCED_REPORTS], len(others[REFERENCED_REPORTS:])
    listings: list[Block] = []
    if titled:
        listings.append(Listing(phrases.reports_heading, tuple(map(_report_line, titled))))
    if referenced:
        references = ", ".join(one_line(report.public_id) for report in referenced)
        remark = f"\n{phrases.more(left_out)}" if left_out else ""
        listings.append(Passage(phrases.references_heading, f"{references}{remark}"))
    return listings


def _report_line(report: LinkedReport) -> str:
    """Name one report: reference, instant in UTC, title or else summary."""
    observed = report.observed_at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
    text = shorten(one_line(report.title) or one_line(report.summary), MAX_REPORT_TITLE_LENGTH)
    return " · ".join(part for part in (one_line(report.public_id), observed, text) if part)


def _most_severe_then_newest(report: LinkedReport) -> tuple[float, float, str]:
    """Order reports: severity falling, then time falling, then reference."""
    return -report.severity, -report.observed_at.timestamp(), report.public_id


def _percent(share: float) -> int:
    """Return a share of 0..1 as a whole percentage, halves up."""
    return math.floor(min(max(share, 0.0), 1.0) * 100 + 0.5)


def _translate_opening(text: str, phrases: Phrases) -> str:
    """Put the two titles that machines make, which are English, into the mail's language; other text stays as it is."""
    english = phrases_of(Language.EN)
    for pattern, translated in ((english.incident_at, phrases.incident_at), (english.area_around, phrases.area_around)):
        opening = pattern.removesuffix("{place}")
        place = text[len(opening) :].rstrip(".")
        if text.lower().startswith(opening.lower()) and place and not _SENTENCE_END.search(place):
            return translated.format(place=place)
    return text
