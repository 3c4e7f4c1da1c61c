"""Reading contract files: validated once per process, told with the checksum of the very bytes."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from casework.contracts.ai_issue_analytics import AiIssueAnalytics
from casework.contracts.alerting_model import AlertingModel
from casework.contracts.case_mapping_model import CaseMappingModel
from casework.contracts.case_portal import CasePortal
from casework.contracts.case_schema import CaseSchema
from casework.contracts.multi_source_intake import MultiSourceIntake
from casework.contracts.sla_model import SlaModel
from casework.kernel.errors import NotFound, Unavailable

if TYPE_CHECKING:
    from casework.contracts.model import Contract

MODELS: dict[str, type[Contract]] = {
    "case_schema": CaseSchema, "case_portal": CasePortal, "case_mapping_model": CaseMappingModel,
    "ai_issue_analytics": AiIssueAnalytics, "alerting_model": AlertingModel, "sla_model": SlaModel,
    "multi_source_intake": MultiSourceIntake,
}  # fmt: skip
SHIPPED = Path(__file__).parent


class ContractNotFound(NotFound):
    """There is no contract of this name."""

    slug = "contract-not-found"


class ContractUnusable(Unavailable):
    """The file of a contract is missing or is not what its model says: a function that needs it fails closed."""

    slug = "contract-unusable"


@dataclass(frozen=True, slots=True)
class LoadedContract:
    """A contract, its JSON as it stands in the file, and the SHA-256 of the file in hex."""

    contract: Contract
    content: dict[str, Any]
    sha256: str


@cache
def load_contract(name: str, folder: Path = SHIPPED) -> LoadedContract:
    """Return a contract from a folder. Raises ContractNotFound, ContractUnusable."""
    model = MODELS.get(name)
    if model is None:
        raise ContractNotFound("no such contract")
    try:
        raw = (folder / f"{name}.json").read_bytes()
        contract, content = model.model_validate_json(raw), json.loads(raw)
    except (OSError, ValueError, ValidationError):
        raise ContractUnusable(f"the contract {name} cannot be used") from None
    return LoadedContract(contract, content, hashlib.sha256(raw).hexdigest())
