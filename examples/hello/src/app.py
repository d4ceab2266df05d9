"""The function behind the API: answers health checks, and greets everyone else."""

from __future__ import annotations

import json
import logging
import os
from typing import Any

logger = logging.getLogger()
logger.setLevel(os.environ.get("LOG_LEVEL", "info").upper())


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Answers a request to the API.

    Args:
        event: the request, as API Gateway passes it on.
            https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html

    Returns:
        The response, for API Gateway to pass back.
    """
    if event["path"] == "/_health":
        return _json({"status": "healthy"})
    logger.info("%s %s", event["httpMethod"], event["path"])
    return _json({"message": os.environ["MESSAGE"], "region": os.environ["AWS_REGION"]})


def _json(body: dict[str, str]) -> dict[str, Any]:
    return {
        "statusCode": 200,
        "headers": {"Content-Type": "application/json"},
        "body": json.dumps(body),
    }
