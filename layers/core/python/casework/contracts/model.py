"""What every contract file has: a name, a version, a title in three languages."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

if TYPE_CHECKING:
    from collections.abc import Iterable

Text = Annotated[str, StringConstraints(min_length=1, pattern=r"\S")]
Code = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:-]*$")]

Codes = Annotated[tuple[Code, ...], Field(min_length=1)]
Share = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[int, Field(gt=0)]
Count = Annotated[int, Field(ge=0)]


class Part(BaseModel):
    """A value inside a contract."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)


class Label(Part):
    """What people read, in the three languages of the desk."""

    en: Text
    th: Text
    zh: Text


class Named(Part):
    """A value with what people read for it."""

    code: Code
    label: Label


class Contract(Part):
    """A versioned file of values that an owner may replace without touching code; each model also fixes its `contract` name.

    `schema_version` follows semver. `binding`: we derived the values (A.7 C-41), or their owner has decided them.
    """

    schema_version: Annotated[str, Field(pattern=r"^\d+\.\d+\.\d+(-[a-z]+)?$")]
    binding: Literal["derived", "owner"]
    title: Label


def require_unique(codes: Iterable[str], what: str) -> None:
    """Raise ValueError naming the codes that stand there twice."""
    twice = sorted(code for code, count in Counter(codes).items() if count > 1)
    if twice:
        message = f"{what} named twice: {', '.join(twice)}"
        raise ValueError(message)


def require_known(codes: Iterable[str], known: Iterable[str], what: str) -> None:
    """Raise ValueError naming the codes that nothing in the file declares."""
    unknown = sorted(set(codes) - set(known))
    if unknown:
        message = f"{what} unknown: {', '.join(unknown)}"
        raise ValueError(message)
