"""DynamoDB: tables and their indexes, several of them in one request.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from tfgen.sandbox.iam.account import ACCOUNT
from tfgen.sandbox.iam.calls import Call
from tfgen.sandbox.iam.evaluation import Access
from tfgen.sandbox.iam.policy import Principal
from tfgen.sandbox.iam.services import kms
from tfgen.sandbox.iam.services.arns import named
from tfgen.sandbox.iam.text import Context
from tfgen.sandbox.replicas.tables import own_key

_WITHOUT_TABLE: Final = frozenset(
    {
        "DescribeEndpoints",
        "DescribeLimits",
        "ListBackups",
        "ListExports",
        "ListGlobalTables",
        "ListImports",
        "ListStreams",
        "ListTables",
    }
)
_WRITES: Final = {
    "ConditionCheck": "ConditionCheckItem",
    "Delete": "DeleteItem",
    "Put": "PutItem",
    "Update": "UpdateItem",
}
_ON_ITEMS: Final = frozenset(
    {
        "BatchGetItem",
        "BatchWriteItem",
        "ConditionCheckItem",
        "DeleteItem",
        "GetItem",
        "GetRecords",
        "PartiQLDelete",
        "PartiQLInsert",
        "PartiQLSelect",
        "PartiQLUpdate",
        "PutItem",
        "Query",
        "Scan",
        "UpdateItem",
    }
)
_ON_REPLICAS: Final = {
    "Create": (
        "BatchWriteItem",
        "CreateTable",
        "CreateTableReplica",
        "DeleteItem",
        "GetItem",
        "PutItem",
        "Query",
        "Scan",
        "UpdateItem",
    ),
    "Delete": ("DeleteTable", "DeleteTableReplica"),
}
_PARTIQL: Final = re.compile(
    r"\s*(?:(?P<insert>INSERT)\s+INTO|(?P<update>UPDATE)|(?P<delete>DELETE)\s+FROM"
    r"|(?P<select>SELECT)\b.*?\bFROM)\s+\"?(?P<table>[\w.-]+)\"?(?:\.\"?(?P<index>[\w.-]+)\"?)?",
    re.IGNORECASE | re.DOTALL,
)
_EQUALS: Final = re.compile(r"([#\w]+)\s*=\s*(:\w+)")


def accesses(call: Call, caller: Principal) -> list[Access] | None:
    """Returns what a request to DynamoDB does, and the use of the keys that items need."""
    found = _accesses(call)
    return None if found is None else [*found, *_decryptions(call, caller, found)]


def _accesses(call: Call) -> list[Access] | None:
    operation = call.operation or ""
    if operation in _WITHOUT_TABLE:
        return [Access(f"dynamodb:{operation}", "*")]
    if (statements := list(_statements(call))) or operation == "ExecuteStatement":
        return [_of_partiql(call, each) for each in statements]
    if operation.startswith("Batch"):
        tables = call.object("RequestItems")
        return [
            Access(f"dynamodb:{operation}", _table(call, name), _keys(call, name, _items(asked)))
            for name, asked in tables.items()
        ]
    if operation.startswith("Transact"):
        return [
            Access(
                f"dynamodb:{_WRITES.get(kind, 'GetItem')}",
                _table(call, asked["TableName"]),
                _keys(call, asked["TableName"], [asked]),
            )
            for item in call.items("TransactItems")
            for kind, asked in item.items()
        ]
    if (resource := call.text("ResourceArn") or call.text("StreamArn")) is not None:
        return [Access(f"dynamodb:{operation}", resource)]
    if (table := call.text("TableName")) is None:
        return None
    resource = _table(call, table)
    if (index := call.text("IndexName")) is not None:
        resource = f"{resource}/index/{index}"
    done = [Access(f"dynamodb:{operation}", resource, _keys(call, table, [call.parameters]))]
    return done + _replicas(call, table)


def _decryptions(call: Call, caller: Principal, found: Iterable[Access]) -> list[Access]:
    """Returns the use of the keys of the tables whose items a request reads or writes.

    DynamoDB decrypts a table's key as the caller, and remembers it for up to five minutes, which
    the sandbox does not:
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.howitworks.html
    """
    names = dict.fromkeys(
        (access.resource or "").partition(":table/")[2].partition("/")[0]
        for access in found
        if access.action.removeprefix("dynamodb:") in _ON_ITEMS
    )
    done = []
    for name in names:
        key = kms.customer_key(call.region, _key(call, name))
        if key is not None:
            pairs = {"aws:dynamodb:tableName": name, "aws:dynamodb:subscriberId": ACCOUNT}
            context = kms.via("dynamodb", call.region, pairs)
            done.append(kms.on_key(key, "Decrypt", caller, context))
    return done


def _key(call: Call, name: str) -> str | None:
    from moto.dynamodb.models import dynamodb_backends

    table = dynamodb_backends[ACCOUNT][call.region].tables.get(name)
    return None if table is None else own_key(table)


def _statements(call: Call) -> Iterator[str]:
    if call.operation == "ExecuteStatement":
        yield call.text("Statement") or ""
    for name in ("Statements", "TransactStatements"):
        yield from (each.get("Statement", "") for each in call.items(name))


def _of_partiql(call: Call, statement: str) -> Access:
    # https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-iam.html
    found = _PARTIQL.match(statement)
    if found is None:
        # It is no statement, as DynamoDB will say to whoever may ask for everything.
        return Access("dynamodb:PartiQLSelect", _table(call, "*"))
    kind = next(name for name in ("insert", "update", "delete", "select") if found[name])
    resource = _table(call, found["table"])
    if found["index"]:
        resource = f"{resource}/index/{found['index']}"
    return Access(f"dynamodb:PartiQL{kind.title()}", resource)


def _replicas(call: Call, table: str) -> list[Access]:
    """Returns what a change of a table's replicas does in their regions, as whoever changes it.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/V2gt_IAM.html
    """
    return [
        Access(f"dynamodb:{action}", named("dynamodb", change["RegionName"], "table/", table))
        for update in call.items("ReplicaUpdates")
        for kind, change in update.items()
        for action in _ON_REPLICAS.get(kind, ())
    ]


def _table(call: Call, name: str) -> str:
    return named("dynamodb", call.region, "table/", name)


def _items(asked: Any) -> list[Mapping[str, Any]]:
    """Returns the keys and items of one table in a batch."""
    if isinstance(asked, Mapping):
        return [{"Key": key} for key in asked.get("Keys", [])]
    return [request for each in asked for request in each.values()]


def _keys(call: Call, name: str, asked: Iterable[Mapping[str, Any]]) -> Context:
    """Returns the partition keys that a request is about.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
    """
    partition_key = _partition_key(call, name)
    if partition_key is None:
        return {}
    values = [_partition(each, partition_key) for each in asked]
    found = tuple(value for value in values if value is not None)
    return {"dynamodb:leadingkeys": found} if found else {}


def _partition(asked: Mapping[str, Any], name: str) -> str | None:
    item = asked.get("Key") or asked.get("Item")
    if isinstance(item, Mapping):
        return _value(item.get(name))
    expression = asked.get("KeyConditionExpression")
    if isinstance(expression, str):
        names = asked.get("ExpressionAttributeNames") or {}
        values = asked.get("ExpressionAttributeValues") or {}
        for attribute, value in _EQUALS.findall(expression):
            if names.get(attribute, attribute) == name:
                return _value(values.get(value))
    return None


def _value(typed: Any) -> str | None:
    if not isinstance(typed, Mapping):
        return None
    return next((str(value) for kind, value in typed.items() if kind in {"S", "N", "B"}), None)


def _partition_key(call: Call, name: str) -> str | None:
    from moto.dynamodb.models import dynamodb_backends

    table = dynamodb_backends[ACCOUNT][call.region].tables.get(name.rpartition("/")[2])
    if table is None:
        return None
    index = call.text("IndexName")
    schemas = [
        each.schema for each in (*table.indexes, *table.global_indexes) if each.name == index
    ]
    for key in schemas[0] if schemas else table.schema:
        if key["KeyType"] == "HASH":
            return str(key["AttributeName"])
    return None
