"""Databases of RDS in a tree: what looks them up, and what the function gets of them."""

from __future__ import annotations

from collections.abc import Mapping

from tests.config.test_rds import TWO, URL, VPC, database
from tests.config.test_resolve import HEAD
from tfgen.config.load import loads
from tfgen.render.render import render
from tfgen.resolve import resolve_all

REGION = "modules/region/database.tf"
MAIN = "modules/region/main.tf"
ROOT = "production/main.tf"
BOTH = "    eu-west-2: {cluster: other, public: true}\n"


def files(text: str) -> Mapping[str, str]:
    return render(resolve_all(loads(HEAD + text))).files


def modules(tree: Mapping[str, str]) -> set[str]:
    return {path.split("/")[1] for path in tree if path.startswith("modules/")}


def test_a_cluster_in_every_region_needs_no_condition() -> None:
    tree = files(database("cluster: hello", "user: app", regions=TWO, more=BOTH))
    assert {"database", "rds_cluster"} <= modules(tree)
    assert "count" not in tree[REGION]
    assert "  found = module.rds_cluster\n" in tree[REGION]
    assert "module.database.environment\n" in tree[MAIN]
    assert "module.database.user_arn\n" in tree[MAIN]
    assert '  rds = {\n    cluster = "hello"\n    user    = "app"\n' in tree[ROOT]
    assert 'actions   = ["rds-db:connect"]' in tree["modules/function/role.tf"]
    database_files = {path for path in tree if path.startswith("modules/database/")}
    assert database_files == {
        f"modules/database/{name}.tf" for name in ("database", "outputs", "variables")
    }


def test_a_region_without_a_database_calls_nothing() -> None:
    tree = files(database("cluster: hello", regions=TWO))
    assert tree[REGION].count("  count  = var.rds == null ? 0 : 1\n") == 2
    assert "found = one(module.rds_cluster)" in tree[REGION]
    assert "merge(module.database[*].environment...)" in tree[MAIN]
    assert "one(module.database[*].user_arn)" in tree[MAIN]
    assert tree[ROOT].count("  rds = {\n") == 1


def test_each_region_looks_up_the_kind_that_it_has() -> None:
    tree = files(
        database(
            "cluster: hello", regions=TWO, more="    eu-west-2: {instance: other, public: true}\n"
        )
    )
    assert "count  = var.rds.cluster == null ? 0 : 1\n" in tree[REGION]
    assert "count  = var.rds.instance == null ? 0 : 1\n" in tree[REGION]
    assert "found = one(concat(module.rds_cluster, module.rds_instance))" in tree[REGION]
    assert "    cluster  = optional(string)\n" in tree["modules/region/variables.tf"]


def test_a_database_elsewhere_is_looked_up_there() -> None:
    tree = files(database("cluster: hello", "region: us-east-1"))
    assert "database_region = coalesce(var.rds.region, var.region)" in tree[REGION]
    assert "  region = local.database_region\n" in tree[REGION]
    assert '    region  = "us-east-1"\n' in tree[ROOT]
    assert "database_region" not in files(database("cluster: hello"))[REGION]


def test_the_region_s_own_member_of_a_global_database_is_looked_up() -> None:
    tree = files(database("global_cluster: hello"))
    text = tree["modules/rds_global_cluster/cluster.tf"]
    assert "cluster_identifier = split(" in text
    assert "local.member.is_writer ?" in text
    assert "rds_cluster" not in modules(tree)


def test_a_secret_comes_as_one_of_the_app_s() -> None:
    tree = files(database("cluster: hello", "auth: secret"))
    assert "  secrets            = module.database.secrets\n" in tree[MAIN]
    assert 'variable "secrets"' not in tree["modules/region/variables.tf"]
    assert "rds-db:connect" not in tree["modules/function/role.tf"]
    assert "DecryptSecretsManager" in tree["modules/function/role.tf"]
    both = files(database("cluster: hello", "auth: secret", more=URL))
    assert "secrets            = merge(var.secrets, module.database.secrets)" in both[MAIN]
    named = files(database("cluster: hello", "auth: secret", "secret: hello/pg"))
    assert "managed_secret" not in named["modules/database/secret.tf"]
    assert "DecryptSecretsManager" not in named["modules/function/role.tf"]


def test_the_names_of_variables_are_plain_unless_somebody_changes_them() -> None:
    plain = files(database("cluster: hello"))
    assert "    DB_HOST        = var.found.host\n" in plain["modules/database/database.tf"]
    assert "variables" not in plain["modules/database/variables.tf"]
    own = files(database("cluster: hello", "variables: {host: PGHOST}"))
    assert "(var.rds.variables.host)" in own["modules/database/database.tf"]
    assert '    variables = {\n      host = "PGHOST"\n    }\n' in own[ROOT]


def test_a_url_asks_for_no_right_of_its_own() -> None:
    tree = files(database("cluster: hello", "auth: url", "url: DATABASE_URL", more=URL))
    role = tree["modules/function/role.tf"]
    assert "rds-db:connect" not in role
    assert "ssm:GetParameters" in role
    assert "DB_USER" not in tree["modules/database/database.tf"]


def test_a_database_is_opened_for_the_function_s_security_groups() -> None:
    regions = f"regions: {{us-west-2: {{vpc: {VPC}}}}}\n"
    tree = files(database("cluster: hello", "open: true", regions=regions, public=False))
    rule = tree["modules/database/ingress.tf"]
    assert "setproduct(var.found.security_group_ids, var.security_group_ids)" in rule
    assert "flatten(var.function.vpc[*].security_group_ids)" in tree[REGION]
    shut = files(database("cluster: hello", regions=regions, public=False))
    assert "modules/database/ingress.tf" not in shut


def test_a_stage_without_a_database_has_a_region_module_of_its_own() -> None:
    stages = "stages: {production: {}, staging: {regions: {eu-west-2: {}}}}\n"
    tree = files(database("cluster: hello", more=stages))
    assert "modules/region_production/database.tf" in tree
    assert "modules/region_staging/database.tf" not in tree
    assert "environment" not in tree["modules/region_staging/main.tf"]


def test_for_version_5_the_lookups_have_no_region() -> None:
    five = "terraform: {aws_provider: 5}\n"
    tree = files(database("cluster: hello", more=five))
    assert "region" not in tree["modules/rds_cluster/cluster.tf"]
    assert 'variable "region"' not in tree["modules/rds_cluster/variables.tf"]
    assert "region = " not in tree[REGION]
