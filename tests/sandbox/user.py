"""A user whose whole configuration of AWS and of proxies leads into a trap."""

from __future__ import annotations

import socket
import threading
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType


class Trap:
    """Listens on loopback and counts who comes."""

    def __init__(self) -> None:
        self._server = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._count, daemon=True)
        self.hits = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.getsockname()[1]}"

    def __enter__(self) -> Trap:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        self._thread.join()

    def _count(self) -> None:
        while True:
            try:
                connection, _ = self._server.accept()
            except OSError:
                return
            self.hits += 1
            connection.close()


def trapped(base: Mapping[str, str], home: Path, trap: str, marker: Path) -> dict[str, str]:
    """Returns the environment of a user who has signed in everywhere.

    Args:
        base: what else is in it.
        home: an empty folder for their files.
        trap: the URL that every setting which can hold one names.
        marker: the file that is made as soon as anybody asks for their credentials.
    """
    (home / ".aws").mkdir()
    (home / ".aws" / "config").write_text(
        f"""[default]
region = us-east-2
endpoint_url = {trap}
credential_process = touch {marker}

[profile corp]
region = us-east-2
services = corp
sso_session = corp
sso_account_id = 111111111111
sso_role_name = admin
use_fips_endpoint = true

[profile assumed]
role_arn = arn:aws:iam::111111111111:role/admin
source_profile = default

[sso-session corp]
sso_region = us-east-2
sso_start_url = {trap}

[services corp]
cloudwatch_logs =
  endpoint_url = {trap}
sts =
  endpoint_url = {trap}
""",
        encoding="utf-8",
    )
    (home / ".aws" / "credentials").write_text(
        """[assumed]
aws_access_key_id = AKIAIOSFODNN7EXAMPLE
aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY
""",
        encoding="utf-8",
    )
    (home / ".terraformrc").write_text(
        f'host "registry.terraform.io" {{ services = {{ "providers.v1" = "{trap}/" }} }}\n'
    )
    endpoints = {
        f"AWS_ENDPOINT_URL_{service}": trap
        for service in ("CLOUDWATCH_LOGS", "LAMBDA", "STS", "IAM", "SSO", "SSO_OIDC")
    }
    return {
        **base,
        **endpoints,
        "HOME": str(home),
        "AWS_PROFILE": "corp",
        "AWS_DEFAULT_PROFILE": "assumed",
        "AWS_REGION": "us-east-2",
        "AWS_DEFAULT_REGION": "us-east-2",
        "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        "AWS_SESSION_TOKEN": "AQoEXAMPLEH4aoAH0gNCAPyJxz4BlCFFxWNE1OPTgk5TthT",
        "AWS_ENDPOINT_URL": trap,
        "AWS_USE_FIPS_ENDPOINT": "true",
        "AWS_USE_DUALSTACK_ENDPOINT": "true",
        "AWS_CA_BUNDLE": str(home / "missing.pem"),
        "AWS_ROLE_ARN": "arn:aws:iam::111111111111:role/admin",
        "AWS_WEB_IDENTITY_TOKEN_FILE": str(home / "token"),
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{trap}/credentials",
        "AWS_EC2_METADATA_SERVICE_ENDPOINT": trap,
        "AWS_CSM_ENABLED": "true",
        "AWS_CSM_HOST": "192.0.2.1",
        "HTTP_PROXY": trap,
        "HTTPS_PROXY": trap,
        "ALL_PROXY": trap,
        "http_proxy": trap,
        "https_proxy": trap,
        "NO_PROXY": "",
        "OTEL_TRACES_EXPORTER": "otlp",
        "OTEL_EXPORTER_OTLP_ENDPOINT": trap,
        "TF_WORKSPACE": "production",
        "TF_CLI_ARGS_plan": "-destroy",
        "TF_TOKEN_app_terraform_io": "a-real-one",
    }
