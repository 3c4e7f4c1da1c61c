"""`openapi` and `docs`: what the declarations say, written down."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from casework.cli.openapi import CASE_SERVICE, VOLUMES, build_document, silent_doors, silent_fields
from casework.cli.pages import pages
from casework.cli.readme import rewritten
from casework.cli.surroundings import REPOSITORY, CommandFailed
from casework.entry.doors import find_doors

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Mapping

    from casework.cli.surroundings import Surroundings
    from casework.entry.http import Door

FUNCTIONS = REPOSITORY / "functions"


class _Plain(yaml.SafeDumper):
    """Writes every value in full: YAML's aliases would only puzzle readers and tools."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ANN401, ARG002 - PyYAML's signature
        """Never make an alias."""
        return True


def add_arguments(parser: ArgumentParser) -> None:
    """Declare what both commands take."""
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="the folder to write into; made where it is missing")
    parser.add_argument("--functions", type=Path, default=FUNCTIONS, metavar="DIR", help="where the doors are; the checkout's by default")


def add_page_arguments(parser: ArgumentParser) -> None:
    """Declare `docs`."""
    add_arguments(parser)
    parser.add_argument("--readme", type=Path, metavar="FILE", help="the README whose block about v1 is written anew, in place")


def write_openapi(arguments: Namespace, around: Surroundings) -> int:  # noqa: ARG001 - as every command
    """Write every document as JSON and YAML; equal declarations give equal bytes. Raises CommandFailed for a silent route."""
    _write(arguments.out, openapi_files(find_doors(arguments.functions)))
    return 0


def write_pages(arguments: Namespace, around: Surroundings) -> int:
    """Write the generated pages of `docs/`, and README's block where one is named."""
    doors = find_doors(arguments.functions)
    _write(arguments.out, pages(doors))
    if arguments.readme is not None:
        text = arguments.readme.read_text(encoding="utf-8")
        today = around.clock.now().date()
        arguments.readme.write_text(rewritten(text, build_document(doors, CASE_SERVICE), today), encoding="utf-8")
    return 0


def openapi_files(doors: Mapping[str, Door]) -> dict[str, str]:
    """Return the documents by file name. Raises CommandFailed naming each route that leaves something unsaid."""
    documents = {volume.stem: build_document(doors, volume) for volume in VOLUMES}
    silent = [*silent_doors(doors), *silent_fields(documents[CASE_SERVICE.stem])]
    if silent:
        raise CommandFailed("no description:\n  " + "\n  ".join(silent))
    texts = {f"{stem}.json": json.dumps(document, ensure_ascii=False, indent=2) + "\n" for stem, document in documents.items()}
    return texts | {f"{stem}.yaml": as_yaml(document) for stem, document in documents.items()}


def as_yaml(document: Mapping[str, Any]) -> str:
    """Return the document as YAML 1.2-safe text, members in their order."""
    return yaml.dump(document, Dumper=_Plain, sort_keys=False, allow_unicode=True, width=120)


def _write(folder: Path, files: Mapping[str, str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
