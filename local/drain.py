"""Bringing a stack to rest: queues, outbox relay and state machines run until none of them has anything to do."""

from __future__ import annotations

import sys
import threading
import time
import traceback
from dataclasses import asdict, dataclass
from typing import Any

from local.aws import Cloud
from local.functions import Function, FunctionFailed
from local.queues import Queues
from local.ticker import Schedule

# The schedules that only look for work in the outbox; here they are asked all the time instead of every minute.
RELAY_SCHEDULES = frozenset({"outbox-sweep"})
PATIENCE = 300.0


@dataclass
class Drained:
    """What a drain did. `idle` is False when it gave up after PATIENCE seconds."""

    outbox: int = 0
    messages: int = 0
    failed: int = 0
    executions: int = 0
    idle: bool = True


class Drain:
    """Runs by hand (`run`) and, where it is started, in the background within half a second of new work."""

    def __init__(self, cloud: Cloud, queues: Queues, schedules: list[Schedule]) -> None:
        """The relays are the targets of the schedules named in RELAY_SCHEDULES."""
        self._cloud = cloud
        self._queues = queues
        self._relays: list[Function] = [
            cloud.functions.find(schedule.target) for schedule in schedules if _base_name(schedule) in RELAY_SCHEDULES
        ]
        self._machines = [cloud.template.arn(one) for one in cloud.template.of_type("AWS::StepFunctions::StateMachine")]
        self._client = cloud.client("stepfunctions")
        self._lock = threading.Lock()
        self._stopping = threading.Event()

    def start(self) -> None:
        """Poll the outbox in the background; the queues have threads of their own."""
        threading.Thread(target=self._poll, name="relay", daemon=True).start()

    def stop(self) -> None:
        """Poll no more; waits for a relay call that is under way."""
        self._stopping.set()
        with self._lock:
            pass

    def run(self) -> dict[str, Any]:
        """Work until everything is idle; returns the counts of Drained.

        Messages that failed and wait for their visibility timeout (real time) are left alone.
        """
        total = Drained()
        finished_before = self._finished()
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and not self._stopping.is_set():
            published = self._relay()
            handled = self._queues.run_once()
            total.outbox += published
            total.messages += handled.messages
            total.failed += handled.failed
            working = self._queues.busy or self._running() > 0
            if published == 0 and handled.messages == 0 and not working:
                break
            if working:
                time.sleep(0.02)
        else:
            total.idle = False
        total.executions = self._finished() - finished_before
        return asdict(total)

    def settle_executions(self) -> None:
        """Wait until no state machine runs."""
        deadline = time.monotonic() + PATIENCE
        while self._running() and time.monotonic() < deadline:
            time.sleep(0.02)

    def _relay(self) -> int:
        """Let every relay publish once; returns how many events left. One at a time: their claims would only collide."""
        with self._lock:
            return sum(_progress(self._cloud, relay) for relay in self._relays)

    def _poll(self) -> None:
        while not self._stopping.wait(0.3):
            try:
                while self._relay() and not self._stopping.is_set():
                    pass
            except Exception:
                traceback.print_exc(file=sys.stderr)

    def _running(self) -> int:
        return sum(self._count(machine, statusFilter="RUNNING") for machine in self._machines)

    def _finished(self) -> int:
        return sum(self._count(machine) - self._count(machine, statusFilter="RUNNING") for machine in self._machines)

    def _count(self, machine: str, **criteria: str) -> int:
        pages = self._client.get_paginator("list_executions").paginate(stateMachineArn=machine, **criteria)
        return sum(len(page["executions"]) for page in pages)


def _progress(cloud: Cloud, relay: Function) -> int:
    """What a relay's answer counts; a relay that fails is logged and counts as idle, its streams back off by themselves."""
    try:
        answer = cloud.functions.call(relay, {"source": "local.drain"})
    except FunctionFailed:
        return 0
    return answer.get("published", sum(answer.values())) if isinstance(answer, dict) else 0


def _base_name(schedule: Schedule) -> str:
    """`dev-outbox-sweep` and `casework-outbox-sweep` are the outbox sweep as well."""
    return next((name for name in RELAY_SCHEDULES if schedule.name.endswith(name)), schedule.name)
