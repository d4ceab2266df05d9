"""Application Auto Scaling: targets have tags, and a table that scales exists.

moto knows no tags of targets and breaks when it is asked for them, and the AWS provider takes an
answer of 500 for a passing weakness: it asks again for many minutes. It also takes a target whose
table there is none of, which AWS refuses.
https://docs.aws.amazon.com/autoscaling/application/APIReference/API_RegisterScalableTarget.html
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from tfgen.sandbox.patches.expect import expect_method, expect_no_method

if TYPE_CHECKING:
    from moto.applicationautoscaling.models import FakeScalableTarget
    from moto.applicationautoscaling.responses import ApplicationAutoScalingResponse

_TAGS: Final = "tfgen_tags"


def patch() -> None:
    """Adds to moto's Application Auto Scaling.

    Raises:
        TfgenError: moto does not have what this builds on.
    """
    from moto.applicationautoscaling.exceptions import AWSValidationException
    from moto.applicationautoscaling.responses import ApplicationAutoScalingResponse as Response

    register = expect_method(Response, "register_scalable_target")
    for name in ("list_tags_for_resource", "tag_resource", "untag_resource"):
        expect_no_method(Response, name)

    def register_scalable_target(self: Response) -> str:
        kind, _, table = self._get_param("ResourceId").partition("/")
        known = self._get_param("ServiceNamespace") != "dynamodb" or _has_table(self, table)
        if kind == "table" and not known:
            raise AWSValidationException(f"DynamoDB table does not exist: {kind}/{table}")
        answer: str = register(self)
        if tags := self._get_param("Tags"):
            _tags(_target(self, json.loads(answer)["ScalableTargetARN"])).update(tags)
        return answer

    def list_tags_for_resource(self: Response) -> str:
        return json.dumps({"Tags": _tags(_target(self, self._get_param("ResourceARN")))})

    def tag_resource(self: Response) -> str:
        _tags(_target(self, self._get_param("ResourceARN"))).update(self._get_param("Tags"))
        return "{}"

    def untag_resource(self: Response) -> str:
        tags = _tags(_target(self, self._get_param("ResourceARN")))
        for key in self._get_param("TagKeys"):
            tags.pop(key, None)
        return "{}"

    Response.register_scalable_target = register_scalable_target  # type: ignore[method-assign]
    Response.list_tags_for_resource = list_tags_for_resource  # type: ignore[attr-defined]
    Response.tag_resource = tag_resource  # type: ignore[attr-defined]
    Response.untag_resource = untag_resource  # type: ignore[attr-defined]


def _has_table(response: ApplicationAutoScalingResponse, name: str) -> bool:
    from moto.dynamodb.models import dynamodb_backends

    return name in dynamodb_backends[response.current_account][response.region].tables


def _target(response: ApplicationAutoScalingResponse, arn: str) -> FakeScalableTarget:
    from moto.applicationautoscaling.exceptions import AWSValidationException

    backend = response.applicationautoscaling_backend
    for targets in backend.targets.values():
        for target in targets.values():
            if target.arn == arn:
                return target
    raise AWSValidationException(f"No scalable target found for {arn}")


def _tags(target: FakeScalableTarget) -> dict[str, Any]:
    tags: dict[str, Any] = vars(target).setdefault(_TAGS, {})
    return tags
