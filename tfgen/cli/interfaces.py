"""What is left for a while of functions in a VPC, when they are destroyed."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from tfgen.app import App


def left_interfaces(apps: Sequence[App], regions: Collection[str] = ()) -> str | None:
    """Says for how long Lambda keeps the network interfaces of destroyed functions.

    They belong to Lambda, which removes them some time after their functions:
    https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
    https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/subnet#timeouts

    Args:
        apps: stages whose functions are gone.
        regions: the regions in which they are gone; empty is all.

    Returns:
        A sentence; None if no function was in a VPC.
    """
    networks = {
        region.name: vpc
        for app in apps
        for region in app.regions
        if (vpc := region.function.vpc) is not None and (not regions or region.name in regions)
    }
    if not networks:
        return None
    replaced = all(vpc.replace_security_groups_on_destroy for vpc in networks.values())
    kept = "subnets" if replaced else "subnets and security groups"
    named = ", ".join(f"`{name}`" for name in networks)
    return (
        f"Lambda keeps the function's network interfaces in {named} for another 20 to 45 minutes: "
        f"until then their {kept} cannot be deleted"
    )
