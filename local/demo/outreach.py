"""The steps that reach people: targets, drafts, mails, what the provider says of them, and an opt-out."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any
from urllib.parse import urlsplit

from local.client import Client, poll
from local.demo.screen import Screen, Step, Surprise

NEIGHBOUR = "residents@samyan-community.example.net"
SETTLED_WITHIN = 20.0
MOVING = frozenset({"queued", "sending"})
LANGUAGES = (("th", "Thai"), ("en", "English"), ("zh", "Chinese"))


class OutreachSteps:
    """Everything about one case's mails."""

    def __init__(self, screen: Screen, client: Client, url: str, case_id: str) -> None:
        """`url` is the stack's: its control plane stands in for the mail provider."""
        self._screen = screen
        self._client = client
        self._provider = Client(url)
        self._path = f"/api/v3/cases/{case_id}/escalations"
        self._addresses: list[str] = []
        self.mails = 0
        self.sends = 0
        self.summary = ""

    def show_targets(self) -> None:
        """Who may be told, with the reason."""
        with self._screen.step("Who can fix it: suggested targets") as step:
            targets = self._get(step)["targets"]
            step.check_that("there are at least three targets with an address", len(targets) >= 3, len(targets))
            self._addresses = [target["email"] for target in targets]
            for target in targets:
                step.say(f"{target['confidence_score']:.2f}  {target['email']}")
                step.say(f"      {target['rationale']}", "dim")

    def draft(self) -> None:
        """The mail in three languages; nothing is stored or sent."""
        with self._screen.step("Draft the mail in three languages") as step:
            for number, (code, name) in enumerate(LANGUAGES):
                answer = self._client.post(f"{self._path}/draft", {"language": code, "cc_emails": [NEIGHBOUR]})
                step.check(f"draft in {name}", (200, code), (answer.status, answer.json["language"]))
                if number:
                    step.say("")
                step.say(f"{name}: {answer.json['subject']}", "bold")
                for line in [line for line in answer.json["body"].splitlines() if line.strip()][:2]:
                    step.say(f"  {line}")
            step.check("deliveries after drafting", [], self._get(step)["deliveries"])

    def send(self) -> None:
        """202 with what was queued; the same text once more queues nothing."""
        with self._screen.step("Send it") as step:
            body = {"language": "th", "cc_emails": [NEIGHBOUR]}
            answer = self._client.post(f"{self._path}/send", body)
            step.check("POST send", 202, answer.status)
            queued = answer.json["deliveries"]
            self.sends += 1
            step.check("addressees", {*self._addresses, NEIGHBOUR}, {one["recipient_email"] for one in queued})
            step.say(f"202: {len(answer.json['actions'])} actions, {len(queued)} deliveries, one copy to {NEIGHBOUR}")
            again = self._client.post(f"{self._path}/send", body)
            same = [one["id"] for one in again.json["actions"]] == [one["id"] for one in answer.json["actions"]]
            step.check_that("the same text to the same targets leaves once", (again.status, same) == (202, True), again.status)
            step.say("the same text once more: 202 with the earlier actions, no second mail")

    def arrive(self) -> None:
        """Outbox, queue and sender function do their work; the mails lie in the provider's mailbox."""
        with self._screen.step("The mails leave: outbox, SQS, sender function, provider") as step:
            deliveries = self._settled(step)
            step.check("states", {"sent": len(deliveries)}, dict(Counter(one["delivery_status"] for one in deliveries)))
            mails = self._mailbox()
            wanted = sorted([*self._addresses, NEIGHBOUR])
            step.check("mails in the mailbox", wanted, sorted(address for mail in mails for address in mail["to"]))
            self.mails = len(mails)
            step.say(f"{len(mails)} mails, each to one address, each with its own opt-out link")
            step.say(f"custom arguments: {', '.join(mails[0]['custom_args'])} (an opaque id, nothing personal)")

    def hear_the_provider(self) -> None:
        """Signed events come back: delivered, a bounce, a deferral, and one told three times."""
        with self._screen.step("The provider's signed events come back") as step:
            by_address = sorted(self._mailbox(), key=lambda mail: mail["to"])
            deferred, repeated, bounced, *others = [mail["id"] for mail in by_address]
            told = [(bounced, "bounce", 1), (deferred, "deferred", 1), (deferred, "delivered", 1), (repeated, "delivered", 3)]
            told += [(other, "delivered", 1) for other in others]
            for mail_id, event, times in told:
                self._tell(step, mail_id, event, times)
            step.say(f"{sum(times for _, _, times in told)} events in {len(told)} calls, one of them told three times over")
            stale = self._provider.post(f"/_local/mailbox/{bounced}/events", {"event": "delivered", "timestamp": 1_700_000_000})
            step.check("a replayed old event", [401], stale.json["statuses"])
            step.say("an old event replayed: 401")
            step.say("")
            deliveries = self._show_truth(step)
            counts = Counter(one["delivery_status"] for one in deliveries)
            step.check("states", {"delivered": len(deliveries) - 1, "bounced": 1}, dict(counts))

    def opt_out(self) -> None:
        """A recipient follows the link of the mail; the next mail is withheld from that address alone."""
        with self._screen.step("A recipient opts out; the next mail respects it") as step:
            mail = next(mail for mail in self._mailbox() if mail["to"] == [NEIGHBOUR])
            self._follow_the_link(step, mail)
            body = {"language": "th", "subject": "ติดตามเรื่องน้ำท่วมปากตลาดสามย่าน", "cc_emails": [NEIGHBOUR]}
            answer = self._client.post(f"{self._path}/send", body, {"Prefer": "wait=20"})
            step.check("POST send, waiting for the truth", 200, answer.status)
            self.sends += 1
            found = {one["recipient_email"]: one["delivery_status"] for one in answer.json["deliveries"]}
            step.check("the one who opted out", "opted_out", found.get(NEIGHBOUR))
            step.check("the others", {"sent"}, {state for address, state in found.items() if address != NEIGHBOUR})
            step.say(f"a reminder, with Prefer: wait=20: 200, {len(found) - 1} sent, {NEIGHBOUR} opted_out")
            for mail in self._mailbox()[self.mails :]:
                self._tell(step, mail["id"], "delivered", 1)
            self.mails = len(self._mailbox())
            counts = Counter(one["delivery_status"] for one in self._get(step)["deliveries"])
            self.summary = ", ".join(f"{count} {state.replace('_', ' ')}" for state, count in counts.most_common())

    def _follow_the_link(self, step: Step, mail: dict[str, Any]) -> None:
        link = re.search(r"https?://\S+/opt-out/[0-9a-f-]+", mail["text"])
        step.check_that("the mail has an opt-out link", link)
        path = urlsplit(link[0] if link else "").path
        step.check("the page behind the link", 200, self._provider.get(path).status)
        step.check("one click", 200, self._provider.post(path, b"List-Unsubscribe=One-Click").status)
        step.say(f"{NEIGHBOUR} opens the link (nothing happens yet) and confirms")

    def _show_truth(self, step: Step) -> list[dict[str, Any]]:
        deliveries = self._get(step)["deliveries"]
        names = ("recipient_email", "delivery_status", "provider_message_id", "error_message")
        rows = [[one[name] for name in names] for one in deliveries]
        step.table(("recipient", "status", "message id", "reason"), rows, (40, 10, 12, max(20, self._screen.width - 74)))
        return deliveries

    def _settled(self, step: Step) -> list[dict[str, Any]]:
        """The deliveries, once none of them waits or is on its way."""

        def at_rest() -> list[dict[str, Any]]:
            deliveries: list[dict[str, Any]] = self._get(step)["deliveries"]
            return [] if any(one["delivery_status"] in MOVING for one in deliveries) else deliveries

        try:
            return poll(at_rest, seconds=SETTLED_WITHIN)
        except TimeoutError:
            states = [one["delivery_status"] for one in self._get(step)["deliveries"]]
            raise Surprise(f"expected all mails to leave within {SETTLED_WITHIN:g} s; they are {states}") from None

    def _tell(self, step: Step, mail_id: str, event: str, times: int) -> None:
        answer = self._provider.post(f"/_local/mailbox/{mail_id}/events", {"event": event, "times": times})
        step.check(f"the webhook's answer to {event}", [200] * times, answer.json["statuses"])

    def _mailbox(self) -> list[dict[str, Any]]:
        return self._provider.get("/_local/mailbox").json["mails"]

    def _get(self, step: Step) -> dict[str, Any]:
        answer = self._client.get(self._path)
        step.check("GET escalations", 200, answer.status)
        return answer.json
