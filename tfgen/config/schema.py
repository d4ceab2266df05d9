"""The JSON Schema of ``tfgen.yaml``, for editors."""

from __future__ import annotations

import json
from typing import Any

from tfgen.config.model import Config


def json_schema() -> dict[str, Any]:
    """Returns the schema of the config language (JSON Schema 2020-12)."""
    schema = Config.model_json_schema()
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": "tfgen.yaml",
    }
    return {key: _tidy(value) for key, value in schema.items()}


def schema_text() -> str:
    """Returns the schema as the text that ``tfgen schema`` prints and the package carries."""
    return json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"


def _tidy(node: Any) -> Any:
    """Drops what editors only show as noise: titles, and defaults of null."""
    if isinstance(node, list):
        return [_tidy(item) for item in node]
    if not isinstance(node, dict):
        return node
    kept = {
        key: _tidy(value)
        for key, value in node.items()
        if not (key == "title" and value != "tfgen.yaml" and isinstance(value, str))
        and not (key == "default" and value is None)
    }
    if isinstance(node.get("properties"), dict):
        kept["properties"] = {key: _tidy(value) for key, value in node["properties"].items()}
    return kept
