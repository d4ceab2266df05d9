"""API Gateway: addresses of both families, and domain names that can be updated.

AWS gives every REST API and domain name an ``ipAddressType`` and changes it in place
(https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-ip-address-type.html).
moto stores what it is given at creation, knows no default, takes an update of it for an endpoint
type, and cannot update a domain name at all, so that a change of either fails or never settles.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

from tfgen.sandbox.patches.expect import expect_method, expect_no_method

if TYPE_CHECKING:
    from moto.apigateway.models import DomainName, RestAPI
    from moto.apigateway.responses import APIGatewayResponse

_IP_ADDRESS_TYPE: Final = "/endpointConfiguration/ipAddressType"
_ENDPOINT_TYPE: Final = "/endpointConfiguration/types/"

# What a patch operation names → what moto's model calls it:
# https://docs.aws.amazon.com/apigateway/latest/api/patch-operations.html#UpdateDomainName-Patch
_DOMAIN_NAME: Final = {
    "/certificateArn": "certificate_arn",
    "/certificateName": "certificate_name",
    "/regionalCertificateArn": "regional_certificate_arn",
    "/regionalCertificateName": "regional_certificate_name",
    "/securityPolicy": "security_policy",
}


def patch() -> None:
    """Adds to moto's API Gateway.

    Raises:
        TfgenError: moto does not have what this builds on.
    """
    _patch_rest_apis()
    _patch_domain_names()


def _patch_rest_apis() -> None:
    from moto.apigateway import models

    rest_api = models.RestAPI
    describe = expect_method(rest_api, "to_dict")
    update = expect_method(rest_api, "apply_patch_operations", "patch_operations")

    def describe_with_addresses(self: RestAPI) -> dict[str, Any]:
        described: dict[str, Any] = describe(self)
        return _with_addresses(described)

    def update_with_addresses(self: RestAPI, patch_operations: list[dict[str, Any]]) -> None:
        others = []
        for operation in patch_operations:
            if operation["path"] == _IP_ADDRESS_TYPE:
                self.endpoint_configuration["ipAddressType"] = operation["value"]
            else:
                others.append(operation)
        update(self, others)

    rest_api.to_dict = describe_with_addresses  # type: ignore[method-assign]
    rest_api.apply_patch_operations = update_with_addresses  # type: ignore[method-assign]


def _patch_domain_names() -> None:
    from moto.apigateway import models, responses

    domain_name, response = models.DomainName, responses.APIGatewayResponse
    describe = expect_method(domain_name, "to_json")
    expect_no_method(response, "update_domain_name")

    def describe_with_addresses(self: DomainName) -> dict[str, Any]:
        described: dict[str, Any] = describe(self)
        return _with_addresses(described)

    def update_domain_name(self: APIGatewayResponse) -> str:
        domain = self.backend.get_domain_name(self.path.split("/")[2])
        _update(domain, self._get_param("patchOperations"))
        return json.dumps(domain.to_json())

    domain_name.to_json = describe_with_addresses  # type: ignore[method-assign]
    response.update_domain_name = update_domain_name  # type: ignore[attr-defined]


def _with_addresses(described: dict[str, Any]) -> dict[str, Any]:
    configuration = described.get("endpointConfiguration") or {"types": ["EDGE"]}
    default = "dualstack" if configuration.get("types") == ["PRIVATE"] else "ipv4"
    return described | {"endpointConfiguration": {"ipAddressType": default} | configuration}


def _update(domain: DomainName, operations: Iterable[dict[str, Any]]) -> None:
    for operation in operations:
        path, value = operation["path"], operation["value"]
        configuration = dict(domain.endpoint_configuration or {})
        if path == _IP_ADDRESS_TYPE:
            domain.endpoint_configuration = configuration | {"ipAddressType": value}
        elif path.startswith(_ENDPOINT_TYPE):
            domain.endpoint_configuration = configuration | {"types": [value]}
        elif path in _DOMAIN_NAME:
            setattr(domain, _DOMAIN_NAME[path], value)
        else:
            raise _unknown(path)


def _unknown(path: str) -> Exception:
    from moto.core.exceptions import JsonRESTError

    return JsonRESTError("BadRequestException", f"Invalid patch path {path}")
