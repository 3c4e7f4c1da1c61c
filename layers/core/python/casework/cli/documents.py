"""`openapi` and `docs`: what the declarations say, written down."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from casework.cli.openapi import build_document
from casework.cli.pages import pages
from casework.cli.surroundings import REPOSITORY
from casework.entry.doors import find_doors

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Mapping

    from casework.cli.surroundings import Surroundings

FUNCTIONS = REPOSITORY / "functions"


class _Plain(yaml.SafeDumper):
    """Writes every value in full: YAML's aliases would only puzzle readers and tools."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ANN401, ARG002 - PyYAML's signature
        """Never make an alias."""
        return True


def add_arguments(parser: ArgumentParser) -> None:
    """Declare either command."""
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="the folder to write into; made where it is missing")


def write_openapi(arguments: Namespace, around: Surroundings) -> int:  # noqa: ARG001 - as every command
    """Write `openapi.json` and `openapi.yaml`; equal declarations give equal bytes."""
    document = build_document(find_doors(FUNCTIONS))
    text = json.dumps(document, ensure_ascii=False, indent=2) + "\n"
    _write(arguments.out, {"openapi.json": text, "openapi.yaml": as_yaml(document)})
    return 0


def write_pages(arguments: Namespace, around: Surroundings) -> int:  # noqa: ARG001 - as every command
    """Write the generated pages of `docs/`."""
    _write(arguments.out, pages(find_doors(FUNCTIONS)))
    return 0


def as_yaml(document: Mapping[str, Any]) -> str:
    """Return the document as YAML 1.2-safe text, members in their order."""
    return yaml.dump(document, Dumper=_Plain, sort_keys=False, allow_unicode=True, width=120)


def _write(folder: Path, files: Mapping[str, str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
