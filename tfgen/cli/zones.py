"""What a plan may do to the hosted zone that a stage created."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Final

from tfgen.aws.dns import Record, plain
from tfgen.cli.steps import read_state
from tfgen.errors import TfgenError

if TYPE_CHECKING:
    from tfgen.cli.steps import PlannedChange
    from tfgen.cli.workspace import Workspace
    from tfgen.terraform.state import Instance
    from tfgen.ui.console import Console

ZONE: Final = "aws_route53_zone"
ADDRESS: Final = f"{ZONE}.this"

_RECORD: Final = "aws_route53_record"

# In words, and in the messages of `-json`.
_LOST: Final = re.compile(
    rf"{re.escape(ADDRESS)}(?: will be destroyed| must be replaced|: Plan to (?:delete|replace))"
)

# More would not be read.
_NAMED: Final = 5


def warn_of_lost_zone(console: Console, said: str) -> None:
    """Says after a plan that an apply would refuse it.

    Args:
        console: where it is told.
        said: what Terraform said of the plan.
    """
    from tfgen.terraform.texts import plain as plain_text

    if _LOST.search(plain_text(said)):
        console.notice(
            "This plan deletes the hosted zone that the stage created: `tfgen apply` refuses that, "
            "and says how to keep the zone"
        )


def refuse_lost_zone(
    changes: Sequence[PlannedChange], workspace: Workspace, *, allowed: bool
) -> None:
    """Refuses a plan that deletes the hosted zone, or that Route 53 would stop halfway.

    A new zone of the same name has other name servers, which its registrar has to be told. And
    Route 53 deletes no zone that has any records but its own NS and SOA:
    https://docs.aws.amazon.com/Route53/latest/APIReference/API_DeleteHostedZone.html.

    Args:
        changes: what the plan does.
        workspace: the stage.
        allowed: the user has said that the zone may go, or everything goes.

    Raises:
        TfgenError: the zone would go which may not, or has records that are not this stage's.
    """
    change = next((each for each in changes if each.address == ADDRESS), None)
    if change is None or "delete" not in change.actions:
        return
    name, zone_id = plain(str(change.before["name"])), str(change.before["zone_id"])
    place = workspace.places.at("api", "zone")
    keep = (
        "to keep the zone and let go of it, run "
        f"`{workspace.engine.command} -chdir={workspace.shown_root} state rm {ADDRESS}`, then this "
        "again"
    )
    if _looks_up(workspace, name, zone_id):
        raise TfgenError(
            f"Without `create_zone: true` the hosted zone `{name}` would be deleted, and Route 53 "
            "deletes no zone that still has the records of this stage",
            place=place,
            hint=f"{keep}; to go on managing it, put `create_zone: true` back",
        )
    if not allowed:
        what = (
            f"The hosted zone `{name}` would be replaced"
            if "create" in change.actions
            else f"The hosted zone `{name}` is not in the config any more, and would be deleted"
        )
        raise TfgenError(
            f"{what}; a new one has other name servers",
            place=place,
            hint=f"{keep}; to lose it, add `--allow-replace`",
        )
    if foreign := _foreign(workspace, zone_id, name):
        raise TfgenError(
            f"The hosted zone `{name}` has records that this stage did not make: "
            f"{_listed(foreign)}. Route 53 deletes no zone with records",
            place=place,
            hint=f"{keep}; to lose it, delete them first",
        )


def _looks_up(workspace: Workspace, name: str, zone_id: str) -> bool:
    """Says whether the app still has its records in the zone, which it does not create any more."""
    domain = workspace.app.api.domain
    if domain is None or domain.zone.create:
        return False
    return domain.zone.name == name or domain.zone.id == zone_id


def _foreign(workspace: Workspace, zone_id: str, zone: str) -> list[Record]:
    from tfgen.aws.dns import all_records
    from tfgen.aws.session import Aws
    from tfgen.regions import CONTROL_PLANE, REGIONS

    app = workspace.app
    role = app.api.domain.zone.role_arn if app.api.domain else None
    region = CONTROL_PLANE[REGIONS[app.regions[0].name].partition]
    route53 = Aws(workspace.endpoint, role).client("route53", region)
    return foreign(all_records(route53, zone_id), read_state(workspace), zone_id, zone)


def foreign(
    records: Sequence[Record], state: Collection[Instance], zone_id: str, zone: str
) -> list[Record]:
    """Returns the records of a zone that a stage did not make.

    Args:
        records: those that the zone has.
        state: the resources of the stage.
        zone_id: the zone's ID.
        zone: its name.
    """
    ours = {
        Record(
            plain(str(each.attributes.get("fqdn") or each.attributes.get("name"))),
            str(each.attributes.get("type")),
            str(each.attributes.get("set_identifier") or ""),
        )
        for each in state
        if each.type == _RECORD and each.attributes.get("zone_id") == zone_id
    }
    own = {Record(zone, kind) for kind in ("NS", "SOA")}
    return [record for record in records if record not in ours | own]


def _listed(records: Sequence[Record]) -> str:
    named = list(dict.fromkeys(f"`{record.name}` ({record.type})" for record in records))
    more = f" and {len(named) - _NAMED} more" if len(named) > _NAMED else ""
    return ", ".join(named[:_NAMED]) + more
