"""The OpenAPI 3.1 document, made of the doors' declarations alone; nothing of it loads in Lambda."""

from casework.cli.openapi.document import build_document

__all__ = ["build_document"]
