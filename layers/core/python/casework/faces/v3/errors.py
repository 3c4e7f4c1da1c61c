"""How v3 and v4 word an error: `{"error": "<text>", "code": "<slug>", …facts, "errors"?: [{pointer, detail}]}`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casework.entry.problem import ProblemFace
from casework.kernel.errors import DomainError, Forbidden, Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

_BAD_REQUEST = 400
_WORDED: Mapping[str, tuple[int, str]] = {
    "invalid-json": (_BAD_REQUEST, "invalid json"),
    "invalid-fields": (_BAD_REQUEST, "invalid json"),
    "body-too-large": (413, "request body too large"),
    "internal-error": (500, "internal error"),
}
"""Status and text where contract §2 fixes them, by slug; the rest keeps its family's status and its own detail."""


class V3Face(ProblemFace):
    """The error body of contract §2, with a code that programs can rely on."""

    def render(self, error: DomainError, status: int, instance: str) -> Refusal:  # noqa: ARG002 - a face's signature
        """Return the answer to a refusal."""
        status, text = _WORDED.get(error.slug, (status, error.detail))
        if error.slug == "invalid-parameters":
            status = _BAD_REQUEST
        if isinstance(error, Forbidden):
            text = "forbidden"
        body: dict[str, object] = {"error": text, "code": error.slug, **error.facts}
        if error.errors:
            body["errors"] = [problem.shown() for problem in error.errors]
        return Refusal(status, body)


V3 = V3Face()
