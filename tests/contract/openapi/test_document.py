"""The API document is valid, complete, as committed, and its examples are what its schemas say."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from openapi_spec_validator import OpenAPIV31SpecValidator

from casework.cli.documents import as_yaml
from tests.contract.template.deployment import Deployment

ROOT = Path(__file__).parents[3]


def text_of(document) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def test_the_document_is_valid_openapi(book):
    assert [error.message for error in OpenAPIV31SpecValidator(book.document).iter_errors()] == []


def test_the_committed_json_is_what_the_declarations_say(book):
    assert (ROOT / "docs/openapi.json").read_text() == text_of(book.document), "run `make openapi`"


def test_the_committed_yaml_is_the_same_document(book):
    text = (ROOT / "docs/openapi.yaml").read_text()
    assert text == as_yaml(book.document), "run `make openapi`"
    assert yaml.safe_load(text) == book.document


def test_another_process_writes_the_same_bytes(book, tmp_path):
    command = [sys.executable, "-m", "casework.cli", "openapi", "--out", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, env={"PYTHONPATH": "layers/core/python:functions:.", "PYTHONHASHSEED": "7"})
    assert (tmp_path / "openapi.json").read_text() == text_of(book.document)


def test_paths_are_the_routes_of_the_template(book):
    deployment = Deployment()
    deployed = set().union(*(deployment.routes(key) for key in deployment.functions)) - {"$default"}
    assert {f"{method.upper()} {path}" for path, methods in book.document["paths"].items() for method in methods} == deployed


def test_operation_ids_are_unique(book):
    ids = [one["operationId"] for methods in book.document["paths"].values() for one in methods.values()]
    assert len(ids) == len(set(ids))


def test_every_tag_is_described(book):
    used = {tag for methods in book.document["paths"].values() for one in methods.values() for tag in one["tags"]}
    assert used == {tag["name"] for tag in book.document["tags"] if tag["description"]}


def test_an_operation_says_what_it_does(operation):
    assert operation.declared["summary"]
    assert len(operation.declared["description"]) > 30


def test_a_parameter_says_what_it_is(operation):
    silent = [one["name"] for one in operation.declared.get("parameters", []) if not one.get("description") or "schema" not in one]
    assert silent == []


def test_a_body_has_an_example_that_fits(operation, book):
    for media in operation.declared.get("requestBody", {}).get("content", {}).values():
        assert "example" in media
        assert book.faults(media["schema"], media["example"]) == []


def test_a_good_answer_has_an_example_that_fits(operation, book):
    good = [(kind, media) for status, kind, media in book.contents(operation) if status < "400"]
    assert good or "204" in operation.declared["responses"]
    for kind, media in good:
        assert "example" in media or kind.startswith("text/")
        assert book.faults(media["schema"], media.get("example", "")) == []


def test_refusals_have_examples_that_fit(operation, book):
    refusals = [(status, media) for status, kind, media in book.contents(operation) if status >= "400" and not kind.startswith("text/")]
    for status, media in refusals:
        assert media["examples"], status
        for example in media["examples"].values():
            assert book.faults(media["schema"], example["value"]) == []


def test_problem_examples_carry_their_own_status(operation, book):
    problems = [(status, media) for status, kind, media in book.contents(operation) if kind == "application/problem+json"]
    assert {(status, one["value"]["status"]) for status, media in problems for one in media["examples"].values()} <= {
        (status, int(status)) for status, _ in problems
    }


@pytest.mark.parametrize("face", ["", "V3"])
def test_each_face_refuses_in_its_own_words(book, face):
    schema = next(iter(book.document["components"]["responses"][f"{face}Unauthorized"]["content"].values()))["schema"]
    assert schema == {"$ref": f"#/components/schemas/{'ErrorBody' if face else 'ProblemBody'}"}


def test_who_needs_a_token_is_told_of_401_and_403(operation):
    if operation.declared["security"] == [{"bearer": []}]:
        assert {"401", "403", "500", "503"} <= operation.declared["responses"].keys()
    assert "500" in operation.declared["responses"]
