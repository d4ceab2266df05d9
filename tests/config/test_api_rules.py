"""Rules about the API: what each kind of it has, and what AWS and browsers refuse together."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tfgen.app import App
from tfgen.config.load import loads
from tfgen.errors import TfgenError
from tfgen.resolve import resolve, resolve_all

HEAD = """\
name: hello
function: {source: ./src, runtime: python3.13, handler: app.handler}
regions:
  us-west-2: {}
  eu-west-2: {}
"""
ONE = HEAD.replace("  eu-west-2: {}\n", "")
URL = HEAD.replace("app.handler}", "app.handler, url: true}")
DOMAIN = "  domain: api.example.com\n  zone: example.com\n"
ACL = "arn:aws:wafv2:{}:123456789012:{}/webacl/shop/1a2b"
TLS_13 = "SecurityPolicy_TLS13_1_3_2025_09"
TRUST = "{truststore: s3://trust-store/ca.pem}"


def app_of(text: str) -> App:
    return resolve(loads(text), "production")


def api(*lines: str, head: str = HEAD, domain: bool = False) -> str:
    """Returns a config whose ``api`` begins on the line after the head."""
    return head + "api:\n" + (DOMAIN if domain else "") + "".join(f"  {line}\n" for line in lines)


def region_api(line: str, head: str = HEAD) -> str:
    """Returns a config with API settings of the first region, which stand on its line."""
    return head.replace("us-west-2: {}", f"us-west-2: {{api: {line}}}")


def refusal(text: str) -> TfgenError:
    with pytest.raises(TfgenError) as error:
        resolve_all(loads(text))
    return error.value


@pytest.mark.parametrize(
    ("text", "line", "message", "hint"),
    [
        # Edge endpoints.
        (api("endpoint: edge"), 7, "serves one region, and the app has 2", "regional"),
        (api("type: http", "endpoint: edge"), 8, "HTTP API has no edge endpoint", "type: rest"),
        (
            api("endpoint: edge", head=ONE.replace("us-west-2", "cn-north-1")),
            6,
            "no edge endpoints in the AWS partition of `cn-north-1`",
            "regional",
        ),
        # Who may call.
        (
            api("auth: jwt", "jwt: {issuer: 'https://a.example', audience: [a]}"),
            7,
            "`auth: jwt` is for HTTP APIs; a REST API cannot check tokens",
            "type: http",
        ),
        (
            api("jwt: {issuer: 'https://a.example', audience: [a]}", head=URL),
            7,
            "`api.jwt` has no effect on a function URL",
            "remove `jwt:`",
        ),
        (api("auth: jwt"), 7, "a REST API cannot check tokens", "use `type: http` or `auth: iam`"),
        (api("auth: jwt", head=URL), 7, "a function URL cannot check tokens", "use `auth: iam`"),
        (api("type: http", "auth: jwt"), 8, "`auth: jwt` needs the issuer", "add `jwt:"),
        (
            api("type: http", "auth: jwt", "jwt: {audience: [a]}"),
            9,
            "`api.jwt.issuer` is missing",
            "add `issuer: https://login.example.com`",
        ),
        (
            api("type: http", "auth: jwt", "jwt: {issuer: login, audience: [a]}"),
            9,
            "`api.jwt.issuer` cannot be 'login'",
            "an address such as",
        ),
        (
            api("type: http", "auth: jwt", "jwt: {issuer: 'https://a.example', audience: []}"),
            9,
            "`api.jwt.audience` is [], but it must be at least 1 items",
            None,
        ),
        (
            api("jwt: {issuer: 'https://a.example', audience: [a]}"),
            7,
            "`api.jwt` has no effect while `api.auth` is `none`",
            "set `auth: jwt`",
        ),
        # The path that stays open.
        (api("health_check: {path: up}", domain=True), 9, "path` cannot be 'up'", "`/_health`"),
        (
            api("auth: iam", "health_check: {path: /health/live}", domain=True),
            10,
            "`/health/live` cannot stay open in front of a REST API",
            "one segment",
        ),
        (
            api("type: http", "auth: iam", "health_check: {path: '/{proxy+}'}", domain=True),
            11,
            "`/{proxy+}` cannot stay open in front of an HTTP API",
            "letters",
        ),
        # What a kind of API has not.
        (
            api("type: http", "compression: 0"),
            8,
            "`api.compression` has no effect on an HTTP",
            "re",
        ),
        (
            api("type: http", "binary_media_types: ['*/*']"),
            8,
            "`api.binary_media_types` has no effect on an HTTP API",
            "remove",
        ),
        (
            api("type: http", "access_logs: {account_role: true}"),
            8,
            "`api.access_logs.account_role` has no effect on an HTTP API",
            "remove",
        ),
        (api("binary_media_types: [png]"), 7, "types[0]` cannot be 'png'", "such as `image/png`"),
        (api("compression: 0", head=URL), 7, "`api.compression` has no effect on a funct", "url"),
        (api("access_logs: true", head=URL), 7, "`api.access_logs` has no effect on a f", "url"),
        # Web ACLs.
        (
            api(f"waf: {{web_acl_arn: '{ACL.format('us-west-2', 'regional')}'}}"),
            7,
            "is in `us-west-2`, the API in `eu-west-2`",
            "set `api.waf` under `regions.eu-west-2`",
        ),
        (
            region_api(f"{{waf: {{web_acl_arn: '{ACL.format('eu-west-2', 'regional')}'}}}}"),
            4,
            "is in `eu-west-2`, the API in `us-west-2`",
            None,
        ),
        (
            region_api(f"{{waf: {{web_acl_arn: '{ACL.format('us-east-1', 'global')}'}}}}"),
            4,
            "is for CloudFront",
            "REGIONAL in `us-west-2`",
        ),
        (
            region_api(f"{{waf: {{web_acl_arn: '{ACL.format('us-west-2', 'regional')}'}}}}")
            + "api: {type: http}\n",
            4,
            "`api.waf` has no effect on an HTTP API",
            "type: rest",
        ),
        (
            region_api(f"{{waf: {{web_acl_arn: '{ACL.format('us-west-2', 'regional')}'}}}}", URL),
            4,
            "`api.waf` has no effect on a function URL",
            None,
        ),
        (api("waf: {web_acl_arn: shop}"), 7, "cannot be 'shop'", "arn:aws:wafv2:REGION"),
        # Client certificates.
        (api(f"mtls: {TRUST}"), 7, "`api.mtls` has no effect without `api.domain`", "domain:"),
        (
            api(f"mtls: {TRUST}", "endpoint: edge", head=ONE, domain=True),
            8,
            "edge endpoint cannot ask for client certificates",
            "regional",
        ),
        (api("mtls: {truststore: ca.pem}"), 7, "truststore` cannot be 'ca.pem'", "a file in S3"),
        (
            region_api(f"{{mtls: {TRUST}}}") + "api:\n" + DOMAIN,
            4,
            "`us-west-2` asks clients for a certificate, and `eu-west-2` does not",
            "under `regions.eu-west-2`",
        ),
        (
            region_api(f"{{mtls: {TRUST}}}", ONE),
            4,
            "`api.mtls` has no effect without `api.domain`",
            None,
        ),
        (
            region_api(
                f"{{mtls: {TRUST}}}", ONE.replace("app.handler}", "app.handler, url: true}")
            ),
            4,
            "`api.mtls` has no effect on a function URL",
            None,
        ),
        (
            api(f"mtls: {TRUST}", domain=True),
            9,
            "guards the domains only, and everybody may call the execute-api URLs",
            "`disable_execute_api: true`",
        ),
        (
            api(f"mtls: {TRUST}", "disable_execute_api: true", "health_check: {}", domain=True),
            11,
            "A health check has no client certificate",
            "`health_check: false`",
        ),
        (
            api("disable_execute_api: true"),
            7,
            "`api.disable_execute_api` has no effect without `api.domain`",
            None,
        ),
        # CORS.
        (
            api("cors:", "  origins: ['*']", "  credentials: true"),
            8,
            '`api.cors.origins` cannot be `"*"` with `credentials: true`',
            "name the origins",
        ),
        (
            api(
                "cors:",
                "  origins: ['https://a.example']",
                "  headers: ['*']",
                "  credentials: true",
            ),
            9,
            '`api.cors.headers` cannot be `"*"`',
            "name the headers",
        ),
        (
            api("cors: {origins: ['*', 'https://a.example']}"),
            7,
            '`api.cors.origins` has `"*"` and others',
            None,
        ),
        (api("cors: {origins: ['https://A.example']}"), 7, "[0]` cannot be", "in lower case"),
        (api("cors: {origins: ['https://a.example/']}"), 7, "[0]` cannot be", "without a path"),
        (api("cors: {origins: ['https://*.a.example']}"), 7, "[0]` cannot be", "an origin such"),
        (api('cors: {origins: ["https://a.example\'"]}'), 7, "[0]` cannot be", "an origin such"),
        (api("cors: {origins: ['*'], headers: ['a b']}"), 7, "[0]` cannot be 'a b'", "a header"),
        (
            api("cors: {origins: ['*'], expose_headers: ['a:']}"),
            7,
            "expose_headers[0]` cannot be 'a:'",
            "a header",
        ),
        (
            api("cors: {origins: ['*'], methods: [GET, OPTIONS]}", head=URL),
            7,
            "A function URL answers OPTIONS itself",
            "remove `OPTIONS`",
        ),
        # Security policies.
        (
            api("type: http", "security_policy: TLS_1_2"),
            8,
            "`api.security_policy` has no effect on an HTTP API",
            "remove `security_policy:`",
        ),
        (
            api("security_policy: default", head=URL),
            7,
            "`api.security_policy` has no effect on a function URL",
            "remove `security_policy:`",
        ),
        (
            api(f"security_policy: {TLS_13}") + "terraform: {aws_provider: 5}\n",
            7,
            "Version 5 of the AWS provider cannot set the security policy of a REST API",
            "use `aws_provider: 6`",
        ),
        (
            api("security_policy: SecurityPolicy_TLS13_2025_EDGE"),
            7,
            "The security policy `SecurityPolicy_TLS13_2025_EDGE` is not for regional endpoints",
            f"such as `{TLS_13}`",
        ),
        (
            api("endpoint: edge", f"security_policy: {TLS_13}", head=ONE),
            7,
            f"The security policy `{TLS_13}` is not for edge endpoints",
            "such as `SecurityPolicy_TLS13_2025_EDGE`",
        ),
        (
            api("endpoint: edge", "security_policy: TLS_1_2", head=ONE),
            7,
            "The security policy `TLS_1_2` is not for edge endpoints",
            "such as `SecurityPolicy_TLS13_2025_EDGE`",
        ),
        (
            api(f"mtls: {TRUST}", "auth: iam", f"security_policy: {TLS_13}", domain=True),
            11,
            f"`api.mtls` and the security policy `{TLS_13}` exclude each other",
            "use `security_policy: TLS_1_2`",
        ),
        # The rest.
        (
            URL + "terraform:\n  aws_provider: 5\n",
            7,
            "Version 5 of the AWS provider cannot open a function's URL to everybody",
            "`auth: iam`",
        ),
        (
            HEAD.replace("eu-west-2: {}", "eu-west-2: {function: {timeout: 31}}")
            + "api: {type: http}",
            5,
            "31 s is over the 30 s after which an HTTP API gives up",
            "30 or less",
        ),
    ],
)
def test_rules(text: str, line: int, message: str, hint: str | None) -> None:
    error = refusal(text)
    assert message in error.message
    assert error.place == f"tfgen.yaml:{line}"
    if hint is not None:
        assert hint in (error.hint or "")


@pytest.mark.parametrize(
    "text",
    [
        api("endpoint: edge", head=ONE),
        api("throttle: {rate: 100, burst: 10}"),
        api("auth: iam", "health_check: {path: /}", domain=True),
        api("type: http", "auth: iam", "health_check: {path: '/health/live?deep=1'}", domain=True),
        api(f"mtls: {TRUST}", "auth: iam", domain=True),
        api(f"mtls: {TRUST}", "disable_execute_api: true", "health_check: false", domain=True),
        api("cors: {origins: [chrome-extension://abcdef, 'http://localhost:8080']}"),
        URL.replace("url: true", "url: true, timeout: 900"),
        api("type: http", "compression: null", "throttle: {rate: 1, burst: 1}")
        + "stages:\n  dev:\n    function: {url: true}\n"
        "    api: {type: rest, throttle: null, auth: iam, access_logs: false}\n",
        api("auth: iam", head=URL) + "terraform: {aws_provider: 5}\n",
        api(f"security_policy: {TLS_13}", domain=True),
        api("endpoint: edge", "security_policy: SecurityPolicy_TLS12_PFS_2025_EDGE", head=ONE),
        api("endpoint: edge", "security_policy: default", head=ONE),
        api(f"mtls: {TRUST}", "auth: iam", "security_policy: TLS_1_2", domain=True),
    ],
)
def test_what_fits_together_is_accepted(text: str) -> None:
    assert resolve_all(loads(text))


@pytest.mark.parametrize(
    ("head", "credentials", "methods"),
    [
        (HEAD, False, ["*"]),
        (HEAD, True, ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]),
        (URL, True, ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]),
    ],
)
def test_with_credentials_all_methods_are_named(
    head: str, credentials: bool, methods: Sequence[str]
) -> None:
    said = f"cors: {{origins: ['https://a.example'], credentials: {str(credentials).lower()}}}"
    cors = app_of(api(said, head=head)).api.cors
    assert cors is not None
    assert list(cors.methods) == list(methods)


def test_a_path_stays_open_only_where_there_is_a_health_check_and_someone_is_kept_out() -> None:
    assert app_of(api("auth: iam", domain=True)).api.open_path == "/_health"
    checked = api("auth: iam", "health_check: {path: '/up?deep=1'}", domain=True)
    assert app_of(checked).api.open_path == "/up"
    assert app_of(api(domain=True)).api.open_path is None
    assert app_of(api("auth: iam", "health_check: false", domain=True)).api.open_path is None


def test_the_name_of_the_account_role_is_measured() -> None:
    head = HEAD.replace("hello", "a" * 31).replace("us-west-2", "ap-southeast-1")
    fits = api("access_logs: true", head=head)
    assert app_of(fits).api.access_logs is not None
    error = refusal(api("access_logs: {account_role: true}", head=head))
    assert error.message == (
        f"The IAM role `{'a' * 31}-production-apigateway-ap-southeast-1` would have a name of 68 "
        "characters; IAM allows 64"
    )
    assert error.place == "tfgen.yaml:1"
    assert "by 4" in (error.hint or "")
