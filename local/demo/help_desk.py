"""The steps of the L1 workspace: a call that no flow knows becomes a flow for the next caller, and one is handed over by mail."""

from __future__ import annotations

from typing import Any

from local.client import Answer, Client, poll
from local.demo.screen import Screen, Step, Surprise
from local.seed import HAND_OVERS

PROBLEM = "The label scanner in the warehouse fails with error 41 on every parcel"
IN_OTHER_WORDS = "Parcel labels are rejected by the warehouse scanner with error 41"
REMEDY = "An update had switched the short labels off; they are on again"
NOTES = ("Error 41", "Scanning the first parcel of the day", "Switched off and on again")
CALLER = {"customer_name": "S.", "customer_contact": "+66812341234"}
MAILED_WITHIN = 20.0


class HelpDeskSteps:
    """One account's desk: two technicians share it with an engineer."""

    def __init__(self, screen: Screen, technician: Client, colleague: Client, engineer: Client, url: str) -> None:
        """`url` is the stack's: its control plane stands in for the mail provider."""
        self._screen = screen
        self._technician = technician
        self._colleague = colleague
        self._engineer = engineer
        self._provider = Client(url)
        self._session_id = ""
        self._proposal_id = ""
        self._flow_id = ""
        self.summary = ""

    def build(self) -> None:
        """Intake of something new: a walk is built, node by node; asking again costs nothing and changes nothing."""
        with self._screen.step("L1: a call about something that no flow knows") as step:
            made = self._take_in(step, self._technician, PROBLEM)
            step.check("outcome", ("build", "ai_build"), (made["outcome"], made["session_kind"]))
            self._session_id = made["session_id"]
            step.say(f'"{PROBLEM}"')
            step.say(f"outcome build, category {made['category']}; ticket and session in one commit")
            row = self._get(step, self._technician, "/l1/queue")["items"][0]
            step.check("contact in the queue", "+66•••••1234", row["customer_contact"])
            step.say(f"the queue shows the caller as {row['customer_name']}, {row['customer_contact']}")

    def walk(self) -> None:
        """As many answered nodes as there are notes."""
        with self._screen.step(f"L1: walk {len(NOTES)} nodes, the first one asked for twice") as step:
            node = self._next(step, {})
            step.check("the node of a repeated call", node, self._next(step, {}))
            step.say("asked for again: the same node, thought of once")
            for note in NOTES:
                answer = _answer_to(node)
                step.say(f"{node['node_type']:<12} {node['text']}")
                step.say(f"{'':<12} {answer}: {note}", "dim")
                node = self._next(step, {"node_id": node["id"], "answer": answer, "note": note})
            stale = self._technician.post(self._path("step"), {"node_id": "gone", "answer": "Yes"})
            step.check("an answer to a node that is not the pending one", 409, stale.status)
            path = self._get(step, self._technician, f"/l1/sessions/{self._session_id}")["walked_path"]
            step.check("what was heard", list(NOTES), [entry["note"] for entry in path])
            step.say(f"{len(path)} nodes in the walked path; an answer to another node: 409")

    def publish(self) -> None:
        """What helped becomes a proposal; an engineer, and nobody else, makes it a flow, once."""
        with self._screen.step("L1: it helped; an engineer publishes what the walk proposes") as step:
            answer = self._technician.post(self._path("resolve"), {"helpful": True, "resolution_notes": REMEDY})
            ended = _expect(step, "resolve", 200, answer)
            step.check("status", "resolved", ended["status"])
            step.check_that("a helpful walk has a proposal", ended["flow_proposal_id"])
            path = f"/l1/flow-proposals/{ended['flow_proposal_id']}/publish"
            step.check("publishing by a technician", 403, self._technician.post(path).status)
            flow = _expect(step, "publish", 201, self._engineer.post(path))
            again = _expect(step, "publish again", 200, self._engineer.post(path))
            step.check("the flow of a repeated call", flow["flow_id"], again["flow_id"])
            self._flow_id = flow["flow_id"]
            step.say(f"resolved: {REMEDY}")
            step.say(f"a technician may not publish it (403), the engineer may: {len(flow['nodes'])} nodes; twice is once")

    def meet_again(self) -> None:
        """The next caller says it differently and is matched."""
        with self._screen.step("L1: the next caller, in other words, is matched to it") as step:
            made = self._take_in(step, self._colleague, IN_OTHER_WORDS)
            step.check("outcome and flow", ("matched", self._flow_id), (made["outcome"], made.get("flow_id")))
            step.say(f'"{IN_OTHER_WORDS}"')
            self._session_id = made["session_id"]
            session = self._get(step, self._colleague, f"/l1/sessions/{self._session_id}")
            flows = self._get(step, self._colleague, "/l1/flows")["items"]
            entry = next(flow for flow in flows if flow["flow_id"] == self._flow_id)["nodes"][0]
            step.check("where the walk stands", entry["id"], session["current_node_id"])
            step.say(f"matched: the walk begins with {entry['text']!r}")

    def hand_over(self) -> None:
        """It does not help this time: those who take over are told by mail."""
        with self._screen.step("L1: handed over; the mail arrives at the second level") as step:
            (address,) = HAND_OVERS["acme"]
            body = {"reason_category": "needs_specialist", "reason": "Short labels are on, error 41 comes all the same"}
            ended = _expect(step, "escalate", 200, self._colleague.post(self._path("escalate"), body))
            step.check("status and warning", ("escalated", None), (ended["status"], ended.get("warning")))
            mail = self._mail_to(address)
            step.check_that("the mail tells the problem and no contact", IN_OTHER_WORDS in mail["text"] and "81234" not in mail["text"])
            step.say(f"{mail['to'][0]}: {mail['subject']}")
            waiting = self._get(step, self._engineer, "/l1/escalations")["items"]
            step.check("the engineers' list", [self._session_id], [one["session_id"] for one in waiting])
            step.say("the engineers' list has it, with its reason and a masked contact")
            self.summary = "1 flow learnt from a call, 1 caller matched to it, 1 walk handed over"

    def _take_in(self, step: Step, client: Client, problem: str) -> dict[str, Any]:
        return _expect(step, "intake", 201, client.post("/l1/intake", {"problem_statement": problem, **CALLER}))

    def _next(self, step: Step, body: object) -> dict[str, Any]:
        return _expect(step, "next-node", 200, self._technician.post(self._path("next-node"), body))["node"]

    def _mail_to(self, address: str) -> dict[str, Any]:
        def arrived() -> list[dict[str, Any]]:
            return [mail for mail in self._provider.get("/_local/mailbox").json["mails"] if mail["to"] == [address]]

        try:
            return poll(arrived, seconds=MAILED_WITHIN)[0]
        except TimeoutError:
            raise Surprise(f"expected a mail to {address} within {MAILED_WITHIN:g} s") from None

    def _path(self, verb: str) -> str:
        return f"/l1/sessions/{self._session_id}/{verb}"

    def _get(self, step: Step, client: Client, path: str) -> dict[str, Any]:
        return _expect(step, f"GET {path}", 200, client.get(path))


def _answer_to(node: dict[str, Any]) -> str:
    """No wherever that can be said, so that the walk goes on."""
    options: list[str] = node.get("options") or ["No"]
    return "No" if "No" in options else options[0]


def _expect(step: Step, what: str, status: int, answer: Answer) -> dict[str, Any]:
    step.check(what, status, answer.status)
    return answer.json
