"""A REST API behind CloudFront, as Terraform makes it, moves it and cannot move its domain."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tests.sandbox.root import Root
from tfgen.sandbox.client import Client
from tfgen.sandbox.inventory import inventory
from tfgen.sandbox.lifecycle import Running

URL = "https://edge.example.com/"


def test_an_edge_api_and_its_domain(
    tmp_path: Path, running: Running, endpoint: str, environ: Mapping[str, str]
) -> None:
    root = Root.make(tmp_path / "root", environ, "edge")
    client = Client(running)

    root.set(endpoint="EDGE", domain_endpoint="EDGE")
    root.apply()
    assert root.outputs()["alias_zone"] == "Z2FDTNDATAQYW2"
    _answers(client)

    # The API moves in place and goes on answering.
    root.set(endpoint="REGIONAL", domain_endpoint="EDGE")
    assert root.apply() == {"aws_api_gateway_rest_api.this": ["update"]}
    _answers(client)

    # The provider replaces a domain's endpoint type by another, which AWS refuses:
    # https://github.com/hashicorp/terraform-provider-aws/issues/28059
    root.set(endpoint="REGIONAL", domain_endpoint="REGIONAL")
    said = root.run("apply", "-auto-approve", code=1)
    assert "/endpointConfiguration/types/0 Invalid request input" in said
    _answers(client)

    root.destroy()
    assert inventory(endpoint, ["eu-west-2", "us-east-1"]) == []


def _answers(client: Client) -> None:
    """The alias record leads to the distribution, and that to the region of the API."""
    route = client.route("edge.example.com", "tokyo")
    assert (route.found, route.region) == (True, "eu-west-2")
    answered = client.request("GET", URL, region=route.region)
    assert (answered.status, answered.body) == (200, b'{"message":"Hello from the edge"}')
