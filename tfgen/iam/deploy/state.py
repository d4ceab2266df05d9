"""The state, where the backend is S3.

https://developer.hashicorp.com/terraform/language/backend/s3#permissions-required
"""

from __future__ import annotations

from collections.abc import Callable

from tfgen.app import S3Backend
from tfgen.iam.deploy.target import Needs, Scope, Target, Where, needs


def _of_bucket(below: Callable[[str], tuple[str, ...]]) -> Callable[[Where], Scope]:
    def scope(where: Where) -> Scope:
        backend = where.app.terraform.backend
        if not isinstance(backend, S3Backend):
            return Scope()
        bucket = f"arn:{where.regions[0].partition}:s3:::{backend.bucket}"
        return Scope(tuple(f"{bucket}{path}" for path in below(backend.key)))

    return scope


BUCKET = Target("StateBucket", "s3", _of_bucket(lambda _: ("",)))
STATE = Target("State", "s3", _of_bucket(lambda key: (f"/{key}", f"/{key}.tflock")))
LOCK = Target("StateLock", "s3", _of_bucket(lambda key: (f"/{key}.tflock",)))

NEEDS: tuple[Needs, ...] = (
    needs(BUCKET, read="ListBucket"),
    needs(STATE, read="GetObject", update="PutObject"),
    needs(LOCK, delete="DeleteObject"),
)
"""What every command needs that reads or writes the state."""
