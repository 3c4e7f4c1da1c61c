"""GET /api/contracts/{name}: seven versioned files, read-only, replaceable without code (S1-01, S1-21…S1-27, C-41)."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from typing import TYPE_CHECKING

import pytest

from casework.contracts.loading import MODELS, SHIPPED

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.api import Api

NAMES = (
    "case_schema", "case_portal", "case_mapping_model", "ai_issue_analytics", "alerting_model", "sla_model", "multi_source_intake",
)  # fmt: skip


def test_there_are_seven(shared_api: Api) -> None:
    assert set(MODELS) == set(NAMES)
    assert {path.stem for path in SHIPPED.glob("*.json")} == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_each_is_answered_as_its_file_has_it(shared_api: Api, name: str) -> None:
    answer = shared_api.get(f"/api/contracts/{name}", roles=["auditor"])
    raw = (SHIPPED / f"{name}.json").read_bytes()
    assert (answer.status, answer.json) == (200, json.loads(raw))
    assert answer.headers["etag"] == f'"{hashlib.sha256(raw).hexdigest()}"'


@pytest.mark.parametrize("name", NAMES)
def test_each_says_its_name_version_binding_and_title(shared_api: Api, name: str) -> None:
    found = shared_api.get(f"/api/contracts/{name}", roles=["citizen"]).json
    assert (found["contract"], found["binding"]) == (name, "derived")
    assert re.fullmatch(r"\d+\.\d+\.\d+(-[a-z]+)?", found["schema_version"])
    assert all(found["title"][language].strip() for language in ("en", "th", "zh"))


@pytest.mark.parametrize("name", ["nope", "model", "case_schema.json", "..", "CASE_SCHEMA"])
def test_an_unknown_one_is_404(shared_api: Api, name: str) -> None:
    assert shared_api.get(f"/api/contracts/{name}").status == 404


def test_it_is_read_by_those_who_read_or_report(shared_api: Api) -> None:
    assert shared_api.get("/api/contracts/sla_model", roles=["l1"]).status == 403
    assert shared_api.get("/api/contracts/sla_model", token=None).status == 401
    assert shared_api.call("PUT", "/api/contracts/sla_model", {}, roles=["admin"]).status == 404


def test_a_file_swapped_for_another_valid_one_is_answered_instead(api: Api, tmp_path: Path) -> None:
    for name in NAMES:
        shutil.copy(SHIPPED / f"{name}.json", tmp_path)
    changed = json.loads((SHIPPED / "case_portal.json").read_text()) | {"schema_version": "2.0.0", "binding": "owner"}
    (tmp_path / "case_portal.json").write_text(json.dumps(changed))
    api.world.environ["CONTRACTS_DIR"] = str(tmp_path)
    assert api.get("/api/contracts/case_portal").json == changed


@pytest.mark.parametrize("content", [None, "{", '{"schema_version": "1"}'])
def test_a_file_that_is_no_contract_is_a_503_that_tells_nothing(api: Api, tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "sla_model.json").write_text(content)
    api.world.environ["CONTRACTS_DIR"] = str(tmp_path)
    answer = api.get("/api/contracts/sla_model")
    assert (answer.status, str(tmp_path) in json.dumps(answer.json)) == (503, False)
