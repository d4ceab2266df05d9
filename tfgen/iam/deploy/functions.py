"""Lambda, and what it looks at for whoever configures a function: layers, images, networks.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html
"""

from __future__ import annotations

from tfgen.app import Code, Image
from tfgen.iam.deploy.keys import BY_SERVICES
from tfgen.iam.deploy.roles import PASSED
from tfgen.iam.deploy.target import (
    Needs,
    Scope,
    Table,
    Target,
    Where,
    each_region,
    in_regions,
    needs,
)
from tfgen.iam.names import Names


def _layers(where: Where) -> Scope:
    codes = (region.function.code for region in where.app.regions)
    arns = (layer for code in codes if isinstance(code, Code) for layer in code.layers)
    return Scope(tuple(sorted(set(arns))))


def _repositories(where: Where) -> Scope:
    found = {
        arn
        for region, names in zip(where.app.regions, where.regions, strict=True)
        if isinstance(image := region.function.code, Image)
        for arn in (_repository(image, names),)
    }
    return Scope(tuple(sorted(found)))


def _repository(image: Image, names: Names) -> str:
    repository = image.name.partition("@")[0].partition(":")[0]
    if image.registry is None:
        return names.arn("ecr", f"repository/{repository}")
    account, _, rest = image.registry.partition(".dkr.ecr.")
    region = rest.partition(".")[0]
    return f"arn:{names.partition}:ecr:{region}:{account}:repository/{repository}"


def _network(where: Where) -> Scope:
    return in_regions(
        names
        for region, names in zip(where.app.regions, where.regions, strict=True)
        if region.function.vpc is not None
    )


FUNCTIONS = Target(
    "Functions", "lambda", each_region(lambda names: (names.function(), f"{names.function()}:*"))
)
LAYERS = Target("Layers", "lambda", _layers)
# https://docs.aws.amazon.com/lambda/latest/dg/images-create.html#configuration-images-permissions
IMAGES = Target("Images", "ecr", _repositories)
# To describe has no resource level, and Lambda does it as whoever puts a function into a network:
# https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions
NETWORK = Target("Network", "ec2", _network)

# The environment is encrypted by Lambda, for whoever configures the function:
# https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars-encryption.html
_ENCRYPTED: tuple[Needs, ...] = tuple(
    needs(keys, create="CreateGrant Encrypt", read="Decrypt") for keys in BY_SERVICES
)

ACTIONS: Table = {
    "aws_lambda_function": (
        needs(
            FUNCTIONS,
            create="CreateFunction PutFunctionConcurrency TagResource",
            read="GetFunction GetFunctionCodeSigningConfig ListTags ListVersionsByFunction",
            update="UpdateFunctionCode UpdateFunctionConfiguration GetFunctionConfiguration "
            "PublishVersion DeleteFunctionConcurrency UntagResource",
            delete="DeleteFunction",
            adopt="GetFunction ListVersionsByFunction PublishVersion",
        ),
        needs(PASSED, create="PassRole", update="PassRole"),
        needs(LAYERS, create="GetLayerVersion", update="GetLayerVersion"),
        needs(
            IMAGES,
            create="BatchGetImage GetDownloadUrlForLayer GetRepositoryPolicy SetRepositoryPolicy",
        ),
        needs(NETWORK, create="DescribeSecurityGroups DescribeSubnets DescribeVpcs"),
        *_ENCRYPTED,
    ),
    "aws_lambda_alias": (
        needs(
            FUNCTIONS,
            create="CreateAlias",
            read="GetAlias",
            update="UpdateAlias",
            delete="DeleteAlias",
        ),
    ),
    "aws_lambda_permission": (
        needs(FUNCTIONS, create="AddPermission", read="GetPolicy", delete="RemovePermission"),
    ),
    "aws_lambda_function_url": (
        needs(
            FUNCTIONS,
            # For a URL that is open to everybody, the provider adds a permission of its own.
            create="CreateFunctionUrlConfig AddPermission",
            read="GetFunctionUrlConfig",
            update="UpdateFunctionUrlConfig AddPermission RemovePermission",
            delete="DeleteFunctionUrlConfig",
        ),
    ),
    "aws_lambda_provisioned_concurrency_config": (
        needs(
            FUNCTIONS,
            create="PutProvisionedConcurrencyConfig",
            read="GetProvisionedConcurrencyConfig",
            update="PutProvisionedConcurrencyConfig",
            delete="DeleteProvisionedConcurrencyConfig",
        ),
    ),
}
