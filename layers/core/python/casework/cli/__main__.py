"""`python -m casework.cli` is `case-cli`."""

from __future__ import annotations

import sys

from casework.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
