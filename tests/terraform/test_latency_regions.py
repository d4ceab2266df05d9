"""Which regions have latency records: the table, against the provider and against Route 53."""

from __future__ import annotations

import json
import os
from pathlib import Path

from tfgen.regions import REGIONS
from tfgen.rules.routing import NO_LATENCY
from tfgen.terraform import args, environment, mirror
from tfgen.terraform.engine import Engine
from tfgen.terraform.initialize import ensure_initialized
from tfgen.terraform.runner import run

HEAD = """\
terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.98"
    }
  }
}
"""

RECORD = """
resource "aws_route53_record" "{region}" {{
  zone_id        = "Z0123456789"
  name           = "www.example.com"
  type           = "A"
  ttl            = 60
  records        = ["192.0.2.1"]
  set_identifier = "{region}"

  latency_routing_policy {{
    region = "{region}"
  }}
}}
"""


def test_provider_5_refuses_exactly_those_regions(engine: Engine, tmp_path: Path) -> None:
    records = "".join(RECORD.format(region=region) for region in REGIONS)
    (tmp_path / "main.tf").write_text(HEAD + records, "utf-8")
    found = mirror.find(os.environ)
    cli_config = None
    if found is not None:
        cli_config = tmp_path / "terraform.rc"
        mirror.write_cli_config(cli_config, found)
    env = environment.prepare(os.environ, cli_config=cli_config).variables
    ensure_initialized(engine, tmp_path, env, backend=False)
    result = run(engine, args.validate(json=True), cwd=tmp_path, env=env)
    refused = {
        said["snippet"]["context"].split('"')[3]
        for said in json.loads(result.stdout)["diagnostics"]
        if said["severity"] == "error"
    }
    assert refused == NO_LATENCY[5]


def test_route_53_knows_all_others() -> None:
    import botocore.session

    model = botocore.session.get_session().get_service_model("route53")
    known = set(model.shape_for("ResourceRecordSetRegion").metadata["enum"])
    assert set(REGIONS) - known == NO_LATENCY[6]
