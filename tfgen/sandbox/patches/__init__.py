"""What moto does not simulate and tfgen needs, added to it inside the sandbox's process.

One module per concern. Each says what AWS does, what moto does instead, and what goes wrong for
Terraform because of it; each holds moto against what it builds on before it changes anything, so
that another version of moto fails when the sandbox starts and not in the middle of an apply.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tfgen.sandbox.gateway import snapshots
from tfgen.sandbox.patches import (
    accounts,
    apis,
    authorizers,
    buckets,
    certificates,
    ciphertexts,
    code,
    concurrency,
    databases,
    domains,
    dynamodb,
    endings,
    functions,
    growth,
    health,
    http_apis,
    imports,
    invoke,
    key_ids,
    layers,
    log_keys,
    mappings,
    missing,
    networks,
    parameters,
    permissions,
    policies,
    records,
    scaling,
    sessions,
    tags,
    urls,
    versions,
    zone_ids,
    zones,
)

if TYPE_CHECKING:
    from tfgen.sandbox.world import World


def apply_patches(world: World) -> None:
    """Adds everything to the moto of this process, once.

    Args:
        world: what moto is to answer from, where it has nothing of its own.

    Raises:
        TfgenError: the installed moto does not have what a patch builds on.
    """
    growth.patch()
    accounts.patch()
    functions.patch()
    versions.patch()
    code.patch()
    layers.patch()
    log_keys.patch()
    concurrency.patch()
    permissions.patch()
    policies.patch()
    urls.patch()
    buckets.patch()
    apis.patch()
    imports.patch()
    http_apis.patch()
    missing.patch()
    authorizers.patch()
    domains.patch()
    mappings.patch()
    tags.patch()
    certificates.patch()
    records.patch()
    zone_ids.patch()
    key_ids.patch()
    zones.patch()
    dynamodb.patch()
    ciphertexts.patch()
    parameters.patch()
    sessions.patch(world.functions.sessions)
    scaling.patch()
    networks.patch()
    databases.patch(world.databases)
    health.patch(world.health.report)
    invoke.patch(world.functions)
    endings.patch(world.functions)
    snapshots.patch()
