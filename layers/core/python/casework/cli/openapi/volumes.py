"""Which documents there are: one of everything, and one per face that is published on its own."""

from __future__ import annotations

from typing import NamedTuple

from casework.cli.openapi import words

VERSION = "1.0.0"


class Volume(NamedTuple):
    """A document: its files' stem under `docs/`, its words, and the tag of what it holds; every tag where that is empty."""

    stem: str
    title: str
    description: str
    tag: str = ""


WHOLE = Volume("openapi", words.TITLE, words.DESCRIPTION)
CASE_SERVICE = Volume("openapi-v1", words.V1_TITLE, words.V1_DESCRIPTION, "v1")
VOLUMES = (WHOLE, CASE_SERVICE)
