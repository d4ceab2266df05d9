"""API Gateway v2: the authorizers of an API can be listed, and one that is in use stays.

moto describes an authorizer by its ID alone, which is not known after a killed apply. It deletes
one that a route uses, and AWS does not, as users of the AWS provider found.
https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-authorizers.html
https://github.com/hashicorp/terraform-provider-aws/pull/37732
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
    from moto.apigateway.exceptions import ConflictException
    from moto.apigatewayv2.models import ApiGatewayV2Backend, Authorizer
    from moto.apigatewayv2.responses import ApiGatewayV2Response

    expect_method(ApiGatewayV2Backend, "get_api", "api_id")
    expect_method(Authorizer, "to_json")
    expect_no_method(ApiGatewayV2Response, "get_authorizers")

    delete = expect_method(ApiGatewayV2Backend, "delete_authorizer", "api_id", "authorizer_id")

    def delete_unused(self: ApiGatewayV2Backend, api_id: str, authorizer_id: str) -> None:
        api = self.get_api(api_id)
        found = api.authorizers.get(authorizer_id)
        for route in list(api.routes.values()):
            if found is not None and route.authorizer_id == authorizer_id:
                raise ConflictException(
                    f"Cannot delete authorizer '{found.name}', is referenced in route: "
                    f"{route.route_key}"
                )
        delete(self, api_id, authorizer_id)

    def get_authorizers(self: ApiGatewayV2Response) -> tuple[int, dict[str, str], str]:
        api = self.apigatewayv2_backend.get_api(self.path.rstrip("/").split("/")[-2])
        items = [each.to_json() for each in list(api.authorizers.values())]
        return 200, {}, json.dumps({"items": items})

    ApiGatewayV2Backend.delete_authorizer = delete_unused  # type: ignore[method-assign]
    setattr(ApiGatewayV2Response, "get_authorizers", get_authorizers)  # noqa: B010 (moto has none)
