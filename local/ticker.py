"""The stack's timer: fires the template's schedules on the stack's clock, by itself or when the clock is moved.

A jump fires calendar schedules (`cron`, `at`) at their instants, in order, and each rate schedule once before every one
of them and once at the end. What was missed while the stack stood still is caught up in the same way at the next start,
as far back as EventBridge Scheduler keeps an undelivered event.
"""

from __future__ import annotations

import json
import sys
import threading
import traceback
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from local.clock import SharedClock
from local.functions import Json
from local.keepsakes import write_atomically
from local.resources import ACCOUNT
from local.schedules import Cron, Expression, Once, Rate, parse
from local.template import Resource, Template, TemplateProblem

# EventBridge Scheduler's default maximum age of an event.
CATCH_UP = timedelta(hours=24)
_KNOWN = frozenset(
    {"Name", "GroupName", "Description", "ScheduleExpression", "ScheduleExpressionTimezone", "FlexibleTimeWindow"}
    | {"State", "Target", "KmsKeyArn"}
)


@dataclass(frozen=True)
class Schedule:
    """One schedule: its name and expression, the ARN it calls and the input it passes (JSON text, None = the default)."""

    name: str
    arn: str
    expression: Expression
    target: str
    input: str | None


def schedules_of(template: Template) -> list[Schedule]:
    """The enabled schedules of EventBridge Scheduler and the scheduled EventBridge rules of the template."""
    scheduled = [_schedule(template, resource) for resource in template.of_type("AWS::Scheduler::Schedule")]
    rules = [_rule(template, resource, target) for resource, target in _timed_targets(template)]
    return [schedule for schedule in (*scheduled, *rules) if schedule is not None]


def _schedule(template: Template, resource: Resource) -> Schedule | None:
    properties = resource.properties
    if unknown := sorted(set(properties) - _KNOWN):
        raise TemplateProblem(f"{resource.logical_id}: the laptop stack does not know {', '.join(unknown)} of a schedule")
    if properties.get("State") == "DISABLED":
        return None
    expression = parse(properties["ScheduleExpression"], properties.get("ScheduleExpressionTimezone", "UTC"))
    target: Mapping[str, Any] = properties["Target"]
    return Schedule(resource.name, template.arn(resource), expression, target["Arn"], target.get("Input"))


def _timed_targets(template: Template) -> Iterable[tuple[Resource, Mapping[str, Any]]]:
    for resource in template.of_type("AWS::Events::Rule"):
        if "ScheduleExpression" in resource.properties and resource.properties.get("State") != "DISABLED":
            yield from ((resource, target) for target in resource.properties["Targets"])


def _rule(template: Template, resource: Resource, target: Mapping[str, Any]) -> Schedule:
    name = f"{resource.name}/{target['Id']}"
    expression = parse(resource.properties["ScheduleExpression"])
    return Schedule(name, template.arn(resource), expression, target["Arn"], target.get("Input"))


class Ticker:
    """Fires schedules; every firing, by itself or by hand, happens under one lock, in the caller's thread."""

    def __init__(
        self,
        schedules: Iterable[Schedule],
        clock: SharedClock,
        deliver: Callable[[str, Json], None],
        settle: Callable[[], object],
        state_file: Path,
    ) -> None:
        """`deliver(target ARN, event)` calls a target; `settle()` lets what a jump has set off come to rest."""
        self._schedules = list(schedules)
        self._clock = clock
        self._deliver = deliver
        self._settle = settle
        self._state_file = state_file
        self._lock = threading.RLock()
        self._stopping = threading.Event()
        self._fired = self._load()

    def start(self) -> None:
        """Fire what falls due from now on."""
        threading.Thread(target=self._run, name="ticker", daemon=True).start()

    def stop(self) -> None:
        """Fire nothing more; waits for a firing that is under way."""
        self._stopping.set()
        with self._lock:
            pass

    def catch_up(self) -> int:
        """Fire the calendar schedules that fell due while the stack stood still; returns how many."""
        with self._lock:
            began, offset = self._clock.now(), self._clock.offset
            since = max(self._seen(began), began - CATCH_UP)
            fired = self._fire_calendar(since, began)
            self._clock.offset = offset
            return fired

    def jump(self, to: datetime) -> int:
        """Move the stack's clock and fire what falls due on the way; returns how many firings that were.

        A jump into the past fires nothing; rates count anew from there.
        """
        with self._lock:
            now = self._clock.now()
            if to <= now:
                self._clock.set(to)
                self._fired = {schedule.name: to for schedule in self._schedules}
                self._save()
                return 0
            fired = self._fire_calendar(now, to)
            self._clock.set(to)
            fired += self._fire_rates()
            self._settle()
            return fired

    def tick(self) -> int:
        """Fire what is due now; returns how many firings that were."""
        with self._lock:
            now = self._clock.now()
            due = [schedule for schedule in self._schedules if self._is_due(schedule, now)]
            for schedule in due:
                self._fire(schedule, now)
            return len(due)

    def _run(self) -> None:
        while not self._stopping.wait(0.2):
            try:
                self.tick()
            except Exception:
                traceback.print_exc(file=sys.stderr)

    def _is_due(self, schedule: Schedule, now: datetime) -> bool:
        last = self._fired[schedule.name]
        if isinstance(schedule.expression, Rate):
            return now - last >= schedule.expression.period
        following = schedule.expression.next_after(last)
        return following is not None and following <= now

    def _fire_calendar(self, since: datetime, until: datetime) -> int:
        """Set the clock to every calendar instant in (since, until], in order, and fire what belongs there."""
        fired = 0
        for instant, schedule in self._calendar(since, until):
            self._clock.set(instant)
            fired += self._fire_rates() + 1
            self._fire(schedule, instant)
            self._settle()
        return fired

    def _calendar(self, since: datetime, until: datetime) -> list[tuple[datetime, Schedule]]:
        found: list[tuple[datetime, Schedule]] = []
        for schedule in self._schedules:
            if isinstance(schedule.expression, Cron | Once):
                instant = schedule.expression.next_after(since)
                while instant is not None and instant <= until:
                    found.append((instant, schedule))
                    instant = schedule.expression.next_after(instant)
        return sorted(found, key=lambda pair: (pair[0], pair[1].name))

    def _fire_rates(self) -> int:
        rates = [schedule for schedule in self._schedules if isinstance(schedule.expression, Rate)]
        for schedule in rates:
            self._fire(schedule, self._clock.now())
        return len(rates)

    def _fire(self, schedule: Schedule, instant: datetime) -> None:
        """Call the target. What it raises is logged already; a tick derives its work anew, so nothing is repeated."""
        self._fired[schedule.name] = instant
        self._save()
        try:
            self._deliver(schedule.target, _event(schedule, instant))
        except Exception as trouble:
            print(f"schedule {schedule.name} failed: {trouble}", file=sys.stderr, flush=True)

    def _seen(self, otherwise: datetime) -> datetime:
        return max(self._fired.values(), default=otherwise)

    def _load(self) -> dict[str, datetime]:
        """Last firings by name; a schedule that is new counts from now, so that it does not fire at once."""
        kept = json.loads(self._state_file.read_text()) if self._state_file.exists() else {}
        now = self._clock.now()
        fired = {s.name: datetime.fromisoformat(kept[s.name]) if s.name in kept else now for s in self._schedules}
        return {name: min(instant, now) for name, instant in fired.items()}

    def _save(self) -> None:
        text = json.dumps({name: instant.isoformat() for name, instant in self._fired.items()}, indent=1)
        write_atomically(self._state_file, text.encode())


def _event(schedule: Schedule, instant: datetime) -> Json:
    """What the target receives: the given input with Scheduler's context words filled in, else the default event."""
    stamp = instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    execution = str(uuid.uuid4())
    if schedule.input is not None:
        text = schedule.input.replace("<aws.scheduler.scheduled-time>", stamp)
        text = text.replace("<aws.scheduler.execution-id>", execution).replace("<aws.scheduler.attempt-number>", "1")
        return json.loads(text.replace("<aws.scheduler.schedule-arn>", schedule.arn))
    return {
        "version": "0",
        "id": execution,
        "detail-type": "Scheduled Event",
        "source": "aws.scheduler",
        "account": ACCOUNT,
        "time": stamp,
        "region": schedule.arn.split(":")[3],
        "resources": [schedule.arn],
        "detail": "{}",
    }
