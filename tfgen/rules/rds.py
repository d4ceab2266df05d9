"""Rules about databases of RDS: what AWS or Terraform would refuse later, or find nothing for."""

from __future__ import annotations

from tfgen.app import App, DatabaseUse, Region
from tfgen.config.places import Places
from tfgen.errors import TfgenError
from tfgen.regions import REGIONS
from tfgen.rules.environment import RESERVED_ENV
from tfgen.rules.secrets import check_secret_name


def check_databases(app: App, places: Places) -> None:
    """Checks the databases that the functions of a stage use.

    Args:
        app: the stage.
        places: of the config, as the stage sees it.

    Raises:
        TfgenError: the first broken rule.
    """
    for region in app.regions:
        if region.rds is not None:
            _check_proxy(region.name, region.rds, places)
            _check_auth(region, region.rds, places)
            _check_secret(region.name, region.rds, places)
            _check_network(region, region.rds, places)
            _check_variables(region, region.rds, places)
    check_provider_of_databases(app, places)


def check_provider_of_databases(app: App, places: Places) -> None:
    """Checks that the version of the provider that a stage is rendered for finds its databases.

    Args:
        app: the stage. In the sandbox it may be rendered for another version than the config's.
        places: of the config, as the stage sees it.

    Raises:
        TfgenError: it does not.
    """
    if app.terraform.aws_provider == 6:
        return
    for region in app.regions:
        use = region.rds
        if use is None:
            continue
        if use.kind == "global_cluster":
            raise TfgenError(
                f"Version 5 of the AWS provider cannot look up the global database "
                f"`{use.identifier}`",
                place=places.at("database", "rds", region.name, "global_cluster"),
                hint="use `aws_provider: 6`, or name the region's own cluster with `cluster:`; the "
                "sandbox uses the version that this machine has",
            )
        if use.region != region.name:
            raise TfgenError(
                f"For version 5 of the AWS provider, the database of `{region.name}` cannot be in "
                f"`{use.region}`",
                place=places.at("database", "rds", region.name, "region"),
                hint="use `aws_provider: 6`, or a database in the region; the sandbox uses the "
                "version that this machine has",
            )


def _check_proxy(region: str, use: DatabaseUse, places: Places) -> None:
    if use.kind != "proxy":
        return
    where = ("database", "rds", region)
    needed = {"name": use.name}
    if use.auth == "iam":
        needed["user"] = use.user
    if use.auth == "secret":
        needed["secret"] = use.secret
    for key, value in needed.items():
        if value is None:
            raise TfgenError(
                f"A proxy does not say what is behind it, so `{key}` has to",
                place=places.at(*where, "proxy"),
                hint=f"add `{key}:` beside `proxy: {use.identifier}`",
            )
    if use.public:
        raise TfgenError(
            "A proxy cannot be reached from outside its VPC",
            place=places.at(*where, "public"),
            hint="remove `public:`, and give the function a `vpc` in the region",
        )


def _check_auth(region: Region, use: DatabaseUse, places: Places) -> None:
    where = ("database", "rds", region.name)
    of_auth = {"user": "iam", "secret": "secret", "kms_key": "secret", "url": "url"}
    for key, auth in of_auth.items():
        if getattr(use, key) is not None and use.auth != auth:
            raise TfgenError(
                f"`{key}` has no effect with `auth: {use.auth}`",
                place=places.at(*where, key),
                hint=f"remove `{key}:`, or add `auth: {auth}`",
            )
    if use.kms_key is not None and use.secret is None:
        raise TfgenError(
            "RDS says itself which key encrypts the secret that it manages",
            place=places.at(*where, "kms_key"),
            hint="remove `kms_key:`, or name a secret of your own with `secret:`",
        )
    if use.auth == "url" and use.url is None:
        raise TfgenError(
            "It is not said which secret has the URL of the database",
            place=places.at(*where, "auth"),
            hint="add `url: DATABASE_URL`, and `DATABASE_URL: kms` under `secrets:`",
        )
    if use.url is not None and use.url not in region.secrets:
        raise TfgenError(
            f"The URL of the database is the secret `{use.url}`, which `{region.name}` does not "
            "have",
            place=places.at(*where, "url"),
            hint=f"add `{use.url}: kms` under `secrets:`, and set it with `tfgen env set "
            f"{use.url}`",
        )


def _check_secret(region: str, use: DatabaseUse, places: Places) -> None:
    where = ("database", "rds", region)
    if use.auth == "secret" and use.secret is None and use.region != region:
        raise TfgenError(
            f"RDS manages the secret of the database in `{use.region}`, the function is in "
            f"`{region}`",
            place=places.at(*where, "auth"),
            hint="use `auth: iam`, or name a secret that the function's own region has with "
            "`secret:`",
        )
    for key, value in (("secret", use.secret), ("kms_key", use.kms_key)):
        if value is not None and value.startswith("arn:") and value.split(":")[3] != region:
            raise TfgenError(
                f"`{value}` is in `{value.split(':')[3]}`, the function in `{region}`",
                place=places.at(*where, key),
                hint=f"name one of `{region}`: Secrets Manager replicates a secret to other "
                "regions, under the same name",
            )


def _check_network(region: Region, use: DatabaseUse, places: Places) -> None:
    where = ("database", "rds", region.name)
    vpc = region.function.vpc
    if REGIONS[use.region].partition != REGIONS[region.name].partition:
        raise TfgenError(
            f"`{region.name}` and `{use.region}` are in different AWS partitions",
            place=places.at(*where, "region"),
            hint="name a database that one account has beside the function",
        )
    if not use.public and vpc is None:
        raise TfgenError(
            f"The database of `{region.name}` can be reached from inside its VPC alone, and the "
            "function has no VPC there",
            place=places.at(*where),
            hint=f"add `vpc: {{subnet_ids: […], security_group_ids: […]}}` under "
            f"`regions.{region.name}`; or say `public: true` if the database has a public address",
        )
    if use.open and vpc is None:
        raise TfgenError(
            "Only a function in a VPC has security groups that a database could let in",
            place=places.at(*where, "open"),
            hint=f"remove `open:`, or add `vpc:` under `regions.{region.name}`",
        )
    if use.open and use.region != region.name:
        raise TfgenError(
            f"A security group in `{use.region}` cannot name one in `{region.name}`",
            place=places.at(*where, "open"),
            hint="remove `open:`, and let the function's addresses in where the database is made",
        )


def used_variables(use: DatabaseUse) -> dict[str, str]:
    """Returns what the function knows of its database, and the variable that says so."""
    named = use.variables
    used = {
        "host": named.host,
        "reader_host": named.reader_host,
        "port": named.port,
        "name": named.name,
    }
    if use.auth != "url":
        used["user"] = named.user
    if use.auth == "secret":
        used["password"] = named.password
    return used


def _check_variables(region: Region, use: DatabaseUse, places: Places) -> None:
    taken: dict[str, str] = {}
    for key, variable in used_variables(use).items():
        place = places.at("database", "rds", region.name, "variables", key)
        other = taken.setdefault(variable, key)
        if other != key:
            raise TfgenError(
                f"`{other}` and `{key}` of the database would share the variable `{variable}`",
                place=place,
                hint="call one of them something else under `variables:`",
            )
        if variable in RESERVED_ENV:
            raise TfgenError(
                f"Lambda sets `{variable}` itself, so the database cannot",
                place=place,
                hint="choose another name under `variables:`",
            )
        check_secret_name(variable, place)
        _check_free(region, key, variable, places.for_region(region.name))


def _check_free(region: Region, key: str, variable: str, places: Places) -> None:
    for kind, names in (("env", region.env), ("secrets", region.secrets)):
        if variable in names:
            raise TfgenError(
                f"`{variable}` has the {key.replace('_', ' ')} of the database, so `{kind}` cannot "
                "set it",
                place=places.at(kind, variable),
                hint=f"remove it from `{kind}`, or choose another name: "
                f"`variables: {{{key}: …}}` under `database.rds.{region.name}`",
            )
    for table in region.tables:
        if variable == table.variable:
            raise TfgenError(
                f"The table `{table.name}` and the database would share the variable `{variable}`",
                place=places.at("database", "rds", region.name, "variables", key),
                hint=f"choose another name: `variables: {{{key}: …}}` under "
                f"`database.rds.{region.name}`",
            )
