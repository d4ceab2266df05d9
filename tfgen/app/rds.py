"""A database of RDS as the function of one region uses it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

RdsKind = Literal["cluster", "instance", "proxy", "global_cluster"]
RdsAuth = Literal["iam", "secret", "url"]


@dataclass(frozen=True, slots=True)
class RdsVariables:
    """What the environment variables are called that say where the database is."""

    host: str
    reader_host: str
    port: str
    name: str
    user: str
    password: str


@dataclass(frozen=True, slots=True)
class DatabaseUse:
    """A database that is not made here.

    Attributes:
        kind: what is looked up.
        identifier: its name.
        region: the region that it is in, which may be another than the function's.
        name: the database to connect to; None is the one that it was made with.
        user: whom to connect as; None is the master user, or is known to the secret or URL alone.
        secret: name or ARN of the secret that has user and password; None is the one that RDS
            manages, if secrets let the function in at all.
        kms_key: ARN of the key that the secret is encrypted with; None is AWS's own, or RDS says.
        url: the secret of the app that is the whole URL.
        public: whether it can be reached from outside its VPC.
        open: whether its security groups let those of the function in.
    """

    kind: RdsKind
    identifier: str
    region: str
    name: str | None
    user: str | None
    auth: RdsAuth
    secret: str | None
    kms_key: str | None
    url: str | None
    public: bool
    open: bool
    variables: RdsVariables
