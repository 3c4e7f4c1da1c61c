"""The mail that hands a walk over: what the next one needs to begin, without contacts."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, NamedTuple

from casework.kernel.redaction import redact
from casework.walks.phrases import phrase

if TYPE_CHECKING:
    from collections.abc import Iterable

    from casework.walks.model import Walk

_SUBJECT_LENGTH = 120


class HandOver(NamedTuple):
    """Subject, text and HTML."""

    subject: str
    text: str
    html: str


def hand_over(walk: Walk, names: Iterable[str]) -> HandOver:
    """Return the mail about an escalated walk, in the language of its problem; contacts and these names are taken out."""

    def clean(text: str) -> str:
        return redact(text, names)

    language = walk.language
    problem = clean(" ".join(walk.problem_text.split()))
    subject = phrase("subject", language, problem=problem[:_SUBJECT_LENGTH])
    steps = [f"{number}. {clean(step.question)} – {clean(step.answer)}" for number, step in enumerate(walk.steps, 1)]
    parts = [
        phrase("intro", language, reason=phrase(walk.reason_category or "other", language)),
        f"{phrase('problem', language)}: {clean(walk.problem_text)}",
        *([f"{phrase('remark', language)}: {clean(walk.reason)}"] if walk.reason else []),
        "\n".join([f"{phrase('steps', language)}:", *(steps or [phrase("no_steps", language)])]),
        f"{phrase('reference', language)}: {walk.id}",
    ]
    html = "".join(f"<p>{escape(part).replace(chr(10), '<br>')}</p>" for part in parts)
    return HandOver(" ".join(subject.split()), "\n\n".join(parts), html)
