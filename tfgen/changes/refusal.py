"""A change of the config that one apply cannot make, with the steps that make it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from tfgen.config.places import Path


class _Remove:
    """The value of a key that a step removes."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "REMOVE"


REMOVE: Final = _Remove()

Base = Literal["deployed", "wanted"]
DEPLOYED: Final[Base] = "deployed"
WANTED: Final[Base] = "wanted"


@dataclass(frozen=True, slots=True)
class Edit:
    """One change of the config, as the stage sees it.

    Attributes:
        path: the key, for example ``("database", "dynamodb", "items", "replicate")``.
        value: its new value; `REMOVE` takes the key out.
    """

    path: tuple[str, ...]
    value: object


@dataclass(frozen=True, slots=True)
class Step:
    """One apply on the way from what is deployed to what is wanted.

    Attributes:
        text: what to do, as the hint says it.
        edits: all that differs from the base, those of earlier steps among it.
        base: the config that the edits are made in: the one that is deployed, or the one that the
            user wants. The last step is the wanted config without an edit.
    """

    text: str
    edits: tuple[Edit, ...] = ()
    base: Base = WANTED


@dataclass(frozen=True, slots=True)
class Refusal:
    """A change that is refused before anything is planned.

    Attributes:
        message: one sentence that says why.
        path: the key whose line is shown, or the nearest that the config has.
        steps: what makes the change, one apply each; none if no apply can.
        advice: what to do where there are no steps, or what they cost.
        hinders_destroy: even a destroy would not find what it is about.
    """

    message: str
    path: Path
    steps: tuple[Step, ...] = ()
    advice: str = ""
    hinders_destroy: bool = False

    @property
    def hint(self) -> str:
        """Returns what to do, as an error shows it."""
        if not self.steps:
            return self.advice
        numbered = (f"({number}) {step.text}" for number, step in enumerate(self.steps, 1))
        steps = f"do it in {len(self.steps)} steps: {'; '.join(numbered)}"
        return f"{steps}. {self.advice}" if self.advice else steps
