"""Reading a JSON body that anybody may have written. Everything wrong with it is an InvalidInput, never an accident."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Never

from casework.kernel.errors import InvalidInput, NotFound, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pydantic import ValidationError

BODY_LIMIT = 2 * 1024 * 1024
_DEPTH, _DIGITS = 64, 18
_SUSPECT = re.compile(r"\x00|\\u0000|\\u[dD][89a-fA-F]")
_FIELD = re.compile(r"[A-Za-z_][\w-]{0,63}", re.ASCII)
"""A name that one of our models may have given; other parts of a place are keys of the caller's, and theirs to know (shown as `*`)."""
_UNSTORABLE = re.compile(r"[\x00\ud800-\udfff]")
_ENUM_MEMBER = re.compile(r"<\w+\.\w+: ('[^']*')>")
"""How pydantic names a permitted member of an enum: `<CaseStatus.OPEN: 'open'>`, of which a caller knows the second half."""
_SURROGATE_OR_NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000|[\ud800-\udfff]")
"""In JSON that we wrote ourselves: a NUL is always `\\u0000`, behind an even number of backslashes; a surrogate stands for itself."""


class InvalidJson(InvalidInput):
    """The body is no JSON that we take: broken, not UTF-8, NaN, an endless number, too deep, NUL or half a surrogate pair."""

    slug = "invalid-json"
    title = "Invalid JSON"


class UnreadableBody(InvalidJson):
    """The same of a body that no parser gets through: not UTF-8, or nested too deep. v1 tells the two apart."""


class _TooLong(ValueError):
    """A whole number that no column holds."""


class BodyTooLarge(InvalidInput):
    """More than 2 MiB, or than a door's own limit."""

    slug = "body-too-large"
    title = "Body too large"


class InvalidFields(InvalidInput):
    """The JSON is fine, its fields are not; `errors` point at each."""

    slug = "invalid-fields"
    title = "Invalid fields"


class InvalidParameters(InvalidFields):
    """The same of the query string or the path."""

    slug = "invalid-parameters"
    title = "Invalid parameters"


def read_json(raw: bytes, limit: int = BODY_LIMIT) -> Any:  # noqa: ANN401 - JSON
    """Return the value of a JSON text of at most `limit` bytes. Raises InvalidJson (UnreadableBody among it) or BodyTooLarge."""
    if len(raw) > limit:
        raise BodyTooLarge(f"the body is larger than {limit} bytes")
    try:
        text = raw.decode()
        value = json.loads(text, parse_constant=_refuse, parse_int=_integer, parse_float=_number)
    except (UnicodeDecodeError, RecursionError):
        raise UnreadableBody("the body is not valid JSON") from None
    except _TooLong:
        raise InvalidJson(f"the body holds a whole number of more than {_DIGITS} digits") from None
    except ValueError:
        raise InvalidJson("the body is not valid JSON") from None
    if text.count("[") + text.count("{") > _DEPTH and _is_deep(value):
        raise UnreadableBody(f"the body is nested deeper than {_DEPTH} levels")
    if _SUSPECT.search(text) and _SURROGATE_OR_NUL.search(json.dumps(value, ensure_ascii=False)):
        raise InvalidJson("the body holds a NUL character or half a surrogate pair")
    return value


def check_text(path: Iterable[str], query: Mapping[str, str]) -> None:
    """Refuse what no text column takes, a NUL or half a surrogate pair. Raises NotFound (no id has one), InvalidParameters."""
    if any(_UNSTORABLE.search(text) for text in path):
        raise NotFound("the path holds a character that no id has")
    problems = [
        Problem(f"?{name}", "must not hold a NUL or half a surrogate pair")
        for name, text in query.items()
        if _UNSTORABLE.search(name + text)
    ]
    if problems:
        raise InvalidParameters(f"{problems[0].pointer}: {problems[0].detail}", errors=problems)


def problems_of(error: ValidationError, *, prefix: str = "") -> list[Problem]:
    """Return pydantic's findings as pointers; the offending values are left out, they may be anything."""
    return [
        Problem(_pointer(prefix, fault["loc"]), _ENUM_MEMBER.sub(r"\1", fault["msg"]), fault["type"])
        for fault in error.errors(include_url=False, include_input=False, include_context=False)
    ]


def _pointer(prefix: str, place: tuple[int | str, ...]) -> str:
    known = (*place[:-2], "*") if place[-1:] == ("[key]",) else place
    path = "/".join(str(part) if isinstance(part, int) or _FIELD.fullmatch(part) else "*" for part in known)
    return f"{prefix}{path}" if prefix == "?" or not place else f"{prefix}/{path}"


def _refuse(constant: str) -> Never:
    raise ValueError(constant)


def _integer(text: str) -> int:
    if len(text) > _DIGITS + 1:
        raise _TooLong
    return int(text)


def _number(text: str) -> float:
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise ValueError(text[:_DIGITS])
    return value


def _is_deep(value: object) -> bool:
    level: list[object] = [value]
    for _ in range(_DEPTH + 1):
        level = [child for node in level for child in _children(node)]
        if not level:
            return False
    return True


def _children(node: object) -> list[object]:
    if isinstance(node, dict):
        return list(node.values())  # pyright: ignore[reportUnknownArgumentType,reportUnknownVariableType]
    return list(node) if isinstance(node, list) else []  # pyright: ignore[reportUnknownArgumentType,reportUnknownVariableType]
