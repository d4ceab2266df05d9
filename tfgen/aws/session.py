"""The only place that makes boto3 clients."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple, overload

from tfgen import __version__
from tfgen.aws.account import StageAccount, check_caller
from tfgen.aws.failures import Failures

if TYPE_CHECKING:
    import boto3
    from botocore.config import Config
    from mypy_boto3_acm import ACMClient
    from mypy_boto3_apigateway import APIGatewayClient
    from mypy_boto3_apigatewayv2 import ApiGatewayV2Client
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_ec2 import EC2Client
    from mypy_boto3_iam import IAMClient
    from mypy_boto3_kms import KMSClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_logs import CloudWatchLogsClient
    from mypy_boto3_rds import RDSClient
    from mypy_boto3_route53 import Route53Client
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_ssm import SSMClient
    from mypy_boto3_sts import STSClient
    from mypy_boto3_wafv2 import WAFV2Client

Service = Literal[
    "acm",
    "apigateway",
    "apigatewayv2",
    "cloudwatch",
    "dynamodb",
    "ec2",
    "iam",
    "kms",
    "lambda",
    "logs",
    "rds",
    "route53",
    "s3",
    "secretsmanager",
    "sqs",
    "ssm",
    "sts",
    "wafv2",
]


class _Keys(NamedTuple):
    """Credentials, in the order in which botocore takes them."""

    access_key: str
    secret_key: str
    token: str | None = None


_SANDBOX_KEYS: Final = _Keys("sandbox", "sandbox")


class Aws:
    """An account, seen through typed boto3 clients that are made once per service and region.

    Without an endpoint the account is the one that Terraform would use: boto3 and the AWS provider
    look for credentials, profile and ``AWS_ENDPOINT_URL`` in the same places. With an endpoint it
    is the sandbox, and neither the user's credentials nor profile nor proxy is ever looked at.

    Every call retries in boto3's ``standard`` mode, and what then still fails is a `TfgenError`,
    except for the answer that a thing does not exist, which stays the client's own exception
    (https://docs.aws.amazon.com/boto3/latest/guide/retries.html).

    Args:
        endpoint: the URL of the sandbox, or None for a real account.
        role_arn: a role to assume, in that account or in another one.
        account: the account that the credentials must belong to. AWS is asked once, before the
            first client is made.
    """

    def __init__(
        self,
        endpoint: str | None = None,
        role_arn: str | None = None,
        account: StageAccount | None = None,
    ) -> None:
        self._endpoint = endpoint
        self._role_arn = role_arn
        self._account = account
        self._failures = Failures(endpoint)
        self._session: boto3.Session | None = None
        self._clients: dict[tuple[Service, str], Any] = {}

    @overload
    def client(self, service: Literal["acm"], region: str) -> ACMClient: ...
    @overload
    def client(self, service: Literal["apigateway"], region: str) -> APIGatewayClient: ...
    @overload
    def client(self, service: Literal["apigatewayv2"], region: str) -> ApiGatewayV2Client: ...
    @overload
    def client(self, service: Literal["cloudwatch"], region: str) -> CloudWatchClient: ...
    @overload
    def client(self, service: Literal["dynamodb"], region: str) -> DynamoDBClient: ...
    @overload
    def client(self, service: Literal["ec2"], region: str) -> EC2Client: ...
    @overload
    def client(self, service: Literal["iam"], region: str) -> IAMClient: ...
    @overload
    def client(self, service: Literal["kms"], region: str) -> KMSClient: ...
    @overload
    def client(self, service: Literal["lambda"], region: str) -> LambdaClient: ...
    @overload
    def client(self, service: Literal["logs"], region: str) -> CloudWatchLogsClient: ...
    @overload
    def client(self, service: Literal["rds"], region: str) -> RDSClient: ...
    @overload
    def client(self, service: Literal["route53"], region: str) -> Route53Client: ...
    @overload
    def client(self, service: Literal["s3"], region: str) -> S3Client: ...
    @overload
    def client(self, service: Literal["secretsmanager"], region: str) -> SecretsManagerClient: ...
    @overload
    def client(self, service: Literal["sqs"], region: str) -> SQSClient: ...
    @overload
    def client(self, service: Literal["ssm"], region: str) -> SSMClient: ...
    @overload
    def client(self, service: Literal["sts"], region: str) -> STSClient: ...
    @overload
    def client(self, service: Literal["wafv2"], region: str) -> WAFV2Client: ...
    def client(self, service: Service, region: str) -> Any:
        """Returns the client of a service in a region.

        Args:
            service: as boto3 names it.
            region: any region of the partition will do for the global services, IAM and Route 53.

        Raises:
            TfgenError: the user's AWS configuration cannot be used, or its credentials belong to
                another account.
        """
        if (service, region) not in self._clients:
            self._clients[service, region] = self._make(service, region)
        return self._clients[service, region]

    def _make(self, service: Service, region: str) -> Any:
        from botocore.exceptions import BotoCoreError

        try:
            if self._session is None:
                role = self._role_arn
                session = self._of_role(role, region) if role else self._of_account()
                if self._account is not None:
                    check_caller(self._client(session, "sts", region), self._account)
                self._session = session
            return self._client(self._session, service, region)
        except BotoCoreError as error:
            raise self._failures.of(error, region) from error

    def _client(self, session: boto3.Session, service: Service, region: str) -> Any:
        make: Callable[..., Any] = session.client
        client = make(
            service,
            region_name=region,
            endpoint_url=self._endpoint,
            config=_config(sandbox=self._endpoint is not None),
        )
        self._failures.watch(client)
        return client

    def _of_account(self, keys: _Keys | None = None) -> boto3.Session:
        return _own_session(keys or _SANDBOX_KEYS) if self._endpoint else _user_session(keys)

    def _of_role(self, role_arn: str, region: str) -> boto3.Session:
        sts: STSClient = self._client(self._of_account(), "sts", region)
        given = sts.assume_role(RoleArn=role_arn, RoleSessionName="tfgen")["Credentials"]
        return self._of_account(
            _Keys(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])
        )


def _user_session(keys: _Keys | None) -> boto3.Session:
    import boto3

    return boto3.Session(*keys) if keys else boto3.Session()


def _own_session(keys: _Keys) -> boto3.Session:
    """Returns a session that does not know the user: dummy keys, no variable, no file of theirs.

    ``AWS_PROFILE`` alone would make botocore fail when the profile is missing, and run its
    ``credential_process`` when it is not; ``AWS_CSM_ENABLED`` would send metrics to another host.
    """
    import boto3
    import botocore.session

    variables = botocore.session.Session.SESSION_VARIABLES
    own = {name: (None, None, default, cast) for name, (_, _, default, cast) in variables.items()}
    files = dict.fromkeys(("config_file", "credentials_file"), (None, None, os.devnull, None))
    core = botocore.session.Session(session_vars=own | files)
    core.set_credentials(*keys)
    return boto3.Session(botocore_session=core)


def _config(*, sandbox: bool) -> Config:
    from botocore.config import Config

    config = Config(
        connect_timeout=10,
        read_timeout=30,
        retries={"mode": "standard", "total_max_attempts": 5},
        user_agent_extra=f"tfgen/{__version__}",
    )
    if not sandbox:
        return config
    # A proxy from the environment would carry the calls off this machine, and botocore refuses
    # FIPS and dual-stack, which the environment may ask for, together with an endpoint of our own.
    return config.merge(Config(proxies={}, use_fips_endpoint=False, use_dualstack_endpoint=False))
