"""Items in a global table: written in the region that is nearest, read in any.

POST   /items             {"owner": …, "title": …}
GET    /items?owner=NAME  the owner's items, the newest first
GET    /items/ID
PUT    /items/ID          {"title": …}
DELETE /items/ID
"""

from __future__ import annotations

import base64
import json
import os
import uuid
from datetime import UTC, datetime
from typing import Any

import boto3

# Its name is the same in every region, and the client asks the function's own.
table = boto3.resource("dynamodb").Table(os.environ["ITEMS_TABLE"])
Missing = table.meta.client.exceptions.ConditionalCheckFailedException


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Answers a request to the API.

    Args:
        event: the request, as API Gateway passes it on.
            https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html

    Returns:
        The response, for API Gateway to pass back.
    """
    match event["httpMethod"], event["path"].strip("/").split("/"):
        case "GET", ["_health"]:
            return _answer(200, {"status": "healthy"})
        case "POST", ["items"]:
            return _create(_said(event, "owner", "title"))
        case "GET", ["items"]:
            return _list((event["queryStringParameters"] or {}).get("owner"))
        case "GET", ["items", key]:
            return _read(key)
        case "PUT", ["items", key]:
            return _change(key, _said(event, "title"))
        case "DELETE", ["items", key]:
            table.delete_item(Key={"id": key})
            return _answer(204)
    return _answer(404, {"message": "There is nothing here"})


def _create(said: dict[str, str] | None) -> dict[str, Any]:
    if said is None:
        return _answer(400, {"message": "An item has an owner and a title"})
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    item = {"id": str(uuid.uuid4()), "created": now, "region": os.environ["AWS_REGION"], **said}
    table.put_item(Item=item)
    return _answer(201, item)


def _list(owner: str | None) -> dict[str, Any]:
    if not owner:
        return _answer(400, {"message": "Whose items? /items?owner=NAME"})
    found = table.query(
        IndexName="by-owner",
        KeyConditionExpression="#owner = :owner",
        ExpressionAttributeNames={"#owner": "owner"},
        ExpressionAttributeValues={":owner": owner},
        ScanIndexForward=False,
        Limit=100,
    )
    return _answer(200, found["Items"])


def _read(key: str) -> dict[str, Any]:
    item = table.get_item(Key={"id": key}).get("Item")
    return _answer(200, item) if item else _answer(404, {"message": "There is no such item"})


def _change(key: str, said: dict[str, str] | None) -> dict[str, Any]:
    if said is None:
        return _answer(400, {"message": "An item has a title"})
    try:
        changed = table.update_item(
            Key={"id": key},
            UpdateExpression="SET title = :title",
            ConditionExpression="attribute_exists(id)",
            ExpressionAttributeValues={":title": said["title"]},
            ReturnValues="ALL_NEW",
        )
    except Missing:
        return _answer(404, {"message": "There is no such item"})
    return _answer(200, changed["Attributes"])


def _said(event: dict[str, Any], *names: str) -> dict[str, str] | None:
    """Returns some texts of the request's body; None unless it has all of them."""
    body = event["body"] or ""
    if event["isBase64Encoded"]:
        body = base64.b64decode(body)
    try:
        document = json.loads(body)
    except ValueError:
        return None
    if not isinstance(document, dict):
        return None
    said = {name: str(document.get(name) or "") for name in names}
    return said if all(said.values()) else None


def _answer(status: int, body: object = None) -> dict[str, Any]:
    return {
        "statusCode": status,
        "headers": {"Content-Type": "application/json"},
        "body": "" if body is None else json.dumps(body),
    }
