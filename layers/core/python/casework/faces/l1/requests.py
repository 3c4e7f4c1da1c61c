"""Bodies and queries of /l1 (contract, the table and "Ours, decided"). Nothing is coerced, text is kept as it came."""

from __future__ import annotations

from typing import Annotated, Any, Self
from unicodedata import category

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from casework.escalations.addresses import is_plausible_email, normalise_email
from casework.walks.categories import categories
from casework.walks.model import ReasonCategory, TicketStatus
from casework.walks.ports import NodeType
from casework.walks.trees import fault_of
from casework.walks.usecases.ending import HandOff
from casework.walks.usecases.stepping import Answer
from casework.walks.usecases.tickets import Caller

_INVISIBLE = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp"})


def _not_blank(text: str) -> str:
    if all(category(char) in _INVISIBLE for char in text):
        message = "must not be blank"
        raise ValueError(message)
    return text


def _deliverable(email: str) -> str:
    if not is_plausible_email(email):
        message = "must be a mail address"
        raise ValueError(message)
    return normalise_email(email)


def _known_category(code: str) -> str:
    if code not in categories():
        message = f"must be one of {', '.join(categories())}"
        raise ValueError(message)
    return code


Problem = Annotated[str, Field(max_length=20_000), AfterValidator(_not_blank)]
Text = Annotated[str, Field(max_length=2_000)]
NodeText = Annotated[str, Field(max_length=2_000), AfterValidator(_not_blank)]
Line = Annotated[str, Field(max_length=255)]
Name = Annotated[str, Field(min_length=1, max_length=100)]
Title = Annotated[str, Field(max_length=200), AfterValidator(_not_blank)]
Category = Annotated[str, AfterValidator(_known_category)]
Address = Annotated[str, Field(max_length=255), AfterValidator(_deliverable)]


class L1Body(BaseModel):
    """A strict body that ignores what it does not know."""

    model_config = ConfigDict(strict=True, extra="ignore", frozen=True, defer_build=True)


class _Reported(L1Body):
    problem_statement: Problem = Field(description="What is wrong, as the caller says it.")
    customer_name: Line | None = Field(None, description="Who has the problem.")
    customer_contact: Line | None = Field(None, description="How to reach them; kept encrypted, shown masked.")

    @property
    def caller(self) -> Caller:
        return Caller(name=self.customer_name, contact=(self.customer_contact or "").strip() or None)


class _HandedOff(L1Body):
    reason_category: ReasonCategory = Field(description="Why.")
    reason: Text | None = Field(None, description="In words.")
    open_case: bool = Field(default=False, description="Also open a case about it, which waits for a review.")

    @property
    def hand_off(self) -> HandOff:
        return HandOff(category=self.reason_category, reason=self.reason or "", open_case=self.open_case)


class IntakeBody(_Reported):
    """A problem that came in."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"problem_statement": "VPN says connected, but nothing opens", "customer_name": "S.", "customer_contact": "+66812341234"}
            ]
        }
    )

    flow_id: Annotated[str, Field(max_length=200)] | None = Field(None, description="Start this published flow; the matcher is not asked.")
    adhoc: bool = Field(default=False, description="Walk freely; the matcher is not asked.")
    force_build: bool = Field(default=False, description="Take no suggestion: build a walk, unless a flow fits surely.")


class DirectBody(_HandedOff, _Reported):
    """A problem that is handed over at once."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"problem_statement": "Smoke from the rack on floor 3", "reason_category": "safety"}]}
    )


class EscalateBody(_HandedOff):
    """Why a walk is handed over."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason_category": "needs_specialist", "reason": "Firmware update needed"}]})


class StepBody(L1Body):
    """What a technician asked and heard."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"node_id": "lamp", "answer": "Yes", "note": "blinks slowly"}]})

    node_id: Name = Field(description="The node that is answered; on a flow the current one.")
    question: Text | None = Field(None, description="What was asked; where the walk stands at a node, its own text is kept.")
    answer: Text = Field(description="What was heard; on a flow one of the node's answers.")
    note: Text | None = Field(None, description="What else is worth knowing.")

    @property
    def heard(self) -> Answer:
        return Answer(node_id=self.node_id, question=self.question or "", answer=self.answer, note=self.note or "")


class NextNodeBody(L1Body):
    """The answer to the pending node; empty: the first node, or the pending one again."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"node_id": "0b5f3c1e-8f0e-4a55-9d0a-3f5f0d6f2c11", "answer": "Not solved"}]})

    node_id: Name | None = Field(None, description="The pending node's id; needed with an answer.")
    node_text: Text | None = Field(None, description="As the client showed it; the server keeps its own text.")
    answer: Text | None = Field(None, description="What was heard.")
    note: Text | None = Field(None, description="What else is worth knowing.")

    @model_validator(mode="after")
    def _answers_a_node(self) -> Self:
        if self.answer is not None and self.node_id is None:
            message = "an answer needs the node_id that it belongs to"
            raise ValueError(message)
        return self

    @property
    def heard(self) -> Answer:
        return Answer(node_id=self.node_id, answer=self.answer, note=self.note or "")


class NotesBody(L1Body):
    """The technician's notes."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"notes": ["Caller is back at 14:00"]}]})

    notes: Text | Annotated[list[Text], Field(max_length=50)] = Field(
        description="One text or several; they replace those that were there."
    )

    @property
    def texts(self) -> list[str]:
        return [self.notes] if isinstance(self.notes, str) else list(self.notes)


class ResolveBody(L1Body):
    """How a walk ended."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"helpful": True, "resolution_notes": "Certificate renewed"}]})

    helpful: bool = Field(description="Whether the walk led there; a helpful built one becomes a proposal.")
    resolution_notes: Text | None = Field(None, description="What solved it.")


class CategoriesBody(L1Body):
    """Switches, by category."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"categories": {"security": False}}]})

    categories: dict[Category, bool] = Field(description="Only those to switch.")


class Recipient(L1Body):
    """One who takes walks over."""

    email: Address = Field(description="Where the mail goes.")
    name: Line = Field(description="Who that is.")


class SettingsBody(L1Body):
    """What an account sets; null or left out: as it is."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"escalation_recipients": [{"email": "l2@acme.example.com", "name": "Second level"}]}]}
    )

    escalation_recipients: Annotated[list[Recipient], Field(max_length=50)] | None = Field(None, description="Replaces the list.")
    sessions_creator_only: bool | None = Field(None, description="Keep a session to the technician who started it.")


class FlowNodeBody(L1Body):
    """A node of a flow."""

    id: Name = Field(description="Unique within the flow.")
    node_type: NodeType = Field(description="`question`, `instruction` or `check`; `resolution` and `escalate` end the walk.")
    text: NodeText = Field(description="What the technician says or does.")
    options: Annotated[list[Line], Field(max_length=50)] | None = Field(None, description="The answers to choose from.")
    next: dict[Line, Name] | None = Field(None, description="The node after each answer.")

    def as_node(self) -> dict[str, Any]:
        """Return the node as it is stored."""
        node: dict[str, Any] = {"id": self.id, "node_type": self.node_type.value, "text": self.text}
        if self.next or self.options:
            node |= {"options": self.options or list(self.next or ()), "next": dict(self.next or {})}
        return node


class FlowBody(L1Body):
    """A flow: the first node is its entry."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "title": "Badge reader beeps thrice", "category": "configuration",
                    "problem_text": "The reader at the gate beeps three times and does not take my badge",
                    "nodes": [
                        {"id": "clean", "node_type": "instruction", "text": "Wipe the badge.", "next": {"Done": "fixed"}},
                        {"id": "fixed", "node_type": "resolution", "text": "The badge was dirty."},
                    ],
                }
            ]
        }
    )  # fmt: skip

    title: Title = Field(description="At most 200 characters.")
    category: Category = Field(description="One of the eighteen.")
    problem_text: Problem = Field(description="The problem as a caller would say it; callers are matched by it.")
    nodes: Annotated[list[FlowNodeBody], Field(min_length=1, max_length=100)] = Field(description="The tree.")

    @model_validator(mode="after")
    def _can_be_walked(self) -> Self:
        problem = fault_of([node.as_node() for node in self.nodes])
        if problem:
            raise ValueError(problem)
        return self


class QueueQuery(BaseModel):
    """Which tickets."""

    model_config = ConfigDict(extra="ignore", frozen=True, defer_build=True)

    status_filter: TicketStatus | None = Field(None, description="Only tickets in this status.")
    limit: int = Field(50, ge=1, le=100, description="Tickets on a page.")
    cursor: str | None = Field(None, max_length=1000, description="`next_cursor` of the page before.")


class FlowsQuery(BaseModel):
    """Which page."""

    model_config = ConfigDict(extra="ignore", frozen=True, defer_build=True)

    limit: int = Field(100, ge=1, le=100, description="Flows of the account's own on a page.")
    cursor: str | None = Field(None, max_length=1000, description="`next_cursor` of the page before.")


class EscalationsQuery(BaseModel):
    """Which page."""

    model_config = ConfigDict(extra="ignore", frozen=True, defer_build=True)

    limit: int = Field(50, ge=1, le=100, description="Sessions on a page.")
    cursor: str | None = Field(None, max_length=1000, description="`next_cursor` of the page before.")
