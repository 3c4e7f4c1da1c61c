"""How `/internal` words an error: problem+json, with the text and the code of contract §9.4 beside the members of RFC 9457."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from casework.entry.body import InvalidFields, InvalidJson
from casework.entry.problem import PROBLEM, ProblemFace
from casework.kernel.errors import Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from casework.kernel.errors import DomainError


class InternalFace(ProblemFace):
    """The error body of our own services' routes; a body that cannot be read is a 400."""

    def render(self, error: DomainError, status: int, instance: str) -> Refusal:
        """Return `{type, title, status, detail, instance, error, code, …}`; `error` repeats the detail."""
        text = error.detail
        if isinstance(error, InvalidJson | InvalidFields):
            status, text = 400, f"invalid request body: {text}"
        status, body, content_type = PROBLEM.render(error, status, instance)
        told = {"detail": text, "error": text, "code": error.slug}
        return Refusal(status, {**cast("Mapping[str, object]", body), **told}, content_type)


INTERNAL_FACE = InternalFace()
