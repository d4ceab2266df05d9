"""Rules about a function's code: a bundle or an image, and how it gets to Lambda."""

from __future__ import annotations

from collections.abc import Iterable

from tfgen.app import App, Code, Image
from tfgen.config.places import Places
from tfgen.errors import TfgenError

# https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
BUCKET_NAME_LIMIT = 63
ACCOUNT_DIGITS = 12


def check_image(region: str, image: Image, places: Places) -> None:
    """Checks that Lambda can reach an image: it takes none from another region.

    https://docs.aws.amazon.com/lambda/latest/dg/images-create.html

    Args:
        region: of the function.
        image: of the function.
        places: of the config, as the region sees it.

    Raises:
        TfgenError: the image is in another region.
    """
    if image.registry is None:
        return
    image_region = image.registry.split(".")[3]
    if image_region != region:
        raise TfgenError(
            f"The image `{image.registry}/{image.name}` is in `{image_region}`, the function in "
            f"`{region}`",
            place=places.at("function", "image"),
            hint=f"set `function.image` under `regions.{region}`, or write `image: {image.name}` "
            "for a repository that every region has",
        )


def check_bucket_name(app: App, region: str, code: Code, places: Places) -> None:
    """Checks that the bucket of a region's bundles can have its name.

    Args:
        app: the stage.
        region: of the function.
        code: of the function.
        places: of the config, as the region sees it.

    Raises:
        TfgenError: the name would be too long.
    """
    if code.delivery != "s3":
        return
    without_account = f"{app.full_name}-artifacts--{region}"
    length = len(without_account) + ACCOUNT_DIGITS
    if length > BUCKET_NAME_LIMIT:
        raise TfgenError(
            f"The bucket `{app.full_name}-artifacts-ACCOUNT-{region}` would have a name of "
            f"{length} characters; S3 allows {BUCKET_NAME_LIMIT}",
            place=places.at("name"),
            hint=f"shorten `name` or the stage's name by {length - BUCKET_NAME_LIMIT}, "
            "or use `code: direct`",
        )


def check_same_kind(apps: Iterable[App], places: Places) -> None:
    """Checks that all functions get their code in the same way, for one module serves them all.

    Args:
        apps: the stages of a config.
        places: of the config.

    Raises:
        TfgenError: some run bundles and some images, or some bundles go through a bucket.
    """
    first: tuple[str, str, str] | None = None
    for app in apps:
        for region in app.regions:
            kind = _kind(region.function.code)
            first = first or (kind, app.stage, region.name)
            if kind == first[0]:
                continue
            key = "code" if isinstance(region.function.code, Code) else "image"
            if first[0] == _IMAGE:
                key = "source"
            raise TfgenError(
                f"The function runs {first[0]} in `{first[2]}` of `{first[1]}`, and {kind} in "
                f"`{region.name}` of `{app.stage}`",
                place=places.for_stage(app.stage).for_region(region.name).at("function", key),
                hint="all regions and stages of a config share one function module: give them all "
                "the same kind of code",
            )


_IMAGE = "an image"


def _kind(code: Code | Image) -> str:
    if isinstance(code, Image):
        return _IMAGE
    return "a bundle by way of S3" if code.delivery == "s3" else "a bundle sent to Lambda itself"
