"""How AWS is asked: held to botocore, and to what SSM accepts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.start.conftest import Program

JOBS = {
    "kms": "TrentService.Decrypt",
    "ssm": "AmazonSSM.GetParameters",
    "secretsmanager": "secretsmanager.GetSecretValue",
}
URLS = [
    "https://kms.eu-west-2.amazonaws.com",
    "https://kms.cn-north-1.amazonaws.com.cn/",
    "http://127.0.0.1:4566",
    "https://vpce-1.kms.example:443",
    "http://localhost:80/",
    "https://proxy.example:8443/aws/kms",
    "http://[::1]:8080/a-b_c.d~e",
]
VISIBLE = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=80)
SECONDS = st.integers(0, int(datetime(2200, 1, 1, tzinfo=UTC).timestamp()))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    service=st.sampled_from(sorted(JOBS)),
    url=st.sampled_from(URLS),
    body=st.text(st.characters(exclude_categories=["Cs"])),
    region=st.sampled_from(["eu-west-2", "us-gov-west-1"]),
    key_id=st.from_regex(r"\A[A-Z0-9]{1,20}\Z"),
    key=VISIBLE,
    token=st.one_of(st.none(), VISIBLE),
    now=SECONDS,
)
def test_signatures_are_those_of_botocore(
    program: Program,
    service: str,
    url: str,
    body: str,
    region: str,
    key_id: str,
    key: str,
    token: str | None,
    now: int,
) -> None:
    from botocore.auth import SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials

    environment = {
        "AWS_REGION": region,
        "AWS_ACCESS_KEY_ID": key_id,
        "AWS_SECRET_ACCESS_KEY": key,
        **({"AWS_SESSION_TOKEN": token} if token else {}),
    }
    job = {"service": service, "target": JOBS[service]}
    made = program.sign(job, url, body, environment, now)
    request = AWSRequest(
        "POST",
        url.rstrip("/") + "/",
        {"content-type": "application/x-amz-json-1.1", "x-amz-target": JOBS[service]},
        body.encode(),
    )
    moment = datetime.fromtimestamp(now, UTC)
    with patch("botocore.auth.get_current_datetime", return_value=moment):
        SigV4Auth(Credentials(key_id, key, token), service, region).add_auth(request)
    expected = {name.lower(): value for name, value in request.headers.items()}
    assert {name: value for name, value in made.items() if name != "host"} == expected


@pytest.mark.parametrize(
    "region",
    [
        *("us-east-1", "eu-west-2", "us-gov-west-1", "cn-north-1", "eusc-de-east-1"),
        *("us-iso-east-1", "us-isob-east-1", "us-isof-south-1", "eu-isoe-west-1"),
    ],
)
def test_endpoints_are_those_of_botocore(program: Program, region: str) -> None:
    import boto3
    from botocore.config import Config

    for service in JOBS:
        for fips in (False, True):
            for dual in (False, True):
                if dual and "-iso" in region:
                    continue  # botocore itself knows none for half of them
                config = Config(use_fips_endpoint=fips, use_dualstack_endpoint=dual)
                known = boto3.client(  # type: ignore[call-overload] # the name is a variable
                    service,
                    region_name=region,
                    aws_access_key_id="a",
                    aws_secret_access_key="b",
                    config=config,
                )
                environment = {
                    "AWS_REGION": region,
                    "AWS_USE_FIPS_ENDPOINT": str(fips).lower(),
                    "AWS_USE_DUALSTACK_ENDPOINT": str(dual).lower(),
                }
                assert program.endpoint(service, environment) == known.meta.endpoint_url


@pytest.mark.parametrize(
    ("variables", "service", "url"),
    [
        ({"AWS_ENDPOINT_URL": "http://all"}, "kms", "http://all"),
        ({"AWS_ENDPOINT_URL": "http://all", "AWS_ENDPOINT_URL_KMS": "http://k"}, "kms", "http://k"),
        ({"AWS_ENDPOINT_URL": "http://all", "AWS_ENDPOINT_URL_KMS": ""}, "kms", "http://all"),
        ({"AWS_ENDPOINT_URL_SSM": "http://s"}, "ssm", "http://s"),
        ({"AWS_ENDPOINT_URL_SECRETS_MANAGER": "http://m"}, "secretsmanager", "http://m"),
        ({"AWS_ENDPOINT_URL_SSM": "http://s"}, "kms", "https://kms.eu-west-2.amazonaws.com"),
        (
            {"AWS_ENDPOINT_URL": "http://all", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"},
            "kms",
            "https://kms.eu-west-2.amazonaws.com",
        ),
    ],
)
def test_configured_endpoints(
    program: Program, variables: Mapping[str, str], service: str, url: str
) -> None:
    assert program.endpoint(service, {"AWS_REGION": "eu-west-2", **variables}) == url


def test_ten_parameters_a_request(program: Program) -> None:
    names = [f"/a/{number}" for number in range(23)]
    assert program.batches(names) == [names[:10], names[10:20], names[20:]]
    assert program.batches([]) == []


def test_no_request_asks_for_a_parameter_twice(program: Program) -> None:
    arn = "arn:aws:ssm:eu-west-2:123456789012:parameter"
    asked = ["/a/b", "/a/b:1", f"{arn}/a/b", f"{arn}/a/b:stable", "/a/b/c", "flat", f"{arn}/flat"]
    made = program.batches(asked)
    assert made == [["/a/b", "/a/b/c", "flat"], ["/a/b:1", f"{arn}/flat"], [asked[2]], [asked[3]]]
