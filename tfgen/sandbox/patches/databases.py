"""RDS: databases for PostgreSQL answer at their endpoints, and say what AWS would say of them.

moto makes up endpoints that nobody answers at; here they are those of real servers on loopback. Of
what identifies a database, moto gives all instances one resource ID, though policies that let a
user log in name it, and its managed secrets all say the same. A cluster whose name is taken
replaces the other one, where AWS refuses it.
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.IAMPolicy.html
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html
"""

from __future__ import annotations

import json
import secrets
import string
import threading
from typing import TYPE_CHECKING, Any, Final

from tfgen.sandbox.databases.databases import Asked, Databases, Endpoint
from tfgen.sandbox.databases.server import User
from tfgen.sandbox.patches.expect import expect_method

if TYPE_CHECKING:
    from moto.rds.models import DBCluster, DBInstance, DBProxy, MasterUserSecret, RDSBackend

_ENGINES: Final = frozenset({"postgres", "aurora-postgresql"})
_PROXIED: Final = "POSTGRESQL"
_SIGNS: Final = string.ascii_uppercase + string.digits
_KEPT: Final = "tfgen_endpoint"

_OF_PROXIES: Final = (
    *("db_proxy_name", "engine_family", "auth", "role_arn", "vpc_subnet_ids"),
    *("vpc_security_group_ids", "require_tls", "idle_client_timeout", "debug_logging", "tags"),
)
_OF_DELETED_INSTANCES: Final = (
    *("db_instance_identifier", "final_db_snapshot_identifier", "skip_final_snapshot"),
    "delete_automated_backups",
)


def patch(databases: Databases) -> None:
    """Changes moto's RDS.

    Args:
        databases: runs what answers.

    Raises:
        TfgenError: moto does not have what this builds on.
    """
    _patch_endpoints()
    _patch_secrets()
    _patch_clusters(databases)
    _patch_instances(databases)
    _patch_proxies(databases)
    _patch_reset(databases)


def _patch_endpoints() -> None:
    from moto.rds.models import DBCluster, DBInstance

    def found(of: type, name: str) -> property:
        made_up: property = getattr(of, name)
        getter = made_up.fget
        if getter is None:
            raise TypeError(f"{of.__name__}.{name} cannot be read")

        def address(self: Any) -> str:
            endpoint: Endpoint | None = vars(self).get(_KEPT)
            return endpoint.address if endpoint is not None else str(getter(self))

        return property(address)

    for of, name in (
        (DBCluster, "endpoint"),
        (DBCluster, "reader_endpoint"),
        (DBInstance, "address"),
    ):
        setattr(of, name, found(of, name))


def _patch_secrets() -> None:
    from moto.rds.models import MasterUserSecret

    expect_method(MasterUserSecret, "_generate_secret_string")

    def generate(self: MasterUserSecret) -> str:
        password = secrets.token_urlsafe(24)
        return json.dumps({"username": self.resource.master_username, "password": password})

    MasterUserSecret._generate_secret_string = generate  # type: ignore[method-assign] # noqa: SLF001


def _patch_clusters(databases: Databases) -> None:
    from moto.rds.exceptions import RDSClientError
    from moto.rds.models import RDSBackend

    create = expect_method(RDSBackend, "create_db_cluster", "kwargs")
    delete = expect_method(RDSBackend, "delete_db_cluster", "cluster_identifier", "snapshot_name")
    creating = threading.Lock()

    def create_answering(self: RDSBackend, kwargs: dict[str, Any]) -> DBCluster:
        with creating:
            if kwargs["db_cluster_identifier"] in self.clusters:
                raise RDSClientError("DBClusterAlreadyExistsFault", "DB Cluster already exists")
            made: DBCluster = create(self, kwargs)
        primary = _primary(made)
        if primary is not None:
            made.master_username = primary.master_username
            made.database_name = primary.database_name
        if made.engine in _ENGINES:
            asked = Asked(
                made.db_cluster_resource_id,
                "cluster",
                made.db_cluster_identifier,
                self.region_name,
                master=_master(made, kwargs),
                database=made.database_name,
                like=primary.db_cluster_resource_id if primary is not None else None,
            )
            _answer(made, databases.open(asked))
        return made

    def delete_answering(
        self: RDSBackend, cluster_identifier: str, snapshot_name: str | None = None
    ) -> DBCluster:
        gone: DBCluster = delete(self, cluster_identifier, snapshot_name)
        databases.close_those(self.region_name, gone.db_cluster_resource_id)
        return gone

    RDSBackend.create_db_cluster = create_answering  # type: ignore[method-assign]
    RDSBackend.delete_db_cluster = delete_answering  # type: ignore[method-assign]


def _primary(cluster: DBCluster) -> DBCluster | None:
    """Returns the cluster whose data a member of a global database shows; None if its own."""
    from moto.rds.models import rds_backends

    if not cluster.global_cluster_identifier or cluster.is_writer:
        return None
    for backend in list(rds_backends[cluster.account_id].values()):
        found = backend.global_clusters.get(cluster.global_cluster_identifier)
        if found is not None and cluster in found.members:
            primary: DBCluster = found.members[0]
            return primary
    return None


def _patch_instances(databases: Databases) -> None:
    from moto.rds.models import RDSBackend

    create = expect_method(RDSBackend, "create_db_instance", "db_kwargs")
    delete = expect_method(RDSBackend, "delete_db_instance", *_OF_DELETED_INSTANCES)

    def create_answering(self: RDSBackend, db_kwargs: dict[str, Any]) -> DBInstance:
        made: DBInstance = create(self, db_kwargs)
        made.dbi_resource_id = "db-" + "".join(secrets.choice(_SIGNS) for _ in range(26))
        if made.db_cluster_identifier is not None:
            cluster = self.clusters[made.db_cluster_identifier]
            endpoint: Endpoint | None = vars(cluster).get(_KEPT)
            if endpoint is not None:
                vars(made)[_KEPT] = endpoint
                made.port = endpoint.port
        elif made.engine in _ENGINES:
            asked = Asked(
                made.dbi_resource_id,
                "instance",
                made.db_instance_identifier,
                self.region_name,
                master=_master(made, db_kwargs),
                database=made.db_name,
            )
            _answer(made, databases.open(asked))
        return made

    def delete_answering(self: RDSBackend, *args: Any, **kwargs: Any) -> DBInstance:
        gone: DBInstance = delete(self, *args, **kwargs)
        databases.close_those(self.region_name, gone.dbi_resource_id)
        return gone

    RDSBackend.create_db_instance = create_answering  # type: ignore[method-assign]
    RDSBackend.delete_db_instance = delete_answering  # type: ignore[method-assign]


def _patch_proxies(databases: Databases) -> None:
    from moto.rds.models import RDSBackend

    create = expect_method(RDSBackend, "create_db_proxy", *_OF_PROXIES)
    delete = expect_method(RDSBackend, "delete_db_proxy", "proxy_name")

    def create_answering(self: RDSBackend, *args: Any, **kwargs: Any) -> DBProxy:
        made: DBProxy = create(self, *args, **kwargs)
        if made.engine_family == _PROXIED:
            asked = Asked(made.unique_id, "proxy", made.db_proxy_name, self.region_name)
            endpoint = databases.open(asked)
            made.endpoint = endpoint.address if endpoint is not None else made.endpoint
        return made

    def delete_answering(self: RDSBackend, proxy_name: str) -> DBProxy:
        gone: DBProxy = delete(self, proxy_name)
        databases.close_those(self.region_name, gone.unique_id)
        return gone

    RDSBackend.create_db_proxy = create_answering  # type: ignore[method-assign]
    RDSBackend.delete_db_proxy = delete_answering  # type: ignore[method-assign]


def _patch_reset(databases: Databases) -> None:
    from moto.core.base_backend import BaseBackend
    from moto.rds.models import RDSBackend

    reset = expect_method(BaseBackend, "reset")

    def reset_with_servers(self: RDSBackend) -> None:
        databases.close_those(self.region_name)
        reset(self)

    RDSBackend.reset = reset_with_servers  # type: ignore[method-assign, assignment]


def _answer(made: DBCluster | DBInstance, endpoint: Endpoint | None) -> None:
    if endpoint is not None:
        vars(made)[_KEPT] = endpoint
        made.port = endpoint.port
        made.engine_version = endpoint.version


def _master(made: DBCluster | DBInstance, asked: dict[str, Any]) -> User | None:
    """Returns the master user, with the password that was given or that RDS manages."""
    if not made.master_username:
        return None
    password = asked.get("master_user_password")
    if made.manage_master_user_password:
        password = json.loads(made.master_user_secret.secret.secret_string or "{}")["password"]
    return User(made.master_username, password, master=True)
