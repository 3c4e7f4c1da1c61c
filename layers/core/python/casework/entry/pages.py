"""Doors that answer people instead of programs: HTML replies, and a face that says errors as a page too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casework.entry.request import Reply

if TYPE_CHECKING:
    from collections.abc import Callable

    from casework.entry.request import Request
    from casework.kernel.errors import DomainError

HTML = "text/html; charset=utf-8"


def page_reply(status: int, html: str, *, style_hash: str) -> Reply:
    """Return a page that runs nothing, loads nothing, is framed by nobody, and whose address (it may hold a token) is told to nobody."""
    policy = (
        f"default-src 'none'; style-src '{style_hash}'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    )
    headers = {
        "content-security-policy": policy,
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
        "x-robots-tag": "noindex",
    }
    return Reply(status, html, headers, HTML)


class PageFace:
    """A `Face` that renders a refusal with a function from status to HTML; what went wrong in detail is no reader's business."""

    def __init__(self, render_page: Callable[[int], str], *, style_hash: str) -> None:
        """Keep the renderer."""
        self._render_page = render_page
        self._style_hash = style_hash

    def render(self, error: DomainError, status: int, request: Request) -> Reply:  # noqa: ARG002 - the Face's signature
        """Return the page of the status."""
        return page_reply(status, self._render_page(status), style_hash=self._style_hash)
