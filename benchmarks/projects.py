"""The projects that are measured: the walk-through in any number of regions."""

from __future__ import annotations

from pathlib import Path

from tfgen.regions import REGIONS
from tfgen.rules.routing import NO_LATENCY

# Those with latency records in both versions of the AWS provider.
ORDER = sorted(
    name for name, info in REGIONS.items() if info.partition == "aws" and name not in NO_LATENCY[5]
)


def config(count: int, *, provider: int = 6, output: str = "infra") -> str:
    """Returns the config of an app in so many regions."""
    lines = [
        "name: hello",
        "function: {source: ./src, runtime: python3.13, handler: app.handler}",
        "api: {domain: api.example.com, zone: example.com, create_zone: true}",
        f"terraform: {{aws_provider: {provider}, output: {output}}}",
        "regions:",
        *(f"  {name}: {{env: {{MESSAGE: Hello from {name}}}}}" for name in ORDER[:count]),
    ]
    return "\n".join(lines) + "\n"


def make_project(folder: Path, text: str) -> Path:
    """Writes a project and returns its folder."""
    (folder / "src").mkdir(parents=True)
    (folder / "src/app.py").write_text("def handler(event, context): return {}\n", "utf-8")
    (folder / "tfgen.yaml").write_text(text, "utf-8")
    return folder
