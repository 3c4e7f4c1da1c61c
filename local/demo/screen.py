"""What a person sees of the demo: numbered steps with their figures, aligned; a moving bar only on a terminal."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Generator, Sequence
from typing import Self

from rich.cells import cell_len
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.text import Text

WIDEST = 114
INDENT = "      "


class Surprise(Exception):
    """Something is not as it should be; the text says what was expected and what came."""


class Step:
    """One step: its lines are collected and shown when it ends."""

    def __init__(self, number: int, title: str) -> None:
        """Number and title as they will be shown."""
        self.number = number
        self.title = title
        self.lines: list[tuple[str, str]] = []

    def say(self, text: str, style: str = "") -> None:
        """Add a line."""
        self.lines.append((text, style))

    def table(self, heads: Sequence[str], rows: Sequence[Sequence[object]], widths: Sequence[int]) -> None:
        """Add aligned rows. `widths` in terminal cells per column, negative for right-aligned ones."""
        self.say(_row(heads, widths), "dim")
        for row in rows:
            self.row(row, widths)

    def row(self, cells: Sequence[object], widths: Sequence[int]) -> None:
        """Add one aligned row."""
        self.say(_row([str(cell) for cell in cells], widths))

    def check(self, what: str, expected: object, found: object) -> None:
        """Raises Surprise unless both are equal."""
        if expected != found:
            raise Surprise(f"{what}: expected {expected!r}, got {found!r}")

    def check_that(self, what: str, holds: object, found: object = "") -> None:
        """Raises Surprise unless it holds."""
        if not holds:
            raise Surprise(f"expected that {what}" + (f"; got {found!r}" if found != "" else ""))


class Screen:
    """Prints steps; on a terminal a line at the bottom tells what is going on."""

    def __init__(self) -> None:
        """Find out what standard output is."""
        with contextlib.suppress(AttributeError):
            sys.stdout.reconfigure(errors="replace")  # pyright: ignore[reportAttributeAccessIssue]
        self._console = Console(highlight=False, soft_wrap=True)
        self.width = min(self._console.width, WIDEST) if self._console.is_terminal else WIDEST
        self.timings: list[tuple[str, float]] = []
        self._progress = Progress(
            SpinnerColumn(), TextColumn("{task.description}"), BarColumn(24), TimeElapsedColumn(),
            console=self._console, transient=True, disable=not self._console.is_terminal,
        )  # fmt: skip
        self._task = self._progress.add_task("")

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def title(self, text: str, steps: int) -> None:
        """The first line; `steps` is how many will follow."""
        self._progress.update(self._task, total=steps)
        self._console.print(Text(text, "bold"))
        self._console.print()

    def note(self, text: str) -> None:
        """One line outside the steps."""
        self._console.print(Text(text))

    @contextlib.contextmanager
    def step(self, title: str) -> Generator[Step]:
        """A step: timed, shown at its end, also when it ends badly."""
        step = Step(len(self.timings) + 1, title)
        self._progress.update(self._task, description=title)
        began = time.monotonic()
        try:
            yield step
        except Surprise as surprise:
            step.say(str(surprise), "red")
            self._show(step, time.monotonic() - began, "✗", "red")
            raise
        seconds = time.monotonic() - began
        self.timings.append((title, seconds))
        self._show(step, seconds, "✓", "green")
        self._progress.advance(self._task)

    def _show(self, step: Step, seconds: float, mark: str, style: str) -> None:
        time_text = f"{seconds:.2f} s"
        head = f"{mark} {step.number:>2}  {step.title}"
        gap = " " * max(2, self.width - cell_len(head) - len(time_text))
        self._console.print(Text.assemble((mark, style), (head[1:], "bold"), gap, (time_text, "dim")))
        for text, line_style in step.lines:
            self._line(text, line_style)
        self._console.print()

    def _line(self, text: str, style: str) -> None:
        self._console.print(Text((INDENT + fit(text, self.width - len(INDENT))).rstrip(), style))


def fit(text: str, width: int) -> str:
    """The text in exactly `width` terminal cells: filled with blanks, or cut with `…` between whole characters.

    Thai vowels and tone marks above and below take no cell and stay with their consonant; Chinese characters take two.
    """
    missing = width - cell_len(text)
    if missing >= 0:
        return text + " " * missing
    kept = list(text)
    while kept and cell_len("".join(kept)) > width - 1:
        kept.pop()
    while kept and cell_len(text[len(kept)]) == 0:
        kept.pop()
    cut = "".join(kept)
    return cut + "…" + " " * (width - 1 - cell_len(cut))


def _row(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(_aligned(cell, width) for cell, width in zip(cells, widths, strict=True))


def _aligned(cell: str, width: int) -> str:
    if width >= 0:
        return fit(cell, width)
    return " " * max(0, -width - cell_len(cell)) + fit(cell, min(-width, cell_len(cell)))
