"""v1's own document: what it holds, how its callers prove themselves, and that no silent door gets into it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from openapi_spec_validator import OpenAPIV31SpecValidator
from pydantic import BaseModel, Field
from typing_extensions import TypedDict

from casework.cli.documents import openapi_files
from casework.cli.main import main
from casework.cli.openapi import CASE_SERVICE, build_document, silent_doors, silent_fields
from casework.cli.surroundings import CommandFailed
from casework.entry.http import CALLER, PUBLIC, Answer, Door, Reply, endpoint
from casework.faces.v1.errors import V1

if TYPE_CHECKING:
    from collections.abc import Callable

DOCS = Path(__file__).parents[3] / "docs"


class Case(TypedDict):
    case_id: str


class Part(BaseModel):
    size: int = Field(description="How many.")


class MutePart(BaseModel):
    size: int


class Body(BaseModel):
    title: str = Field(description="What it is about.")
    parts: list[Part] = Field(default=[], description="What it is made of.")


class MuteBody(BaseModel):
    title: str
    parts: list[MutePart] = Field(default=[], description="What it is made of.")


class Query(BaseModel):
    page: int = Field(default=1, description="Which page.")


class MuteQuery(BaseModel):
    page: int = 1


def told(body: type = Body, query: type = Query, doc: str | None = "Make a case.\n\nAll may be left out.", said: str = "Made.") -> Door:
    """Return a door of v1 that says everything, but for what a test takes away."""

    def handler(body: Any, query: Any) -> Reply:
        return Reply(201)

    handler.__doc__, handler.__annotations__ = doc, {"body": body, "query": query, "return": Reply}
    made = Answer(said, Case, {"case_id": "case_5e0c9a1b2d3f"})
    return endpoint("POST /api/v1/cases", allow=CALLER, face=V1, answers={201: made})(handler)


def health() -> Door:
    def handler() -> Reply:
        """Tell how the service is.

        Needs no identity.
        """
        return Reply()

    return endpoint("GET /health", allow=PUBLIC, face=V1, answers={200: Answer("It is well.", Case, {"case_id": "x"})})(handler)


def gone(case_id: str) -> Reply:
    """Delete a case.

    A second call finds nothing.
    """
    return Reply(204)


def other() -> Reply:
    """Belong to another face.

    Not for v1.
    """
    return Reply()


def made_doors() -> dict[str, Door]:
    delete: Callable[..., Door] = endpoint("DELETE /api/v1/cases/{case_id}", allow=CALLER, face=V1, answers={204: Answer("It is gone.")})
    elsewhere = endpoint("GET /api/other", allow=PUBLIC, answers={200: Answer("Well.", Part)})
    return {"v1.create_case": told(), "v1.describe_health": health(), "v1.delete_case": delete(gone), "ops.other": elsewhere(other)}


MADE = build_document(made_doors(), CASE_SERVICE)


def operations(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {f"{method.upper()} {path}": one for path, methods in document["paths"].items() for method, one in methods.items()}


def test_it_holds_v1_and_health_and_nothing_else():
    assert operations(MADE).keys() == {"POST /api/v1/cases", "DELETE /api/v1/cases/{case_id}", "GET /health"}
    assert (MADE["info"]["title"], MADE["info"]["version"]) == ("Casework case service", "1.0.0")
    assert [tag["name"] for tag in MADE["tags"]] == ["v1"]


def test_it_is_valid_openapi():
    assert [error.message for error in OpenAPIV31SpecValidator(MADE).iter_errors()] == []


@pytest.mark.parametrize("kind", ["schemas", "responses", "headers"])
def test_every_component_is_referred_to(kind: str):
    text = json.dumps(MADE)
    assert MADE["components"][kind]
    assert [name for name in MADE["components"][kind] if f'"#/components/{kind}/{name}"' not in text] == []


def test_a_caller_has_a_token_or_comes_through_the_gateway():
    assert operations(MADE)["POST /api/v1/cases"]["security"] == [{"bearer": []}, {"gatewayUser": [], "gatewayToken": []}]
    assert operations(MADE)["GET /health"]["security"] == []
    schemes = MADE["components"]["securitySchemes"]
    assert {one["name"] for one in schemes.values() if one["type"] == "apiKey"} == {"X-User-ID", "X-Gateway-Token"}
    assert (schemes["bearer"]["scheme"], schemes["bearer"]["bearerFormat"]) == ("bearer", "JWT")


def test_refusals_are_worded_as_v1_words_them():
    shared = MADE["components"]["responses"]["V1Unauthorized"]["content"]["application/json"]
    assert shared["schema"] == {"$ref": "#/components/schemas/Detail"}
    faults = operations(MADE)["POST /api/v1/cases"]["responses"]["422"]["content"]["application/json"]
    assert faults["schema"] == {"$ref": "#/components/schemas/Faults"}


def test_no_content_is_documented_as_none():
    assert operations(MADE)["DELETE /api/v1/cases/{case_id}"]["responses"]["204"] == {"description": "It is gone."}


def test_a_door_that_says_everything_passes():
    assert silent_doors(made_doors()) + silent_fields(MADE) == []


@pytest.mark.parametrize(
    ("door", "unsaid"),
    [
        (told(doc=None), ["summary", "description"]),
        (told(doc="Make a case."), ["description"]),
        (told(said=" "), ["answer 201"]),
        (told(query=MuteQuery), ["query parameter page"]),
        (told(body=MuteBody), ["body field parts.size", "body field title"]),
    ],
)
def test_what_a_door_leaves_unsaid_is_named_with_its_route(door, unsaid):
    with pytest.raises(CommandFailed) as failed:
        openapi_files({"v1.create_case": door})
    assert str(failed.value).splitlines()[1:] == [f"  POST /api/v1/cases: {what}" for what in unsaid]


def test_the_command_fails_for_a_door_without_a_docstring_and_writes_nothing(tmp_path, monkeypatch, capsys):
    (tmp_path / "functions").mkdir()
    monkeypatch.syspath_prepend(tmp_path / "functions")
    (tmp_path / "functions/mute_door.py").write_text(
        "from casework.entry.http import PUBLIC, Answer, Reply, endpoint\n\n\n"
        "@endpoint('GET /api/v1/mute', allow=PUBLIC, answers={200: Answer('Well.', str)})\n"
        "def handler() -> Reply:\n    return Reply()\n"
    )
    assert main(["openapi", "--functions", str(tmp_path / "functions"), "--out", str(tmp_path / "out")]) != 0
    assert "GET /api/v1/mute: summary" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_the_real_face_has_eight_endpoints_that_say_everything(book):
    document = build_document(book.doors, CASE_SERVICE)
    assert len(operations(document)) == 8
    assert [key for key, one in operations(document).items() if len(one["security"]) != 2] == ["GET /health"]
    assert silent_doors(book.doors) + silent_fields(document) == []
    assert [error.message for error in OpenAPIV31SpecValidator(document).iter_errors()] == []


def test_the_whole_document_holds_the_face_too(book):
    own = operations(build_document(book.doors, CASE_SERVICE))
    whole = operations(book.document)
    assert {key: one["operationId"] for key, one in own.items()} == {key: whole[key]["operationId"] for key in own}


def test_the_committed_files_are_one_document_and_what_the_declarations_say(book):
    files = openapi_files(book.doors)
    committed = {name: (DOCS / name).read_text() for name in ("openapi-v1.json", "openapi-v1.yaml")}
    assert committed == {name: files[name] for name in committed}, "run `make docs`"
    assert yaml.safe_load(committed["openapi-v1.yaml"]) == json.loads(committed["openapi-v1.json"])
