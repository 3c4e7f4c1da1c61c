"""What an account switches: categories of problems, who takes over, whose sessions are whose."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from casework.identity.model import Actor
    from casework.kernel.clock import Clock
    from casework.walks.ports import UnitOfWork
    from casework.walks.store import WalkStore


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeSettings:
    """The command; None leaves a setting as it is. `recipients`: names by address, all of them."""

    recipients: Mapping[str, str] | None = None
    sessions_creator_only: bool | None = None


def switch_categories(flags: Mapping[str, bool], *, actor: Actor, unit_of_work: UnitOfWork) -> None:
    """Switch the categories that are named."""
    with unit_of_work(actor.tenant_id) as work:
        walks: WalkStore = work.walks(actor.account_id)
        walks.switch_categories(flags)
        work.commit()


def change_settings(command: ChangeSettings, *, actor: Actor, unit_of_work: UnitOfWork, clock: Clock) -> None:
    """Change what the command names."""
    with unit_of_work(actor.tenant_id) as work:
        walks: WalkStore = work.walks(actor.account_id)
        if command.recipients is not None:
            walks.replace_recipients(command.recipients, clock.now())
        if command.sessions_creator_only is not None:
            walks.set_creator_only(creator_only=command.sessions_creator_only)
        work.commit()
