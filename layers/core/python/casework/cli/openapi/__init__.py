"""The OpenAPI 3.1 documents, made of the doors' declarations alone; nothing of it loads in Lambda."""

from casework.cli.openapi.document import build_document
from casework.cli.openapi.silences import silent_doors, silent_fields
from casework.cli.openapi.volumes import CASE_SERVICE, VOLUMES

__all__ = ["CASE_SERVICE", "VOLUMES", "build_document", "silent_doors", "silent_fields"]
