"""Notes in PostgreSQL: each region's function asks the server of its own region.

GET  /       the region and its server
GET  /notes  all notes that are kept there, the newest first
POST /notes  {"text": …}
"""

from __future__ import annotations

import base64
import json
import os
import ssl
from pathlib import Path
from typing import Any

import boto3
import pg8000.native

# Who signs the certificates of RDS. PGSSLROOTCERT is PostgreSQL's own name for such a file, which
# the sandbox sets, because there somebody else signs.
AUTHORITY = os.environ.get("PGSSLROOTCERT", str(Path(__file__).with_name("global-bundle.pem")))

TABLE = """\
CREATE TABLE IF NOT EXISTS notes (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  text text NOT NULL,
  created timestamptz NOT NULL DEFAULT now()
)"""

rds = boto3.client("rds")
trusting = ssl.create_default_context(cafile=AUTHORITY)
kept: list[pg8000.native.Connection] = []


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Answers a request to the API.

    Args:
        event: the request, as API Gateway passes it on.
            https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html

    Returns:
        The response, for API Gateway to pass back.
    """
    match event["requestContext"]["http"]["method"], event["rawPath"].strip("/"):
        case "GET", "":
            [[database, started]] = _run("SELECT current_database(), pg_postmaster_start_time()")
            server = {"host": os.environ["DB_HOST"], "started": started.isoformat()}
            return _answer(
                200, {"region": os.environ["AWS_REGION"], "database": database, **server}
            )
        case "GET", "notes":
            rows = _run("SELECT id, text, created FROM notes ORDER BY id DESC LIMIT 100")
            return _answer(200, [_note(*row) for row in rows])
        case "POST", "notes":
            text = _text(event)
            if text is None:
                return _answer(400, {"message": "A note has a text"})
            insert = "INSERT INTO notes (text) VALUES (:text) RETURNING id, text, created"
            [row] = _run(insert, text=text)
            return _answer(201, _note(*row))
    return _answer(404, {"message": "There is nothing here"})


def _run(sql: str, **values: object) -> list[Any]:
    rows: list[Any] = _connection().run(sql, **values)
    return rows


def _connection() -> pg8000.native.Connection:
    """Returns a connection that answers: while the function slept, the last one may have ended."""
    if kept:
        try:
            kept[0].run("SELECT 1")
        except (pg8000.native.InterfaceError, OSError):
            kept.clear()
    if not kept:
        kept.append(_connect())
    return kept[0]


def _connect() -> pg8000.native.Connection:
    """Logs in with a token of the function's own role, which is signed here, without a request."""
    host, port, user = (os.environ[f"DB_{each}"] for each in ("HOST", "PORT", "USER"))
    connection = pg8000.native.Connection(
        user,
        host=host,
        port=int(port),
        database=os.environ["DB_NAME"],
        password=rds.generate_db_auth_token(host, int(port), user),
        ssl_context=trusting,
        timeout=5,
    )
    connection.run(TABLE)
    return connection


def _note(key: int, text: str, created: Any) -> dict[str, Any]:
    return {"id": key, "text": text, "created": created.isoformat()}


def _text(event: dict[str, Any]) -> str | None:
    """Returns the text in the request's body; None if there is none."""
    body = event.get("body") or ""
    if event["isBase64Encoded"]:
        body = base64.b64decode(body)
    try:
        document = json.loads(body)
    except ValueError:
        return None
    text = document.get("text") if isinstance(document, dict) else None
    return text if isinstance(text, str) and text else None


def _answer(status: int, body: object) -> dict[str, Any]:
    return {
        "statusCode": status,
        "headers": {"Content-Type": "application/json"},
        "body": json.dumps(body),
    }
