"""What an end-to-end test needs of a running stack: callers, the control plane, and a look into its database."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import boto3
import psycopg
from psycopg.rows import dict_row

from local.client import Answer, Client, development_token
from local.postgres import SUPERUSER

if TYPE_CHECKING:
    import random
    from collections.abc import Iterable, Sequence

    from local.running import RunningStack


class Scene:
    """One stack, seen from outside."""

    def __init__(self, stack: RunningStack) -> None:
        self.stack = stack
        self.control = Client(stack.url, timeout=120)
        self.desk = self.caller()

    def caller(self, role: str = "case_owner", *, tenant: str = "bangkok", user: str = "u1") -> Client:
        """A client with a token of its own."""
        token = development_token(self.stack.data_dir, tenant=tenant, user=user, roles=[role])
        return Client(self.stack.url, token)

    # The control plane

    def drain(self) -> dict[str, Any]:
        """Let everything come to rest; what it did."""
        counts = _ok(self.control.post("/_local/drain"))
        assert counts["idle"]
        return counts

    def advance(self, duration: str) -> dict[str, Any]:
        """Move the stack's clock on and drain."""
        moved = _ok(self.control.post("/_local/clock", {"advance": duration}))
        self.drain()
        return moved

    def mails(self, address: str | None = None) -> list[dict[str, Any]]:
        """All mails, or those to one address."""
        found = _ok(self.control.get("/_local/mailbox"))["mails"]
        return [mail for mail in found if address is None or mail["to"] == [address]]

    def tell(self, mail: dict[str, Any], event: str, **more: object) -> list[int]:
        """Let the provider tell an event of a mail; the webhook's answers."""
        return _ok(self.control.post(f"/_local/mailbox/{mail['id']}/events", {"event": event, **more}))["statuses"]

    def fail_next(self, count: int, kind: str) -> None:
        """Let the next provider calls fail."""
        _ok(self.control.post("/_local/mailbox/faults", {"next": count, "kind": kind}))

    # Shortcuts

    def ingest(self, items: Sequence[dict[str, Any]], client: Client | None = None) -> list[int]:
        """Post reports, all of them good; their numbers in the order of the input."""
        answer = (client or self.desk).post("/api/v3/reports", list(items))
        assert answer.status == 201, answer.content
        return [result["seq"] for result in answer.json["results"]]

    def open_case(self, title: str, addresses: Iterable[str] = (), client: Client | None = None) -> str:
        """A case without reports whose targets are these addresses; its id."""
        targets = [{"email": address, "organization": "Works"} for address in addresses]
        body = {"title": title, "force_new_case": True, "escalation_targets": targets}
        answer = (client or self.desk).post("/api/v3/cases", body)
        assert answer.status == 201, answer.content
        return answer.json["case"]["case_id"]

    def send(self, case_id: str, **body: object) -> Answer:
        """Order the mails of a case."""
        return self.desk.post(f"/api/v3/cases/{case_id}/escalations/send", body)

    def statuses(self, case_id: str) -> dict[str, str]:
        """Delivery status by recipient."""
        deliveries = _ok(self.desk.get(f"/api/v3/cases/{case_id}/escalations"))["deliveries"]
        return {one["recipient_email"]: one["delivery_status"] for one in deliveries}

    def repeat_messages(self, case_id: str, chance: random.Random) -> int:
        """Put every message that a case has ever owed on its queue, each twice and shuffled; how many that were.

        An SQS queue that is not first-in-first-out may do the same.
        """
        sqs = self._sqs()
        messages = [row for row in self.rows(_MESSAGES, case_id) for _ in range(2)]
        chance.shuffle(messages)
        for row in messages:
            url = self._setting({"mail": "MAIL_QUEUE_URL", "case-events": "CASE_EVENTS_QUEUE_URL"}[row["destination"]])
            sqs.send_message(QueueUrl=url, MessageBody=row["body"])
        return len(messages)

    def _sqs(self) -> Any:
        keys = {"aws_access_key_id": "local", "aws_secret_access_key": "local"}
        return boto3.client("sqs", endpoint_url=self._setting("AWS_ENDPOINT_URL"), region_name=self._setting("AWS_REGION"), **keys)

    def _setting(self, name: str) -> str:
        return setting(self.stack.data_dir, name)

    # The database

    def rows(self, query: str, *parameters: object) -> list[dict[str, Any]]:
        """What a superuser sees, row-level security or not."""
        with psycopg.connect(owner_url(self.stack.data_dir), row_factory=dict_row, autocommit=True) as connection:
            cursor = connection.execute(query.encode(), parameters or None)
            return cursor.fetchall() if cursor.description else []

    def tables(self) -> list[str]:
        """The names of all tables."""
        rows = self.rows("select relname from pg_class where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace")
        return [row["relname"] for row in rows]

    def dump(self, table: str) -> str:
        """All rows of a table as text."""
        return "\n".join(row["text"] for row in self.rows(f"select t::text as text from {table} t"))


_MESSAGES = """
select e.destination, (jsonb_build_object('event_id', e.event_id, 'tenant_id', e.tenant_id, 'type', e.type,
  'aggregate_id', e.aggregate_id, 'seq', e.seq) || e.payload)::text as body
from outbox_events e join cases c on c.tenant_id = e.tenant_id
left join case_email_deliveries d on d.tenant_id = e.tenant_id and d.delivery_id = e.aggregate_id
where c.alias = %s and c.id in (e.aggregate_id, d.case_id)"""
"""What the relay publishes for a case: its own events and those of its deliveries."""


def setting(data_dir: Path, name: str) -> str:
    """A variable of the stack's functions."""
    lines = (line.partition("=") for line in (data_dir / "stack.env").read_text().splitlines())
    return next("".join(shlex.split(value)) for known, _, value in lines if known == name)


def owner_url(data_dir: Path) -> str:
    """URL of the superuser for the stack's database."""
    address = setting(data_dir, "DATABASE_URL")
    password = (data_dir / "postgres" / "superuser.password").read_text().strip()
    return address.replace("://", f"://{quote(SUPERUSER)}:{quote(password, safe='')}@", 1)


def processes_of(data_dir: Path) -> list[int]:
    """Ids of the living processes that were started with this folder in their environment or their arguments."""
    others = (entry for entry in Path("/proc").iterdir() if entry.name.isdigit() and int(entry.name) != os.getpid())
    return [int(entry.name) for entry in others if _names(entry, data_dir)]


def _names(entry: Path, data_dir: Path) -> bool:
    try:
        wanted = str(data_dir).encode()
        return wanted in (entry / "environ").read_bytes() or wanted in (entry / "cmdline").read_bytes()
    except OSError:
        return False


def _ok(answer: Answer) -> Any:
    assert answer.status == 200, answer.content
    return answer.json
