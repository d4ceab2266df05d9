"""Route 53: a batch of changes happens as a whole, and a record that exists is not created again.

AWS refuses a batch of which one change cannot be, and makes none of it
(https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeResourceRecordSets.html). moto
makes what comes before the impossible one, creates a second record of the same name unless the
first was created by the very same words, and deletes every record of the zone that has the same
set identifier. So an apply would adopt records that are somebody else's, and removing a region's A
record would remove its AAAA record as well.

An asterisk is kept and listed as its octal code, whichever of the two was sent
(https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DomainNameFormat.html). moto gives back
what was sent, so that a reader that does not know the code would pass here and fail there.

Batches that come at once are taken one after the other, as Route 53 does for each zone. Terraform
sends ten, and each replaces all records of its zone.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from tfgen.sandbox.patches.expect import expect_method

if TYPE_CHECKING:
    from moto.route53.models import FakeZone, RecordSet, Route53Backend

# What tells the routing policy, by its name in a change → in moto's record.
_POLICIES: Final = {
    "Weight": "weight",
    "Region": "region",
    "Failover": "failover",
    "GeoLocation": "geo_location",
    "MultiValueAnswer": "multi_value_answer",
}

# Of these, no two records of one name and type may say the same.
_UNIQUE: Final = ("region", "failover", "geo_location")


_one_at_a_time: Final = threading.Lock()


def patch() -> None:
    """Changes moto's Route 53.

    Raises:
        TfgenError: moto does not have what this builds on.
    """
    from moto.route53.models import FakeZone, Route53Backend

    expect_method(Route53Backend, "change_resource_record_sets", "zoneid", "change_list")
    expect_method(Route53Backend, "get_hosted_zone", "id_")
    expect_method(FakeZone, "add_rrset", "record_set")
    list_records = expect_method(FakeZone, "get_record_sets", "start_type", "start_name")

    def change(self: Route53Backend, zoneid: str, change_list: list[dict[str, Any]]) -> None:
        with _one_at_a_time:
            _change(self, self.get_hosted_zone(zoneid), change_list)

    def list_from(self: FakeZone, start_type: str, start_name: str) -> list[RecordSet]:
        found: list[RecordSet] = list_records(self, start_type, _escaped(start_name or ""))
        return found

    FakeZone.get_record_sets = list_from  # type: ignore[method-assign]
    Route53Backend.change_resource_record_sets = change  # type: ignore[method-assign]


def _change(backend: Route53Backend, zone: FakeZone, changes: Sequence[Mapping[str, Any]]) -> None:
    from moto.route53.exceptions import InvalidActionValue, NoSuchHealthCheck
    from moto.route53.utils import validate_domain_name

    records = list(zone.rrsets)
    for each in changes:
        record = _read(each["ResourceRecordSet"])
        validate_domain_name(record.name, code="InvalidChangeBatch")
        if not f".{record.name}".endswith(f".{_absolute(zone.name)}"):
            raise _refused(
                f"RRSet with DNS name {record.name} is not permitted in zone {zone.name}"
            )
        match each["Action"]:
            case "CREATE":
                _create(records, record)
            case "UPSERT":
                _upsert(records, record)
            case "DELETE":
                _delete(records, record)
            case other:
                raise InvalidActionValue(other)
        if record.health_check_id and record.health_check_id not in backend.health_checks:
            raise NoSuchHealthCheck(record.health_check_id)
    _check(zone, records, [_read(each["ResourceRecordSet"]) for each in changes])
    zone.rrsets = records


def _read(given: Mapping[str, Any]) -> RecordSet:
    from moto.route53.models import RecordSet

    values = [each["Value"] for each in given.get("ResourceRecords") or []]
    # Route 53 keeps names in lower case.
    name = _escaped(_absolute(given["Name"]).lower())
    fields = dict(given) | {"Name": name, "ResourceRecords": values}
    return RecordSet(fields)  # type: ignore[abstract]


def _create(records: list[RecordSet], record: RecordSet) -> None:
    if _find(records, record) is not None:
        raise _refused(f"Tried to create resource record set {_id(record)} but it already exists")
    records.append(record)


def _upsert(records: list[RecordSet], record: RecordSet) -> None:
    found = _find(records, record)
    if found is None:
        records.append(record)
    else:
        records[found] = record


def _delete(records: list[RecordSet], record: RecordSet) -> None:
    found = _find(records, record)
    tried = f"Tried to delete resource record set {_id(record)}"
    if found is None:
        raise _refused(f"{tried} but it was not found")
    if _content(records[found]) != _content(record):
        raise _refused(f"{tried} but the values provided do not match the current values")
    del records[found]


def _find(records: Iterable[RecordSet], wanted: RecordSet) -> int | None:
    key = _key(wanted)
    return next((at for at, record in enumerate(records) if _key(record) == key), None)


def _check(zone: FakeZone, records: Sequence[RecordSet], changed: Iterable[RecordSet]) -> None:
    """Refuses what would be wrong with the zone as a whole."""
    apex = _absolute(zone.name)
    if not {"NS", "SOA"} <= {record.type for record in records if _absolute(record.name) == apex}:
        raise _refused(f"A hosted zone must keep its own NS and SOA records: {apex}")
    for record in changed:
        place = _find(records, record)
        if place is None:
            continue
        name = _absolute(record.name)
        others = [
            each
            for at, each in enumerate(records)
            if at != place and _absolute(each.name).lower() == name.lower()
        ]
        _check_cname(zone, record, others)
        _check_policy(record, [each for each in others if each.type == record.type])
        _check_alias(zone, record, records)


def _check_cname(zone: FakeZone, record: RecordSet, others: Iterable[RecordSet]) -> None:
    apex = _absolute(zone.name)
    if record.type == "CNAME" and _absolute(record.name) == apex:
        raise _refused(
            f"RRSet of type CNAME with DNS name {record.name} is not permitted at apex in zone "
            f"{apex}"
        )
    for other in others:
        if other.type != record.type and "CNAME" in {other.type, record.type}:
            raise _refused(
                f"RRSet of type {record.type} with DNS name {record.name} is not permitted because "
                f"a conflicting RRSet of type {other.type} with the same DNS name already exists "
                f"in zone {apex}"
            )


def _check_policy(record: RecordSet, others: Iterable[RecordSet]) -> None:
    for other in others:
        same = [name for name in _UNIQUE if _given(record, name) and _given(other, name)]
        if _policy(record) != _policy(other) or any(
            getattr(record, name) == getattr(other, name) for name in same
        ):
            raise _refused(
                f"RRSet with DNS name {record.name}, type {record.type}, SetIdentifier "
                f"{record.set_identifier or 'null'} cannot be created as other RRSets exist with "
                "the same name and type"
            )


def _check_alias(zone: FakeZone, record: RecordSet, records: Iterable[RecordSet]) -> None:
    target = record.alias_target
    if not target or target["HostedZoneId"] != zone.resource_id:
        return
    wanted = _absolute(target["DNSName"]).lower()
    if not any(
        _absolute(each.name).lower() == wanted and each.type == record.type for each in records
    ):
        raise _refused(
            f"Tried to create an alias that targets {wanted}, type {record.type} in zone "
            f"{zone.resource_id}, but that target was not found"
        )


def _key(record: RecordSet) -> tuple[str, str | None, str | None]:
    return _absolute(record.name).lower(), record.type, record.set_identifier or None


def _content(record: RecordSet) -> tuple[Any, ...]:
    target = record.alias_target
    return (
        None if target else int(record.ttl or 0),
        sorted(record.records or []),
        target and (target["HostedZoneId"], _absolute(target["DNSName"]).lower()),
        target and str(target.get("EvaluateTargetHealth")).lower(),
        record.health_check_id or None,
        *(str(getattr(record, name)) for name in _POLICIES.values() if _given(record, name)),
    )


def _policy(record: RecordSet) -> frozenset[str]:
    return frozenset(name for name in _POLICIES.values() if _given(record, name))


def _given(record: RecordSet, name: str) -> bool:
    value = getattr(record, name)
    return value is not None and value is not False and value != ""


def _id(record: RecordSet) -> str:
    of_set = f", set-identifier='{record.set_identifier}'" if record.set_identifier else ""
    return f"[name='{record.name}', type='{record.type}'{of_set}]"


def _absolute(name: str) -> str:
    return f"{name.rstrip('.')}."


def _escaped(name: str) -> str:
    return name.replace("*", "\\052")


def _refused(message: str) -> Exception:
    from moto.route53.exceptions import Route53ClientError

    return Route53ClientError("InvalidChangeBatch", f"[{message}]")
