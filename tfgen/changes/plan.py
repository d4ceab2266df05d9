"""The way of one table from what is deployed to what is wanted, and why one apply is not enough."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from tfgen.app import App, Table
from tfgen.changes.deployed import DeployedTable
from tfgen.changes.refusal import DEPLOYED, REMOVE, WANTED, Base, Edit, Step
from tfgen.config.places import Path

# How DynamoDB carries changes to replicas.
_REPLICATION_STREAM = "new_and_old"


@dataclass(frozen=True)
class Change:
    """What changes of a table.

    Attributes:
        table: as the config wants it.
        before: as it is deployed.
        keys: the `kms_key` that each region of the app is to have.
    """

    table: Table
    before: DeployedTable
    keys: Mapping[str, str | None]

    @classmethod
    def of(cls, app: App, table: Table, before: DeployedTable) -> Change:
        """Returns the change of a table of an app."""
        return cls(table, before, {region.name: region.kms_key for region in app.regions})

    @cached_property
    def had(self) -> frozenset[str]:
        """The regions that have a replica."""
        return frozenset(replica.region for replica in self.before.replicas)

    @cached_property
    def wanted(self) -> frozenset[str]:
        """The regions that are to have one."""
        return frozenset(self.table.replicas)

    @cached_property
    def rekeyed(self) -> tuple[str, ...]:
        """The regions in which the app gets another key, and the table has one of the app's."""
        if "app" not in {self.before.encryption, self.table.encryption}:
            return ()
        return tuple(
            region
            for region in sorted({self.before.home, *self.had, *self.wanted})
            if region in self.keys
            and region in self.before.keys
            and self.keys[region] != self.before.keys[region]
        )

    @cached_property
    def leaves_key(self) -> bool:
        """Whether a table comes to a key of the app's, or leaves one."""
        kinds = {self.before.encryption, self.table.encryption}
        return bool(self.rekeyed) or (len(kinds) > 1 and "app" in kinds)

    @cached_property
    def changes_consistency(self) -> bool:
        """Whether strong replicas become something else, or come to be; all of them do at once."""
        table, before = self.table, self.before
        if table.consistency != before.consistency:
            return True
        strong = table.consistency == "strong"
        return strong and (self.had, before.witness) != (self.wanted, table.witness)

    @cached_property
    def detaches(self) -> bool:
        """Whether all replicas have to go in an apply of its own.

        A replica with another key or another consistency is to the provider one that is deleted
        and one that is made. And the provider disables a stream before it removes the replicas,
        which DynamoDB refuses: https://github.com/hashicorp/terraform-provider-aws/issues/34450
        """
        if not self.had:
            return False
        if self.wanted:
            return self.leaves_key or self.changes_consistency
        streams = self.before.consistency == "eventual"
        return self.leaves_key or (streams and self.table.stream != _REPLICATION_STREAM)

    @cached_property
    def protected(self) -> tuple[str, ...]:
        """The regions whose replicas go, and are protected against that."""
        going = self.had if self.detaches else self.had - self.wanted
        found = self.before.replicas
        return tuple(each.region for each in found if each.protected and each.region in going)

    @cached_property
    def attaches(self) -> bool:
        """Whether new replicas have to wait for the encryption.

        The provider changes the encryption first, and of all replicas that there are to be.
        """
        changed = bool(self.rekeyed) or self.before.encryption != self.table.encryption
        return changed and bool(self.wanted - (frozenset() if self.detaches else self.had))

    @cached_property
    def by_way_of_owned(self) -> bool:
        """Whether the table has to be on a key of DynamoDB's own in between.

        `aws_managed` names no key, which the provider takes for the key that the table has. And
        one apply cannot give a role the right to a new key before, and take the one to the old key
        away after, the table has changed; nor delete a key of tfgen's only after it.
        """
        leaves = bool(self.rekeyed) or self.table.encryption == "aws_managed"
        return self.before.encryption == "app" and leaves

    @cached_property
    def old_ttl(self) -> str | None:
        """The attribute that has to be switched off first: DynamoDB wants its name for that."""
        active, wanted = self.before.ttl, self.table.ttl
        return None if wanted is not None and wanted.attribute == active else active

    def steps(self) -> tuple[Step, ...]:
        """Returns the steps, of which the last is what is wanted; none if one apply is enough."""
        way = _Way(self.table.name)
        self._open(way)
        if self.detaches:
            self._detach(way)
        if self.by_way_of_owned:
            way.set("encryption", "aws_owned")
            way.apply("set `encryption: aws_owned`")
        if self.rekeyed and self.table.encryption == "app":
            self._rekey(way)
        elif self.attaches:
            way.set("encryption", self.table.encryption)
            way.apply(f"set `encryption: {self.table.encryption}`")
        return (*way.steps, Step(self._last())) if way.steps else ()

    def _open(self, way: _Way) -> None:
        said = []
        if self.protected:
            way.set("deletion_protection", False)
            said.append("`deletion_protection: false`")
        if self.old_ttl is not None:
            way.set("ttl", {"attribute": self.old_ttl, "enabled": False})
            said.append(f"`ttl: {{attribute: {self.old_ttl}, enabled: false}}`")
        if said:
            way.apply(f"set {' and '.join(said)} on the table as it was")

    def _detach(self, way: _Way) -> None:
        way.set("replicate", REMOVE)
        if self.before.consistency == "strong":
            way.set("consistency", REMOVE)
            way.set("witness", REMOVE)
            way.apply("remove `replicate`, `consistency` and `witness`")
        else:
            way.set("stream", _REPLICATION_STREAM)
            way.apply(f"set `stream: {_REPLICATION_STREAM}` in the place of `replicate: true`")

    def _rekey(self, way: _Way) -> None:
        """Gives the functions the new keys, then the table, and the replicas last."""
        way.begin_with_wanted()
        alone = ""
        if self.old_ttl is not None:
            way.set("ttl", {"attribute": self.old_ttl, "enabled": False})
        if self.attaches:
            alone = " and without `replicate`"
            way.set("replicate", REMOVE)
            for key in ("consistency", "witness") if self.table.consistency == "strong" else ():
                way.set(key, REMOVE)
        meanwhile = "aws_owned" if self.by_way_of_owned else self.before.encryption
        way.set("encryption", meanwhile)
        way.apply(f"write the new `kms_key`, with `encryption: {meanwhile}`{alone}")
        if self.attaches:
            way.set("encryption", "app")
            way.apply("set `encryption: app`")

    def _last(self) -> str:
        text = "write the table as you want it, and apply"
        if self.old_ttl is not None and self.table.ttl is not None and self.table.ttl.enabled:
            return f"an hour after the first step, {text}"
        return text

    def reason(self) -> tuple[str, Path]:
        """Returns one sentence that says why one apply is not enough, and the key it is about."""
        name, where = self.before.name, ("database", "dynamodb", self.table.name)
        if self.detaches and self.wanted:
            if self.leaves_key:
                what = "key"
                place: Path = self._of_key(where)
            else:
                what, place = "consistency", (*where, "consistency")
            return (
                f"The {what} of the table `{name}` cannot be changed while it has replicas: each "
                "of them would be deleted and made again",
                place,
            )
        if self.detaches:
            return (
                f"The table `{name}` cannot lose its replicas in one apply: DynamoDB would refuse "
                "to disable the stream or to change the key of a table that still has replicas",
                where,
            )
        if self.protected:
            regions = ", ".join(f"`{region}`" for region in self.protected)
            return (
                f"The table `{name}` is protected against deletion in {regions}, so DynamoDB would "
                "not delete it there",
                where,
            )
        if self.rekeyed:
            return (
                f"The table `{name}` cannot get another key in one apply: the function would be "
                "denied its items until its role has the right to the new key",
                self._of_key(where),
            )
        if self.attaches:
            return (
                f"The table `{name}` cannot get new replicas and another `encryption` in one apply",
                (*where, "encryption"),
            )
        if self.by_way_of_owned:
            return (
                f"The table `{name}` cannot change from the app's key to `aws_managed` in one "
                "apply: the provider would leave it on the app's key",
                (*where, "encryption"),
            )
        return self._of_ttl(name, where)

    def _of_key(self, where: Path) -> Path:
        if self.rekeyed:
            return ("regions", self.rekeyed[0], "kms_key")
        return (*where, "encryption")

    def _of_ttl(self, name: str, where: Path) -> tuple[str, Path]:
        if self.table.ttl is None:
            why = f"DynamoDB would go on deleting items of `{name}` by `{self.old_ttl}`"
            return f"To remove `ttl` does not switch it off: {why}", (*where, "ttl")
        return (
            f"The table `{name}` has a time to live by `{self.old_ttl}`, and DynamoDB takes no "
            "other attribute before that is off",
            (*where, "ttl"),
        )


class _Way:
    """Collects steps.

    Args:
        table: its name in the config.
    """

    def __init__(self, table: str) -> None:
        self.steps: list[Step] = []
        self._table = table
        self._edits: dict[tuple[str, ...], object] = {}
        self._base: Base = DEPLOYED

    def set(self, key: str, value: object) -> None:
        """Sets a key of the table, from here on."""
        self._edits["database", "dynamodb", self._table, key] = value

    def begin_with_wanted(self) -> None:
        """Makes the following edits in the config that is wanted."""
        self._base = WANTED
        self._edits = {}

    def apply(self, text: str) -> None:
        """Ends a step."""
        edits = tuple(Edit(path, value) for path, value in self._edits.items())
        self.steps.append(Step(f"{text}, and apply", edits, self._base))
