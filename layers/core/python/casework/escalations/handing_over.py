"""Mails that hand a walk of the help desk over: a letter without a case, to those whom an account or its tenant names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from casework.escalations.actions import Addressee, StoredRequest
from casework.kernel.ids import uuid7

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from casework.escalations.ports import Post
    from casework.settings import MailLimits

SOURCE = "walk_escalation"


@dataclass(frozen=True, slots=True)
class HandOverDesk:
    """The L1 room's way to the mail room, inside its transaction."""

    post: Post
    limits: MailLimits

    def count(self, work: Any, *, mails: int, by: str, at: datetime) -> None:  # noqa: ANN401
        """Count against the daily caps. Raises RateLimited."""
        self.post.count_usage(work, user_id=by, mails=mails, limits=self.limits, at=at)

    def mail(
        self,
        work: Any,  # noqa: ANN401
        letter: tuple[str, str, str],
        recipients: Sequence[str],
        *,
        session_id: UUID,
        language: str,
        by: str,
        at: datetime,
    ) -> int:
        """Store the letter (subject, text, HTML) and a delivery per address with its hint in the outbox; return how many will leave."""
        subject, text, html = letter
        request = StoredRequest(
            id=uuid7(), walk_session_id=session_id, subject=subject, body=text, html=html, language=language, cc_emails=(),
            requested_by=by, requested_at=at,
        )  # fmt: skip
        work.escalations.add_request(request)
        addressees = [Addressee(email, source=SOURCE) for email in recipients]
        rows = self.post.queue_deliveries(work, request_id=request.id, case_id=None, recipients=addressees, sensitive=False, at=at)
        return sum(row["status"] == "queued" for row in rows)
