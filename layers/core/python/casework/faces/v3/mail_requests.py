"""Bodies of draft and send (contract §9.2, §9.3)."""

from __future__ import annotations

from typing import Annotated

from pydantic import ConfigDict, Field

from casework.escalations.languages import Language
from casework.escalations.usecases import Mailing
from casework.faces.v3.case_requests import Body, UnacceptableValue
from casework.kernel.errors import Problem

Mails = Annotated[list[Annotated[str, Field(max_length=1000)]], Field(max_length=100)]


class DraftBody(Body):
    """What a caller may choose of a draft."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"target_ids": [4], "cc_emails": ["works@district.example.net"]}]})

    target_ids: Annotated[list[int], Field(max_length=100)] = Field(default_factory=list[int])
    cc_emails: Mails = Field(default_factory=list[str])
    subject: Annotated[str, Field(max_length=2000)] = ""
    body: Annotated[str, Field(max_length=100_000)] = ""
    language: str | None = None

    def mailing(self, *, resend: bool = False) -> Mailing:
        """Return the choice. Raises UnacceptableValue for a language that no draft is written in."""
        asked = next((language for language in Language if language == self.language), None)
        if self.language and asked is None:
            raise UnacceptableValue(
                "language must be one of th, en, zh, de, fr, it, es, pt",
                errors=[Problem("/language", "unknown language")],
            )
        return Mailing(
            target_ids=tuple(self.target_ids), cc_emails=tuple(self.cc_emails), subject=self.subject.strip(), body=self.body.strip(),
            language=asked, resend=resend,
        )  # fmt: skip


class SendBody(DraftBody):
    """As a draft; `resend` repeats on purpose what went out before."""

    resend: bool = False
