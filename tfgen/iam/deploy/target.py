"""What rights are about, and what a type of resource needs of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from tfgen.app import App
from tfgen.iam.document import Condition
from tfgen.iam.names import Names
from tfgen.regions import CONTROL_PLANE, REGIONS


@dataclass(frozen=True, slots=True)
class Where:
    """A stage in an account.

    Attributes:
        app: the stage.
        account: the ID of the account, or a placeholder.
    """

    app: App
    account: str

    @property
    def regions(self) -> tuple[Names, ...]:
        """The names in each region of the app."""
        return self.those(region.name for region in self.app.regions)

    @property
    def control_plane(self) -> Names:
        """The names where the global services have their endpoint."""
        partition = REGIONS[self.app.regions[0].name].partition
        return Names(self.app, CONTROL_PLANE[partition], self.account)

    def those(self, regions: Iterable[str]) -> tuple[Names, ...]:
        """Returns the names in some regions."""
        return tuple(Names(self.app, name, self.account) for name in regions)


@dataclass(frozen=True, slots=True)
class Scope:
    """The resources of a statement, and its conditions. Without resources there is no statement."""

    resources: tuple[str, ...] = ()
    conditions: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Target:
    """A kind of thing that calls are about: a statement of the policy.

    Attributes:
        sid: the statement's.
        service: what the actions begin with.
        scope: returns which things of an app these are.
    """

    sid: str
    service: str
    scope: Callable[[Where], Scope]


@dataclass(frozen=True, slots=True)
class Needs:
    """What a type of resource needs of one target, by what is done with it.

    Attributes:
        adopt: to find what a broken apply has left, and to finish it.
    """

    target: Target
    create: tuple[str, ...] = ()
    read: tuple[str, ...] = ()
    update: tuple[str, ...] = ()
    delete: tuple[str, ...] = ()
    adopt: tuple[str, ...] = ()

    @property
    def actions(self) -> frozenset[str]:
        """All of them, with the service."""
        named = (*self.create, *self.read, *self.update, *self.delete, *self.adopt)
        return frozenset(f"{self.target.service}:{name}" for name in named)


Table: TypeAlias = Mapping[str, tuple[Needs, ...]]
"""Type of a resource → what it needs. That of a data source begins with ``data.``."""


def needs(
    target: Target,
    *,
    create: str = "",
    read: str = "",
    update: str = "",
    delete: str = "",
    adopt: str = "",
) -> Needs:
    """Returns what a type needs of a target; each text has actions with spaces between them."""
    return Needs(
        target,
        tuple(create.split()),
        tuple(read.split()),
        tuple(update.split()),
        tuple(delete.split()),
        tuple(adopt.split()),
    )


def each_region(arns: Callable[[Names], Iterable[str]]) -> Callable[[Where], Scope]:
    """Returns the scope of things that there are in every region.

    Args:
        arns: returns those in one region.
    """
    return lambda where: Scope(tuple(arn for names in where.regions for arn in arns(names)))


def in_regions(names: Iterable[Names]) -> Scope:
    """Returns the scope of actions that have no resource level: the regions are what is left.

    Args:
        names: those in each of the regions.
    """
    regions = tuple(sorted({each.region for each in names}))
    if not regions:
        return Scope()
    return Scope(("*",), (Condition("StringEquals", "aws:RequestedRegion", regions),))
