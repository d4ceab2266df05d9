"""The live view of an apply or a destroy: a line per region while Terraform works.

Where nothing can be redrawn (a pipe, a log, ``CI``, a dumb terminal) it is plain lines instead: one
when a resource is finished, and one now and then while a resource takes long.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from types import TracebackType
from typing import Final, Self

from tfgen.terraform.events import (
    ApplyComplete,
    ApplyErrored,
    ApplyProgress,
    ApplyStart,
    ChangeSummary,
    Diagnostic,
    Event,
    Log,
)
from tfgen.terraform.progress import GLOBAL, Progress, RegionProgress, region_of
from tfgen.ui.board import Board, Row, State, Work
from tfgen.ui.console import Console
from tfgen.ui.lines import Lines, Step
from tfgen.ui.screen import Screen
from tfgen.ui.text import Style, count, duration, paint

_TICKS_PER_SECOND: Final = 8


class LiveApply:
    """Shows what Terraform does, region by region, while it does it.

    Use it as a context manager, `feed` it every event, and `finish` it; leaving the context
    finishes it as well. A saved plan announces its changes as its first events, so ``planned`` only
    matters for regions that nothing is planned for, and for the moment before.

    Args:
        console: where to show it.
        verb: what goes on, for example ``Applying``.
        planned: how many resources will change by region; ``global`` is what belongs to none.
        clock: tells the time; a recorded run is shown with the time of its events.
    """

    def __init__(
        self,
        console: Console,
        *,
        verb: str = "Applying",
        planned: Mapping[str, int] | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._console = console
        self._verb = verb
        self._planned = dict(planned or {})
        self._clock = clock
        self._began = clock()
        self._ended: datetime | None = None
        self._progress = Progress()
        self._spans: dict[str, tuple[datetime, datetime]] = {}
        self._diagnostics: dict[tuple[str, str, str, str | None], Diagnostic] = {}
        self._summary: ChangeSummary | None = None
        self._lines = Lines(console.message)
        self._open = ExitStack()

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        """What Terraform could not do, each error once."""
        return tuple(one for one in self._diagnostics.values() if one.severity == "error")

    def __enter__(self) -> Self:
        if self._console.redraws:
            screen = self._open.enter_context(
                Screen(self._console.err, self.board, _TICKS_PER_SECOND)
            )
            self._open.enter_context(self._console.messages_through(screen.show_above))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.finish()

    def feed(self, event: Event) -> None:
        """Takes one more event into account.

        Args:
            event: any event, in the order in which Terraform wrote them.
        """
        self._progress = self._progress.after(event)
        match event:
            case ApplyStart() | ApplyProgress() | ApplyComplete() | ApplyErrored():
                region = region_of(event.resource.address)
                began, _ = self._spans.get(region, (event.at, event.at))
                self._spans[region] = (began, event.at)
                if not self._console.redraws:
                    self._show_line(event, region)
            case Diagnostic():
                key = (event.severity, event.summary, event.detail, event.address)
                self._diagnostics.setdefault(key, event)
            case ChangeSummary(operation="apply" | "destroy"):
                self._summary = event
            case Log(message=message) if message.strip():
                self._console.message(message.strip())

    def finish(self) -> None:
        """Ends the view: says how each region ended, then shows every warning and error in full.

        A second call does nothing.
        """
        if self._ended is not None:
            return
        self._ended = self._clock()
        self._open.close()
        board = self.board()
        if board.rows or self._summary:
            self._console.message_painted(self._closing_line(board))
            if self._diagnostics:
                self._console.message("")
        self._show_diagnostics()

    def board(self) -> Board:
        """The view as it is now, for rich to draw, for example into a picture."""
        now = self._ended or self._clock()
        seconds = (now - self._began).total_seconds()
        return Board(
            verb=self._verb,
            rows=tuple(self._row(region, now) for region in self._regions()),
            seconds=seconds,
            glyphs=self._console.err.abilities.glyphs,
            tick=int(seconds * _TICKS_PER_SECOND),
            final=self._ended is not None,
        )

    def _regions(self) -> list[RegionProgress]:
        known = {region.name: region for region in self._progress.regions}
        for name, total in self._planned.items():
            region = known.get(name, RegionProgress(name, 0, 0, (), ()))
            known[name] = replace(region, total=max(region.total, total))
        return [known[name] for name in sorted(known, key=lambda name: (name == GLOBAL, name))]

    def _row(self, region: RegionProgress, now: datetime) -> Row:
        span = self._spans.get(region.name)
        finished = region.done == region.total and not region.in_flight
        if region.errored:
            state = State.FAILED
        elif finished:
            state = State.DONE
        elif self._ended is not None:
            state = State.STOPPED
        else:
            state = State.WAITING if span is None else State.ACTIVE
        seconds = 0.0
        if span is not None:
            began, last = span
            seconds = ((now if region.in_flight else last) - began).total_seconds()
        return Row(
            name=region.name,
            state=state,
            done=region.done,
            total=region.total,
            failed=len(region.errored),
            work=tuple(
                Work(one.address, one.action, (now - one.started).total_seconds())
                for one in region.in_flight
            ),
            seconds=seconds,
        )

    def _show_line(self, step: Step, name: str) -> None:
        region = next(region for region in self._regions() if region.name == name)
        self._lines.show(step, name, region.done, region.total)

    def _show_diagnostics(self) -> None:
        # Errors come last, where they are seen first.
        shown = sorted(self._diagnostics.values(), key=lambda one: one.severity == "error")
        for number, one in enumerate(shown):
            if number:
                self._console.message("")
            self._console.report(one.severity, one.summary, places=_places(one), detail=one.detail)

    def _closing_line(self, board: Board) -> str:
        took = duration(board.seconds)
        if self._summary is not None and not self.errors:
            sign, style = board.glyphs.done, Style.SUCCESS
            words = f"{_changes(self._summary)} in {took}"
        else:
            done = sum(row.done for row in board.rows)
            total = count(sum(row.total for row in board.rows), "resource")
            failed = sum(row.failed for row in board.rows)
            sign, style = board.glyphs.stopped, Style.WARNING
            if self.errors:
                sign, style = board.glyphs.failed, Style.ERROR
            words = f"{done} of {total} done after {took}"
            words += f", {failed} failed" if failed else ""
        return f"{paint(sign, style, color=self._console.err.color)} {words}"


def _changes(summary: ChangeSummary) -> str:
    numbers = {
        "added": summary.add,
        "changed": summary.change,
        "destroyed": summary.remove,
        "imported": summary.imported,
    }
    parts = [f"{number} {what}" for what, number in numbers.items() if number]
    return ", ".join(parts) or "Nothing changed"


def _places(diagnostic: Diagnostic) -> list[str]:
    places = [diagnostic.address] if diagnostic.address else []
    if diagnostic.file:
        line = "" if diagnostic.line is None else f":{diagnostic.line}"
        places.append(f"{diagnostic.file}{line}")
    return places
