"""Puts the document together: a path and method per declared route, components, tags, security."""

from __future__ import annotations

import json
import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, NamedTuple

from casework.cli.openapi import words
from casework.cli.openapi.refusals import MEANINGS, V1_MEANINGS, Refused, is_bearer, is_error_body, permissions, refusals, takes_keys
from casework.cli.openapi.schemas import Schemas
from casework.cli.openapi.sharing import share_responses
from casework.cli.openapi.volumes import VERSION, WHOLE
from casework.entry.auth import CALLER, INTERNAL, Signed
from casework.entry.http import Answer

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from casework.cli.openapi.volumes import Volume
    from casework.entry.http import Door

Json = dict[str, Any]
_BAD = 400
_HEADER = re.compile(r"#/components/headers/([\w-]+)")
_PARAMETER = re.compile(r"\{(\w+)\}")


class Operation(NamedTuple):
    """One method of one path, and the door behind it."""

    id: str
    method: str
    path: str
    door: Door


def build_document(doors: Mapping[str, Door], volume: Volume = WHOLE) -> Json:
    """Return a volume of the OpenAPI 3.1 document of these doors (by module, `cases.open_case`); `$default` has no place in it.

    Components, tags and security schemes are those that its operations use.
    """
    found = (one for one in _operations(doors) if volume.tag in {"", tag_of(one.path)})
    operations = sorted(found, key=lambda one: (one.path, one.method))
    schemas = Schemas()
    for one in operations:
        _want(one.door, schemas)
    schemas.generate()
    paths: dict[str, Json] = {}
    for one in operations:
        paths.setdefault(one.path, {})[one.method.lower()] = _operation(one, schemas)
    responses = share_responses(paths)
    return {
        "openapi": "3.1.0",
        "info": {"title": volume.title, "version": VERSION, "description": volume.description},
        "servers": words.SERVERS,
        "tags": [{"name": tag, "description": text} for tag, text in _tags(operations).items()],
        "paths": paths,
        "components": {
            "schemas": schemas.used_by([paths, responses]),
            "responses": responses,
            "headers": _only(words.HEADERS, _headers_in([paths, responses])),
            "securitySchemes": _only(words.SECURITY_SCHEMES, {name for one in operations for way in _security(one.door) for name in way}),
        },
    }


def _tags(operations: Iterable[Operation]) -> dict[str, str]:
    return _only({tag: text for _, tag, text in words.FACES}, {tag_of(one.path) for one in operations})


def _headers_in(node: object) -> set[str]:
    return set(_HEADER.findall(json.dumps(node)))


def _only(known: Mapping[str, Any], used: set[str]) -> Json:
    return {name: value for name, value in known.items() if name in used}


def _operations(doors: Mapping[str, Door]) -> Iterator[Operation]:
    for module, door in doors.items():
        seen: set[str] = set()
        for route in door.route.routes:
            if route != "$default":
                method, path = route.split()
                yield Operation(_operation_id(module, path, seen), method, path, door)


def _operation_id(module: str, path: str, seen: set[str]) -> str:
    """`open_case`, `v3_create_case`; a face's second path to one door is named by its last segment."""
    prefix = f"{tag}_" if (tag := tag_of(path)) in {"v1", "v3", "v4"} else ""
    name = f"{prefix}{module.rpartition('.')[2]}"
    if name in seen:
        name = prefix + path.rpartition("/")[2].replace("-", "_")
    seen.add(name)
    return name


def tag_of(path: str) -> str:
    """Return the face that a path belongs to."""
    return next(tag for prefix, tag, _ in words.FACES if path.startswith(prefix))


def _want(door: Door, schemas: Schemas) -> None:
    for kind in (door.route.body, door.route.query, *door.route.path_types.values()):
        if kind is not None:
            schemas.want(kind, "validation")
    for answer in door.route.answers.values():
        if answer.model is not None:
            schemas.want(answer.model, "serialization")
    for refused in refusals(door).values():
        schemas.want(refused.model, "serialization")


def _operation(one: Operation, schemas: Schemas) -> Json:
    route = one.door.route
    needed = " or ".join(f"`{permission}`" for permission in permissions(route))
    found: Json = {
        "operationId": one.id,
        "tags": [tag_of(one.path)],
        "summary": route.summary.rstrip("."),
        "description": " ".join(route.description.split()) + (f"\n\nNeeds the permission {needed}." if needed else ""),
        "parameters": list(_parameters(one, schemas)),
        "security": _security(one.door),
        "responses": _responses(one, schemas),
    }
    body = _request_body(one, schemas)
    return {name: value for name, value in (found | {"requestBody": body}).items() if value or name == "security"}


def _security(door: Door) -> list[Json]:
    """Say who may call: any one of the ways; those within one way only together."""
    if door.route.allow is CALLER:
        return [{"bearer": []}, {"gatewayUser": [], "gatewayToken": []}]
    if is_bearer(door.route):
        return [{"bearer": []}]
    if isinstance(door.route.allow, Signed):
        return [{f"{door.route.allow.provider}Signature": []}]
    return [{"internalToken": []}] if door.route.allow is INTERNAL else []


def _parameters(one: Operation, schemas: Schemas) -> Iterator[Json]:
    door, route = one.door, one.door.route
    described = words.PATH_PARAMETERS | (words.V1_PATH_PARAMETERS if tag_of(one.path) == "v1" else {})
    for name in _PARAMETER.findall(one.path):
        yield {
            "name": name,
            "in": "path",
            "required": True,
            "schema": schemas.of(route.path_types[name], "validation"),
            **described.get(name, {}),
        }
    if route.query is not None:
        yield from _query_parameters(schemas.resolved(schemas.of(route.query, "validation")))
    if "if_match" in door.wants:
        yield words.IF_MATCH
    if takes_keys(route, one.method):
        yield words.IDEMPOTENCY_KEY
    if door.then is not None:
        yield words.PREFER
    if route.allow is INTERNAL:
        yield words.X_TENANT


def _query_parameters(model: Mapping[str, Any]) -> Iterator[Json]:
    required = model.get("required", [])
    for name, schema in model["properties"].items():
        described = {key: value for key, value in _not_null(schema).items() if key != "description"}
        yield {"name": name, "in": "query", "required": name in required, "description": schema.get("description", ""), "schema": described}


def _not_null(schema: Mapping[str, Any]) -> Json:
    """A query string has no null: absent is absent."""
    others = [one for one in schema.get("anyOf", []) if one != {"type": "null"}]
    if len(others) != 1:
        return dict(schema)
    return {**others[0], **{key: value for key, value in schema.items() if key != "anyOf"}}


def _request_body(one: Operation, schemas: Schemas) -> Json | None:
    route = one.door.route
    if route.body is None:
        return words.WEBHOOK_BODY if isinstance(route.allow, Signed) else None
    schema = schemas.of(route.body, "validation")
    examples = schemas.resolved(schema).get("examples", [])
    media: Json = {"schema": schema} | ({"example": examples[0]} if examples else {})
    return {"required": route.body_required, "content": {"application/json": media}}


def _responses(one: Operation, schemas: Schemas) -> Json:
    declared, refused = one.door.route.answers, refusals(one.door)
    found = {status: _answer(one, status, answer, schemas) for status, answer in declared.items() if status < _BAD}
    fallback = next(iter(refused.values())).content_type
    for status in sorted({*refused, *(status for status in declared if status >= _BAD)}):
        meaning = (V1_MEANINGS if tag_of(one.path) == "v1" else MEANINGS).get(status, "")
        said = declared.get(status) or Answer(meaning)
        own = said.model is not None and not is_error_body(said.model)
        known = Refused(said.content_type) if own else refused.get(status) or Refused(fallback)
        found[status] = _refusal(status, said, known, schemas)
    return {str(status): found[status] for status in sorted(found)}


def _answer(one: Operation, status: int, answer: Answer, schemas: Schemas) -> Json:
    media: Json = {"schema": schemas.of(answer.model, "serialization")} if answer.model is not None else {}
    if answer.example is not None:
        media["example"] = answer.example
    headers = list(_headers(one, status, media.get("schema", {}), schemas))
    content: Json = {} if status == HTTPStatus.NO_CONTENT else {"content": {answer.content_type: media}}
    return {"description": answer.description, **({"headers": _references(headers)} if headers else {}), **content}


def _headers(one: Operation, status: int, schema: Json, schemas: Schemas) -> Iterator[str]:
    members = schemas.resolved(schema).get("properties", {})
    if tag_of(one.path) == "v1" and "case_id" in members:
        yield "ETag"
    if "version" in members or "version" in schemas.resolved(members.get("case", {})).get("properties", {}):
        yield "ETag"
    if status == HTTPStatus.CREATED and one.door.view is not None:
        yield "Location"
    if takes_keys(one.door.route, one.method):
        yield "Idempotent-Replayed"
    if one.door.then is not None and status == HTTPStatus.OK:
        yield "Preference-Applied"


def _refusal(status: int, said: Answer, refused: Refused, schemas: Schemas) -> Json:
    media: Json = {"schema": schemas.of(said.model or refused.model, "serialization")}
    examples = _declared_example(status, said, refused) | refused.examples
    if examples:
        media["examples"] = {name: {"value": value} for name, value in examples.items()}
    headers = ["WWW-Authenticate"] if status == HTTPStatus.UNAUTHORIZED else []
    if any("retry_after" in value for value in examples.values()):
        headers.append("Retry-After")
    return {
        "description": said.description, **({"headers": _references(headers)} if headers else {}), "content": {refused.content_type: media},
    }  # fmt: skip


def _declared_example(status: int, said: Answer, refused: Refused) -> Json:
    """Name the declared example by its code; v1's bodies have none, so by the status."""
    example: Any = said.example
    if not example or example in refused.examples.values():
        return {}
    return {example.get("code") or HTTPStatus(status).phrase.lower().replace(" ", "-"): example}


def _references(names: list[str]) -> Json:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}
