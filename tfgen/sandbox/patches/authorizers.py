"""API Gateway v2: the authorizers of an API can be listed, as everything else of it can.

moto describes one whose ID is known. After a killed apply nobody knows it.
https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-authorizers.html
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tfgen.sandbox.patches.expect import expect_method, expect_no_method

if TYPE_CHECKING:
    from moto.apigatewayv2.responses import ApiGatewayV2Response


def patch() -> None:
    """Adds to moto's API Gateway v2.

    Raises:
        TfgenError: moto does not have what this builds on.
    """
    from moto.apigatewayv2.models import ApiGatewayV2Backend, Authorizer
    from moto.apigatewayv2.responses import ApiGatewayV2Response

    expect_method(ApiGatewayV2Backend, "get_api", "api_id")
    expect_method(Authorizer, "to_json")
    expect_no_method(ApiGatewayV2Response, "get_authorizers")

    def get_authorizers(self: ApiGatewayV2Response) -> tuple[int, dict[str, str], str]:
        api = self.apigatewayv2_backend.get_api(self.path.rstrip("/").split("/")[-2])
        items = [each.to_json() for each in list(api.authorizers.values())]
        return 200, {}, json.dumps({"items": items})

    setattr(ApiGatewayV2Response, "get_authorizers", get_authorizers)  # noqa: B010 (moto has none)
