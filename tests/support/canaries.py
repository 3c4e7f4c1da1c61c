"""Made-up persons, and every form in which a trace of one might turn up."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from urllib.parse import quote

_THAI_DIGITS = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")
_SYLLABLES = "กาขาคาจาชาดาตานาปามายาราลาวาสา"


@dataclass(frozen=True)
class Person:
    """The person of one number; nobody else shares a name, phone, address or id with them."""

    number: int

    @property
    def name(self) -> str:
        return f"Kanokwan Solitaire{self.number:02d}"

    @property
    def thai_name(self) -> str:
        first, second = divmod(self.number, 15)
        return f"กนกวรรณ ศรีทดลอง{_SYLLABLES[2 * first : 2 * first + 2]}{_SYLLABLES[2 * second : 2 * second + 2]}ชัย"

    @property
    def phone(self) -> str:
        return f"08917355{self.number:02d}"

    @property
    def email(self) -> str:
        return f"solitaire{self.number:02d}@private-post.example.net"

    @property
    def citizen_id(self) -> str:
        return f"11037049226{self.number:02d}"

    @property
    def text(self) -> str:
        """A sentence that says it all."""
        return f"{self.name} {self.thai_name} โทร {self.phone} {self.email} บัตร {self.citizen_id}"


def traces(person: Person) -> dict[str, str]:
    """What to look for, in lower case, by what it is."""
    phone = person.phone
    plain = {"name": person.name, "thai name": person.thai_name, "phone": phone, "email": person.email, "id": person.citizen_id}
    forms = {
        "phone with hyphens": f"{phone[:3]}-{phone[3:6]}-{phone[6:]}",
        "phone abroad": f"66{phone[1:]}",
        "phone in Thai digits": phone.translate(_THAI_DIGITS),
        "id in Thai digits": person.citizen_id.translate(_THAI_DIGITS),
    }
    for kind, value in plain.items():
        forms[f"{kind}, percent-encoded"] = quote(value, safe="")
        forms[f"{kind}, JSON escapes"] = json.dumps(value)[1:-1]
        forms[f"{kind}, hex"] = value.encode().hex()
        forms |= {f"{kind}, base64 at {offset}": _base64_core(value, offset) for offset in range(3)}
    return {kind: value.lower() for kind, value in (plain | forms).items()}


def found_in(text: str, person: Person) -> list[str]:
    """Which traces of a person a text holds."""
    lowered = text.lower()
    return [kind for kind, trace in traces(person).items() if trace in lowered]


def _base64_core(value: str, offset: int) -> str:
    """The part of the base64 text that does not depend on what stands before and behind."""
    encoded = base64.b64encode(b"\0" * offset + value.encode()).decode().rstrip("=")
    start = 0 if offset == 0 else 4
    return encoded[start : len(encoded) - 3]
