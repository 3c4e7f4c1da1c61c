"""Say plainly what this machine's Python lacks, before anything is set up. Runs on any Python, so it stays plain."""

import sys

NEEDED = (3, 11)
ADD_VENV = "This Python cannot make virtual environments. Add that with:\n\n    apt-get install python3-venv\n"


def complaint() -> str:
    """Return what stands in the way, or an empty string."""
    if sys.version_info < NEEDED:
        found = ".".join(str(part) for part in sys.version_info[:3])
        return "Casework needs Python 3.11 or newer; this is %s (set PYTHON=... to name another)." % found
    try:
        import ensurepip
        import venv
    except ImportError:
        return ADD_VENV
    return "" if ensurepip and venv else ADD_VENV


if __name__ == "__main__":
    sys.exit(complaint() or 0)
