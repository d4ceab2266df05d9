"""The app: a config and a stage with every default and every region explicit.

Frozen data without behaviour. Everything that is rendered, bundled or deployed is read from here;
nothing downstream looks at the config again.
"""

from __future__ import annotations

from tfgen.app.api import (
    AccessLogs,
    Api,
    ApiType,
    Auth,
    Cors,
    Domain,
    EndpointType,
    HealthCheck,
    IpAddressType,
    Jwt,
    RoutingPolicy,
    Throttle,
    Truststore,
    Zone,
)
from tfgen.app.function import (
    Architecture,
    Code,
    CodeDelivery,
    Condition,
    Function,
    Image,
    Statement,
    Vpc,
)
from tfgen.app.model import App, Failover, Region
from tfgen.app.secrets import (
    Decrypt,
    KeyPolicy,
    KmsSecret,
    Secret,
    SecretsDelivery,
    SecretsManagerSecret,
    SsmSecret,
)
from tfgen.app.terraform import (
    Backend,
    CloudBackend,
    LocalBackend,
    ProviderMajor,
    S3Backend,
    Terraform,
)

__all__ = [
    "AccessLogs",
    "Api",
    "ApiType",
    "App",
    "Architecture",
    "Auth",
    "Backend",
    "CloudBackend",
    "Code",
    "CodeDelivery",
    "Condition",
    "Cors",
    "Decrypt",
    "Domain",
    "EndpointType",
    "Failover",
    "Function",
    "HealthCheck",
    "Image",
    "IpAddressType",
    "Jwt",
    "KeyPolicy",
    "KmsSecret",
    "LocalBackend",
    "ProviderMajor",
    "Region",
    "RoutingPolicy",
    "S3Backend",
    "Secret",
    "SecretsDelivery",
    "SecretsManagerSecret",
    "SsmSecret",
    "Statement",
    "Terraform",
    "Throttle",
    "Truststore",
    "Vpc",
    "Zone",
]
