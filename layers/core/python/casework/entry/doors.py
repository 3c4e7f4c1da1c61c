"""Every door of a checkout, imported: for documents and tests. Lambda imports one handler by its path and never this."""

from __future__ import annotations

import importlib
import sys
from typing import TYPE_CHECKING

from casework.entry.http import Door

if TYPE_CHECKING:
    from pathlib import Path


def find_doors(folder: Path) -> dict[str, Door]:
    """Return the HTTP doors under `functions/` by module (`cases.open_case`), in order; the folder goes on `sys.path`."""
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))
    names = [".".join(path.relative_to(folder).with_suffix("").parts) for path in sorted(folder.rglob("*.py"))]
    handlers = {name: importlib.import_module(name).handler for name in names}
    return {name: handler for name, handler in handlers.items() if isinstance(handler, Door)}
