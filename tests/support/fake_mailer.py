"""A `Mailer` that does what it is told, and the list of things a provider can do to a mail."""

from __future__ import annotations

from collections import deque
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from casework.messages.ports import Accepted, Refused, Rejected, Uncertain

if TYPE_CHECKING:
    from casework.messages.ports import Answer, OutgoingMail

RETRY_AFTER = timedelta(seconds=7)


class ProviderConduct(StrEnum):
    """How the provider treats one call."""

    ACCEPTS = "accepts"
    FINDS_FAULT = "400"
    KNOWS_NO_KEY = "401"
    FORBIDS = "403"
    IS_FULL = "429"
    BREAKS = "500"
    STAYS_SILENT = "timeout"
    HANGS_UP = "reset"
    TAKES_AND_HANGS_UP = "accept_then_crash"
    IS_AWAY = "refused"


TAKES_THE_MAIL = frozenset({ProviderConduct.ACCEPTS, ProviderConduct.TAKES_AND_HANGS_UP})


OTHER_ANSWERS: dict[ProviderConduct, Answer] = {
    ProviderConduct.FINDS_FAULT: Rejected("http_400", "mail: not to its taste"),
    ProviderConduct.KNOWS_NO_KEY: Refused("http_401", "mail: no", alarm=True),
    ProviderConduct.FORBIDS: Refused("http_403", "mail: no", alarm=True),
    ProviderConduct.IS_FULL: Refused("http_429", "mail: slower", retry_after=RETRY_AFTER),
    ProviderConduct.IS_AWAY: Refused("not_connected", "ConnectionRefusedError"),
    ProviderConduct.BREAKS: Uncertain("http_500", "mail: oops"),
    ProviderConduct.STAYS_SILENT: Uncertain("timeout", "no answer in time"),
    ProviderConduct.HANGS_UP: Uncertain("broken_exchange", "ConnectionResetError"),
    ProviderConduct.TAKES_AND_HANGS_UP: Uncertain("broken_exchange", "ConnectionResetError"),
}


class FakeMailer:
    """Answers by script, then accepts. `calls` holds every mail it was given, `taken` those that will arrive."""

    def __init__(self, *script: ProviderConduct) -> None:
        self._script = deque(script)
        self.calls: list[OutgoingMail] = []
        self.taken: list[OutgoingMail] = []

    def will(self, *conducts: ProviderConduct) -> None:
        """Script the next calls."""
        self._script.extend(conducts)

    def send(self, mail: OutgoingMail) -> Answer:
        conduct = self._script.popleft() if self._script else ProviderConduct.ACCEPTS
        self.calls.append(mail)
        if conduct in TAKES_THE_MAIL:
            self.taken.append(mail)
        return OTHER_ANSWERS.get(conduct) or Accepted(f"fake-{len(self.taken)}")
