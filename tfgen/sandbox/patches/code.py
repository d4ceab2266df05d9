"""Lambda: a function's code comes from its own region, and exists.

moto takes a zip from a bucket of any region, an object that is not there and an image of any
registry; AWS refuses them when the function is made, and so does this:
https://docs.aws.amazon.com/lambda/latest/api/API_FunctionCode.html
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from tfgen.sandbox.patches.expect import expect_attributes, expect_method
from tfgen.sandbox.patches.failures import invalid

if TYPE_CHECKING:
    from moto.awslambda.models import LambdaFunction
    from moto.s3.models import FakeKey

# https://docs.aws.amazon.com/AmazonECR/latest/userguide/Registries.html
_IMAGE: Final = re.compile(
    r"\d{12}\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.amazonaws\.com(?:\.cn)?/[^:@]+(?::[^@]+)?(?:@.+)?"
)


def patch() -> None:
    """Changes moto's Lambda.

    Raises:
        TfgenError: moto does not have what this builds on.
    """
    from moto.awslambda.models import LambdaFunction
    from moto.s3.models import FakeBucket, S3Backend, s3_backends

    set_code = expect_method(LambdaFunction, "_set_function_code", "updated_spec")
    expect_method(
        S3Backend,
        "get_object",
        *("bucket_name", "key_name", "version_id", "part_number", "return_delete_marker"),
    )
    bucket = FakeBucket("bucket", "123456789012", "us-east-1")  # type: ignore[abstract]
    expect_attributes(bucket, "region_name")
    # Making one has told moto that it exists.
    del s3_backends.bucket_accounts["bucket"]

    def set_existing_code(self: LambdaFunction, updated_spec: dict[str, Any]) -> None:
        if "ImageUri" in updated_spec:
            _check_image(updated_spec["ImageUri"], self.region)
        found = _object(self, updated_spec) if "S3Bucket" in updated_spec else None
        if updated_spec is not self.code:
            # Versions that were published share the old one.
            self.code = dict(self.code)
        if updated_spec.get("Architectures"):
            self.architectures = updated_spec["Architectures"]
        set_code(self, updated_spec)
        if found is not None and not updated_spec.get("DryRun"):
            _keep(self, found)

    setattr(LambdaFunction, "_set_function_code", set_existing_code)  # noqa: B010 (it is private)


def _check_image(uri: str, region: str) -> None:
    image = _IMAGE.fullmatch(uri)
    if image is None or image["region"] != region:
        raise invalid(f"Source image {uri} is not valid. Provide a valid source image.")


def _object(function: LambdaFunction, asked: Mapping[str, Any]) -> FakeKey:
    from moto.s3.exceptions import MissingBucket
    from moto.s3.models import s3_backends

    name, key = asked["S3Bucket"], asked.get("S3Key", "")
    backend = s3_backends[function.account_id][function.partition]
    try:
        bucket = backend.get_bucket(name)
    except MissingBucket as error:
        raise _refused("NoSuchBucket", "The specified bucket does not exist") from error
    if bucket.region_name != function.region:
        raise _refused(
            "PermanentRedirect",
            f"The bucket is in this region: {bucket.region_name}. "
            "Please use this region to retry the request",
        )
    version = asked.get("S3ObjectVersion")
    found: FakeKey | None = backend.get_object(name, key, version_id=version)
    if found is None:
        if version is not None:
            raise _refused("NoSuchVersion", "The specified version does not exist.")
        raise _refused("NoSuchKey", "The specified key does not exist.")
    return found


def _keep(function: LambdaFunction, found: FakeKey) -> None:
    """Keeps the object's content: moto takes the newest version whatever is asked for."""
    content = found.value
    digest = hashlib.sha256(content)
    function.code_bytes = content
    function.code_size = len(content)
    function.code_sha_256 = base64.b64encode(digest.digest()).decode()
    function.code_digest = digest.hexdigest()


def _refused(code: str, message: str) -> Exception:
    return invalid(
        f"Error occurred while GetObject. S3 Error Code: {code}. S3 Error Message: {message}"
    )
