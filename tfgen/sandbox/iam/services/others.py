"""The services of which a request names one thing, in one place.

The actions and resources are those of the Service Authorization Reference:
https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from __future__ import annotations

import json
from typing import Final

from tfgen.sandbox.iam.account import ACCOUNT, find_role
from tfgen.sandbox.iam.calls import Call
from tfgen.sandbox.iam.evaluation import Access
from tfgen.sandbox.iam.policy import Policy, Principal, parse_policy
from tfgen.sandbox.iam.services import kms
from tfgen.sandbox.iam.services.arns import arn, named

_QUEUE_ACTIONS: Final = {
    "ChangeMessageVisibilityBatch": "ChangeMessageVisibility",
    "DeleteMessageBatch": "DeleteMessage",
    "SendMessageBatch": "SendMessage",
}
_FUNCTION_ACTIONS: Final = {
    "Invoke": "InvokeFunction",
    "InvokeWithResponseStream": "InvokeFunction",
}
_LISTS_OF_FUNCTIONS: Final = frozenset({"GetAccountSettings", "ListFunctions", "ListLayers"})
_WITHOUT_GROUP: Final = frozenset({"DescribeLogGroups"})
_GATEWAY: Final = "apigateway.amazonaws.com"
_ALWAYS: Final = frozenset({"GetCallerIdentity", "GetSessionToken"})


def of_logins(call: Call, caller: Principal) -> list[Access] | None:
    """Returns what a login to a database with a token does."""
    del caller
    return [Access("rds-db:connect", call.text("Resource"))]


def of_queues(call: Call, caller: Principal) -> list[Access] | None:
    """Returns what a request to SQS does."""
    del caller
    operation = call.operation or ""
    if operation == "ListQueues":
        return [Access("sqs:ListQueues", arn("sqs", call.region, "*"))]
    url = call.text("QueueUrl")
    name = url.rstrip("/").rpartition("/")[2] if url is not None else call.text("QueueName")
    if name is None:
        return None
    action = f"sqs:{_QUEUE_ACTIONS.get(operation, operation)}"
    return [Access(action, arn("sqs", call.region, name), policy=_queue_policy(call.region, name))]


def of_functions(call: Call, caller: Principal) -> list[Access] | None:
    """Returns what a request to Lambda does."""
    operation = call.operation or ""
    action = f"lambda:{_FUNCTION_ACTIONS.get(operation, operation)}"
    if operation in _LISTS_OF_FUNCTIONS:
        return [Access(action, "*")]
    name = call.text("FunctionName")
    if name is None:
        return None
    resource = _function_arn(call.region, name)
    qualifier = call.text("Qualifier")
    if qualifier is not None and resource.count(":") == 6:
        resource = f"{resource}:{qualifier}"
    done = [Access(action, resource, policy=_function_policy(call.region, resource))]
    if (role := call.text("Role")) is not None:
        # https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
        done.append(
            Access("iam:PassRole", role, {"iam:passedtoservice": ("lambda.amazonaws.com",)})
        )
    return done + _encryption(call, caller, resource)


def of_logs(call: Call, caller: Principal) -> list[Access] | None:
    """Returns what a request to CloudWatch Logs does."""
    del caller
    operation = call.operation or ""
    group = call.text("logGroupName") or call.text("logGroupIdentifier")
    if operation in _WITHOUT_GROUP:
        group = ""
    if group is None:
        if (resource := call.text("resourceArn")) is not None:
            return [Access(f"logs:{operation}", resource)]
        return None
    stream = call.text("logStreamName") or ""
    resource = named("logs", call.region, "log-group:", group).removesuffix(":*")
    return [Access(f"logs:{operation}", f"{resource}:log-stream:{stream}")]


def of_tokens(call: Call, caller: Principal) -> list[Access] | None:
    """Returns what a request to STS does."""
    del caller
    if call.operation in _ALWAYS:
        return []
    role = call.text("RoleArn")
    if call.operation != "AssumeRole" or role is None:
        return None
    found = find_role(role)
    trust = parse_policy(found.assume_role_policy_document) if found is not None else None
    context = {
        f"sts:{key.lower()}": (value,)
        for key in ("ExternalId", "RoleSessionName")
        if (value := call.text(key)) is not None
    }
    # Of a role in another account, nobody here knows whom it trusts.
    local = role.split(":")[4:5] == [ACCOUNT]
    return [Access("sts:AssumeRole", role, context, trust, must_be_named=local)]


def of_certificates(call: Call, caller: Principal) -> list[Access] | None:
    """Returns what a request to ACM does.

    https://docs.aws.amazon.com/acm/latest/userguide/acm-conditions.html
    """
    del caller
    action = f"acm:{call.operation}"
    if call.operation == "RequestCertificate":
        names = (call.text("DomainName") or "", *call.texts("SubjectAlternativeNames"))
        return [Access(action, "*", {"acm:domainnames": names})]
    if call.operation == "ListCertificates":
        return [Access(action, "*")]
    certificate = call.text("CertificateArn")
    return None if certificate is None else [Access(action, certificate)]


def of_alarms(call: Call, caller: Principal) -> list[Access] | None:
    """Returns what a request to CloudWatch does that names alarms."""
    del caller
    action = f"cloudwatch:{call.operation}"
    if (resource := call.text("ResourceARN")) is not None:
        return [Access(action, resource)]
    names = [
        str(value)
        for key, value in call.parameters.items()
        if key == "AlarmName" or key.startswith("AlarmNames.member.")
    ]
    alarms = [Access(action, arn("cloudwatch", call.region, f"alarm:{name}")) for name in names]
    return alarms or None


def of_gateways(call: Call, caller: Principal) -> list[Access]:
    """Returns what a request to API Gateway does: its actions are the methods of HTTP.

    https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonapigatewaymanagement.html
    """
    del caller
    path = call.path.removeprefix("/v2")
    done = [Access(f"apigateway:{call.method}", f"arn:aws:apigateway:{call.region}::{path}")]
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
    done += [
        Access("iam:PassRole", each["value"], {"iam:passedtoservice": (_GATEWAY,)})
        for each in call.items("patchOperations")
        if each.get("path") == "/cloudwatchRoleArn" and each.get("value")
    ]
    return done


def _function_arn(region: str, name: str) -> str:
    if name.startswith("arn:"):
        return name
    _, _, short = name.rpartition(":function:")
    return arn("lambda", region, f"function:{short}")


def _encryption(call: Call, caller: Principal, function: str) -> list[Access]:
    """Returns what Lambda does with a customer's key for whoever configures a function.

    https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars-encryption.html
    """
    key = kms.customer_key(call.region, call.text("KMSKeyArn"))
    if key is None:
        return []
    using = kms.via("lambda", call.region, {"aws:lambda:FunctionArn": function})
    granting = using | {"kms:grantisforawsresource": ("true",)}
    return [
        kms.on_key(key, "CreateGrant", caller, granting),
        kms.on_key(key, "Encrypt", caller, using),
    ]


def _function_policy(region: str, resource: str) -> Policy | None:
    from moto.awslambda.exceptions import LambdaClientError
    from moto.awslambda.models import lambda_backends

    name = resource.split(":")[6]
    try:
        # moto shares one policy among a function's versions, and tells them apart by resource.
        found = lambda_backends[ACCOUNT][region].get_function(name).policy.statements
    except LambdaClientError:
        return None
    statements = [
        {**each, "Principal": _principal(each.get("Principal"))}
        for each in found
        if each.get("Resource") == resource
    ]
    if not statements:
        return None
    return parse_policy(json.dumps({"Version": "2012-10-17", "Statement": statements}))


def _principal(said: object) -> object:
    """Returns the principal of a function's statement, of which moto keeps what was asked for."""
    if not isinstance(said, str) or said == "*":
        return said
    return {"Service" if said.endswith((".com", ".com.cn")) else "AWS": said}


def _queue_policy(region: str, name: str) -> Policy | None:
    from moto.sqs.models import sqs_backends

    queue = sqs_backends[ACCOUNT][region].queues.get(name)
    policy = getattr(queue, "policy", None)
    if not policy:
        return None
    return parse_policy(policy if isinstance(policy, str) else json.dumps(policy))
