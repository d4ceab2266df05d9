"""API Gateway: a custom domain name is one thing, whichever family of APIs looks at it.

A regional domain name that one family made can be read, changed and mapped by the other, and an
edge one belongs to REST APIs alone
(https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-regional-api-custom-domain-create.html).
moto keeps a store for each family, gives every domain a regional and an edge host at once, and can
update none. Here the store of REST APIs is the only one, and the other family sees it.

What is not simulated: the truststore of mutual TLS is not read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

from tfgen.sandbox.gateway.deployed import endpoint_types
from tfgen.sandbox.patches.expect import expect_attributes, expect_method, expect_no_method
from tfgen.sandbox.patches.security_policies import MODE, check_policy

if TYPE_CHECKING:
    from moto.apigateway.models import APIGatewayBackend, DomainName
    from moto.apigateway.responses import APIGatewayResponse
    from moto.apigatewayv2.responses import ApiGatewayV2Response

#: Where CloudFront's distributions are, and so what edge domains need a certificate of:
#: https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-edge-optimized-custom-domain-name.html
EDGE_REGION: Final = "us-east-1"

_TYPES: Final = "/endpointConfiguration/types"
_ADDRESSES: Final = "/endpointConfiguration/ipAddressType"
_TRUSTSTORE: Final = "/mutualTlsAuthentication/"

# What a patch operation names → what moto's model calls it:
# https://docs.aws.amazon.com/apigateway/latest/api/patch-operations.html#UpdateDomainName-Patch
_PLAIN: Final = {
    "/certificateArn": "certificate_arn",
    "/certificateName": "certificate_name",
    "/regionalCertificateArn": "regional_certificate_arn",
    "/regionalCertificateName": "regional_certificate_name",
    "/securityPolicy": "security_policy",
}
_OWNERSHIP: Final = "ownershipVerificationCertificateArn"

# What only an edge domain name has, and what only a regional one.
_HOSTS: Final = {
    "EDGE": ("distributionDomainName", "distributionHostedZoneId"),
    "REGIONAL": ("regionalDomainName", "regionalHostedZoneId"),
}

_EXTRAS: Final = "tfgen_domain"


def patch() -> None:
    """Changes moto's API Gateway.

    Raises:
        TfgenError: moto does not have what this builds on.
    """
    from moto.apigateway.models import DomainName
    from moto.apigateway.responses import APIGatewayResponse
    from moto.apigatewayv2.responses import ApiGatewayV2Response

    describe = expect_method(DomainName, "to_json")
    expect_attributes(DomainName("a.example.com"), *_PLAIN.values(), "endpoint_configuration")
    for name in ("create_domain_name", "get_domain_name", "get_domain_names", "delete_domain_name"):
        expect_method(APIGatewayResponse, name)
        expect_method(ApiGatewayV2Response, name)
    expect_method(ApiGatewayV2Response, "delete_api_mapping")
    for owner in (APIGatewayResponse, ApiGatewayV2Response):
        _read_wildcards(owner)
    expect_no_method(APIGatewayResponse, "update_domain_name")
    expect_no_method(ApiGatewayV2Response, "update_domain_name")

    def describe_what_it_is(self: DomainName) -> dict[str, Any]:
        return _described(describe(self), self)

    DomainName.to_json = describe_what_it_is  # type: ignore[method-assign]
    APIGatewayResponse.create_domain_name = _create  # type: ignore[method-assign]
    APIGatewayResponse.delete_domain_name = _delete  # type: ignore[method-assign]
    APIGatewayResponse.update_domain_name = _update  # type: ignore[attr-defined]
    ApiGatewayV2Response.create_domain_name = _create_2  # type: ignore[method-assign]
    ApiGatewayV2Response.get_domain_name = _get_2  # type: ignore[method-assign]
    ApiGatewayV2Response.get_domain_names = _list_2  # type: ignore[method-assign]
    ApiGatewayV2Response.delete_domain_name = _delete_2  # type: ignore[method-assign]
    ApiGatewayV2Response.update_domain_name = _update_2  # type: ignore[attr-defined]


def _read_wildcards(owner: type[Any]) -> None:
    """Makes the asterisk of a wildcard be read, which clients escape in a path."""
    expected = ("request", "full_url", "headers", "use_raw_body")
    setup = expect_method(owner, "setup_class", *expected)

    def setup_class(self: Any, *args: Any, **named: Any) -> None:
        setup(self, *args, **named)
        if "/domainnames/" in self.path:
            self.path = re.sub("%2a", "*", self.path, flags=re.IGNORECASE)

    owner.setup_class = setup_class


def backend_of(account: str, region: str) -> APIGatewayBackend:
    """Returns the one store of domain names of a region."""
    from moto.apigateway.models import apigateway_backends

    return apigateway_backends[account][region]


def refuse_edge(domain: DomainName) -> None:
    """Refuses what the API of HTTP APIs does with regional domain names only.

    Raises:
        JsonRESTError: it is an edge one.
    """
    if endpoint_types(domain) == ("EDGE",):
        raise _bad(
            "Only REGIONAL domain names can be managed through the API Gateway V2 API. For EDGE "
            "domain names, please use the API Gateway V1 API. Also note that only REST APIs can "
            "be attached to EDGE domain names."
        )


def _create(self: APIGatewayResponse) -> tuple[int, dict[str, Any], str]:
    domain = _make(self.current_account, self.region, json.loads(self.body))
    return 201, {"status": 201}, json.dumps(domain.to_json())


def _update(self: APIGatewayResponse) -> str:
    domain = self.backend.get_domain_name(self.path.split("/")[2])
    _change(domain, self.region, self._get_param("patchOperations"))
    return json.dumps(domain.to_json())


def _delete(self: APIGatewayResponse) -> tuple[int, dict[str, Any], str]:
    _remove(self.current_account, self.region, self.path.split("/")[2])
    return 202, {"status": 202}, "{}"


def _create_2(self: ApiGatewayV2Response) -> tuple[int, dict[str, Any], str]:
    asked = json.loads(self.body)
    given = (asked.get("domainNameConfigurations") or [{}])[0]
    kind = given.get("endpointType") or "REGIONAL"
    if kind != "REGIONAL":
        raise _bad("Only REGIONAL domain names can be created through the API Gateway V2 API.")
    translated = {
        "domainName": asked.get("domainName"),
        "regionalCertificateArn": given.get("certificateArn"),
        "securityPolicy": given.get("securityPolicy") or "TLS_1_2",
        "endpointConfiguration": {
            "types": [kind],
            "ipAddressType": given.get("ipAddressType") or "ipv4",
        },
        "mutualTlsAuthentication": asked.get("mutualTlsAuthentication"),
        _OWNERSHIP: given.get(_OWNERSHIP),
        "tags": asked.get("tags"),
    }
    domain = _make(self.current_account, self.region, translated)
    return 201, {}, json.dumps(_described_2(domain, self.region))


def _get_2(self: ApiGatewayV2Response) -> tuple[int, dict[str, Any], str]:
    domain = _of(self, self.path.split("/")[-1])
    return 200, {}, json.dumps(_described_2(domain, self.region))


def _list_2(self: ApiGatewayV2Response) -> tuple[int, dict[str, Any], str]:
    domains = backend_of(self.current_account, self.region).get_domain_names()
    items = [_described_2(domain, self.region) for domain in domains]
    return 200, {}, json.dumps({"items": items})


def _update_2(self: ApiGatewayV2Response) -> tuple[int, dict[str, Any], str]:
    domain = _of(self, self.path.split("/")[-1])
    refuse_edge(domain)
    asked = json.loads(self.body)
    given = (asked.get("domainNameConfigurations") or [{}])[0]
    named = {
        "/regionalCertificateArn": given.get("certificateArn"),
        "/securityPolicy": given.get("securityPolicy"),
        _ADDRESSES: given.get("ipAddressType"),
        f"/{_OWNERSHIP}": given.get(_OWNERSHIP),
        **{
            f"{_TRUSTSTORE}{name}": value
            for name, value in (asked.get("mutualTlsAuthentication") or {}).items()
        },
    }
    operations = [
        {"op": "replace", "path": path, "value": value}
        for path, value in named.items()
        if value is not None
    ]
    _change(domain, self.region, operations)
    return 200, {}, json.dumps(_described_2(domain, self.region))


def _delete_2(self: ApiGatewayV2Response) -> tuple[int, dict[str, Any], str]:
    name = self.path.split("/")[-1]
    refuse_edge(_of(self, name))
    _remove(self.current_account, self.region, name)
    return 204, {}, ""


def _of(response: ApiGatewayV2Response, name: str) -> DomainName:
    return backend_of(response.current_account, response.region).get_domain_name(name)


def _make(account: str, region: str, asked: Mapping[str, Any]) -> DomainName:
    from moto.apigateway.exceptions import InvalidDomainName
    from moto.apigateway.models import DomainName

    name = asked.get("domainName")
    if not name:
        raise InvalidDomainName
    domain = DomainName(
        name,
        region_name=region,
        tags=asked.get("tags"),
        certificate_name=asked.get("certificateName"),
        certificate_arn=asked.get("certificateArn"),
        certificate_body=asked.get("certificateBody"),
        certificate_chain=asked.get("certificateChain"),
        certificate_private_key=asked.get("certificatePrivateKey"),
        regional_certificate_name=asked.get("regionalCertificateName"),
        regional_certificate_arn=asked.get("regionalCertificateArn"),
        endpoint_configuration=asked.get("endpointConfiguration"),
        security_policy=asked.get("securityPolicy") or "TLS_1_2",
    )
    mutual = asked.get("mutualTlsAuthentication") or {}
    vars(domain)[_EXTRAS] = {
        "mutualTlsAuthentication": {key: value for key, value in mutual.items() if value},
        _OWNERSHIP: asked.get(_OWNERSHIP),
        MODE: asked.get(MODE),
    }
    _refuse_second(account, region, domain)
    _check(domain, region)
    backend_of(account, region).domain_names[name] = domain
    return domain


def _refuse_second(account: str, region: str, domain: DomainName) -> None:
    """Refuses a name that is taken: in this region, and as an edge one anywhere."""
    from moto.apigateway.exceptions import ConflictException
    from moto.apigateway.models import apigateway_backends

    for other_region, backend in list(apigateway_backends[account].items()):
        other = backend.domain_names.get(domain.domain_name)
        if other is None:
            continue
        edge = "EDGE" in endpoint_types(other) and "EDGE" in endpoint_types(domain)
        if other_region == region or edge:
            raise ConflictException("The domain name you provided already exists.")


def _check(domain: DomainName, region: str) -> None:
    """Refuses a certificate of another region, and mutual TLS where CloudFront is in front.

    It also refuses what does not go with the security policy.
    """
    extras = _extras(domain)
    mutual = bool(extras.get("mutualTlsAuthentication"))
    check_policy(domain.security_policy, extras.get(MODE), mutual=mutual)
    wanted = {
        "EDGE": (domain.certificate_arn, EDGE_REGION),
        "REGIONAL": (domain.regional_certificate_arn, region),
    }
    for kind in endpoint_types(domain):
        arn, place = wanted.get(kind, (None, region))
        if arn and arn.split(":")[3] != place:
            raise _bad(f"Invalid certificate ARN: {arn}. Certificate must be in '{place}'.")
    if "EDGE" in endpoint_types(domain) and mutual:
        raise _bad("Mutual TLS is only supported for REGIONAL domain names")


def _remove(account: str, region: str, name: str) -> None:
    """Deletes a domain name, and its mappings with it."""
    from moto.apigatewayv2.models import apigatewayv2_backends

    backend_of(account, region).delete_domain_name(name)
    mappings = apigatewayv2_backends[account][region].api_mappings
    for id_ in [id_ for id_, each in mappings.items() if each.domain_name == name]:
        del mappings[id_]


def _change(domain: DomainName, region: str, operations: Iterable[Mapping[str, Any]]) -> None:
    """Applies patch operations, all of them or none."""
    from copy import copy

    changed = copy(domain)
    configuration = dict(domain.endpoint_configuration or {})
    changed.endpoint_configuration = configuration | {"types": list(endpoint_types(domain))}
    mutual = dict(_extras(domain).get("mutualTlsAuthentication") or {})
    vars(changed)[_EXTRAS] = {**_extras(domain), "mutualTlsAuthentication": mutual}
    for operation in operations:
        _apply(changed, operation["op"], operation["path"], operation.get("value"))
    _check(changed, region)
    vars(domain).update(vars(changed))


def _apply(domain: Any, operation: str, path: str, value: str | None) -> None:
    if path in _PLAIN:
        setattr(domain, _PLAIN[path], value or None)
    elif path == _ADDRESSES:
        domain.endpoint_configuration = domain.endpoint_configuration | {"ipAddressType": value}
    elif path in {f"/{_OWNERSHIP}", f"/{MODE}"}:
        vars(domain)[_EXTRAS][path.removeprefix("/")] = value or None
    elif path.startswith(_TRUSTSTORE):
        _set_truststore(domain, path.removeprefix(_TRUSTSTORE), value)
    elif path.startswith(_TYPES):
        _move(domain, operation, path, value)
    else:
        raise _bad(f"Invalid patch path {path}")


def _set_truststore(domain: DomainName, name: str, value: str | None) -> None:
    """Sets a part of the truststore; without a URI, there is none."""
    mutual = vars(domain)[_EXTRAS]["mutualTlsAuthentication"]
    if name not in {"truststoreUri", "truststoreVersion"}:
        raise _bad(f"Invalid patch path {_TRUSTSTORE}{name}")
    if value:
        mutual[name] = value
    else:
        mutual.pop(name, None)
    if "truststoreUri" not in mutual:
        mutual.clear()


def _move(domain: Any, operation: str, path: str, value: str | None) -> None:
    """Adds or removes an endpoint type. A type is not replaced by another, as AWS will have it:

    https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-regional-api-custom-domain-migrate.html
    https://github.com/hashicorp/terraform-provider-aws/issues/28059
    """
    types: list[str] = domain.endpoint_configuration["types"]
    kind = value or path.removeprefix(f"{_TYPES}/")
    if operation == "add" and path == _TYPES and kind in _HOSTS and kind not in types:
        types.append(kind)
    elif operation == "remove" and kind in types and len(types) > 1:
        types.remove(kind)
    else:
        raise _bad(f"{path} Invalid request input")


def _extras(domain: DomainName) -> Mapping[str, Any]:
    found: Mapping[str, Any] = vars(domain).get(_EXTRAS) or {}
    return found


def _described(described: dict[str, Any], domain: DomainName) -> dict[str, Any]:
    types = endpoint_types(domain)
    unused = {name for kind, names in _HOSTS.items() if kind not in types for name in names}
    kept = {name: value for name, value in described.items() if name not in unused}
    default = "dualstack" if types == ("PRIVATE",) else "ipv4"
    configuration = {"ipAddressType": default} | (domain.endpoint_configuration or {})
    kept["endpointConfiguration"] = configuration | {"types": list(types)}
    return kept | {name: value for name, value in _extras(domain).items() if value}


def _described_2(domain: DomainName, region: str) -> dict[str, Any]:
    from moto.utilities.utils import get_partition

    described = domain.to_json()
    configuration = described["endpointConfiguration"]
    hosts = {
        "EDGE": (domain.distribution_domain_name, domain.distribution_hosted_zone_id),
        "REGIONAL": (domain.regional_domain_name, domain.regional_hosted_zone_id),
    }
    certificates = {"EDGE": domain.certificate_arn, "REGIONAL": domain.regional_certificate_arn}
    return {
        "apiMappingSelectionExpression": "$request.basepath",
        "domainName": domain.domain_name,
        "domainNameArn": f"arn:{get_partition(region)}:apigateway:{region}::/domainnames/"
        f"{domain.domain_name}",
        "domainNameConfigurations": [
            {
                "apiGatewayDomainName": hosts[kind][0],
                "certificateArn": certificates[kind],
                "domainNameStatus": domain.domain_name_status,
                "endpointType": kind,
                "hostedZoneId": hosts[kind][1],
                "ipAddressType": configuration["ipAddressType"],
                "securityPolicy": domain.security_policy,
                _OWNERSHIP: _extras(domain).get(_OWNERSHIP),
            }
            for kind in configuration["types"]
            if kind in hosts
        ],
        "mutualTlsAuthentication": _extras(domain).get("mutualTlsAuthentication") or None,
        "routingMode": "API_MAPPING_ONLY",
        "tags": domain.tags or {},
    }


def _bad(message: str) -> Exception:
    from moto.apigateway.exceptions import BadRequestException

    return BadRequestException(message)
