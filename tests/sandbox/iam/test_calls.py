"""The operation of a request, whatever its protocol: every operation, as botocore writes it."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

import botocore.session
import pytest
from botocore.awsrequest import prepare_request_dict
from botocore.model import ListShape, MapShape, OperationModel, Shape, StructureShape
from botocore.serialize import create_serializer

from tfgen.sandbox.iam.calls import Call, Signature, read_call, signature

# Of every protocol, and those that a deploy asks most.
SERVICES = [
    "acm",
    "cloudfront",
    "cloudwatch",
    "dynamodb",
    "events",
    "iam",
    "kms",
    "lambda",
    "logs",
    "rds",
    "route53",
    "s3",
    "scheduler",
    "secretsmanager",
    "sns",
    "sqs",
    "ssm",
    "sts",
    "wafv2",
]

# Two names for one request, of which S3's actions have one.
TWINS = {
    "GetBucketLifecycleConfiguration": "GetBucketLifecycle",
    "GetBucketNotificationConfiguration": "GetBucketNotification",
    "ListDirectoryBuckets": "ListBuckets",  # at a host of its own
    "PutBucketLifecycleConfiguration": "PutBucketLifecycle",
    "PutBucketNotificationConfiguration": "PutBucketNotification",
}
# It is at a host of its own, which is none of the sandbox's.
ELSEWHERE = {"WriteGetObjectResponse"}


def example(shape: Shape, name: str = "", depth: int = 0) -> Any:
    """Returns a value of a shape, with what is required of it and no more."""
    if isinstance(shape, StructureShape):
        if depth > 2:
            return {}
        return {
            member: example(shape.members[member], member, depth + 1)
            for member in shape.required_members
        }
    if isinstance(shape, ListShape):
        return [example(shape.member, name, depth + 1)]
    if isinstance(shape, MapShape):
        return {"key": example(shape.value, name, depth + 1)}
    simple: Mapping[str, Any] = {
        "boolean": True,
        "integer": 1,
        "long": 1,
        "float": 1.0,
        "double": 1.0,
        "blob": b"x",
        "timestamp": 0,
    }
    if name == "RequestRoute":
        return "route"  # is a part of the host
    enum = getattr(shape, "enum", None)
    return simple.get(shape.type_name, enum[0] if enum else f"a {name}/x:y")


def environ(operation: OperationModel, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Returns a request as a WSGI server has it."""
    model = operation.service_model
    serialized = create_serializer(
        model.resolved_protocol, include_validation=False
    ).serialize_to_request(dict(parameters), operation)
    # As the client does with path-style buckets, which is all that comes to an IP address.
    prepare_request_dict(serialized, endpoint_url="http://127.0.0.1")
    path, _, query = serialized["url"].removeprefix("http://127.0.0.1").partition("?")
    body = serialized["body"]
    if isinstance(body, Mapping):
        body = urlencode(body)
    data = body.encode() if isinstance(body, str) else body or b""
    request = {
        "REQUEST_METHOD": serialized["method"],
        "REQUEST_URI": f"{path}?{query}",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "CONTENT_LENGTH": str(len(data)),
        "wsgi.input": io.BytesIO(data),
    }
    for name, value in serialized["headers"].items():
        key = name.upper().replace("-", "_")
        request[key if key == "CONTENT_TYPE" else f"HTTP_{key}"] = value
    return request


def operations(service: str) -> Iterator[OperationModel]:
    model = botocore.session.get_session().get_service_model(service)
    for name in model.operation_names:
        yield model.operation_model(name)


def read(
    operation: OperationModel, parameters: Mapping[str, Any], **more: str
) -> tuple[Call, bytes]:
    request = environ(operation, parameters) | more
    body = request["wsgi.input"].getvalue()
    service = operation.service_model.signing_name
    call = read_call(request, Signature("key", None, "eu-west-2", service))
    # Whoever comes after reads the body again.
    assert request["wsgi.input"].read() == body
    return call, body


@pytest.mark.parametrize("service", SERVICES)
def test_every_operation(service: str) -> None:
    wrong = {}
    for operation in operations(service):
        shape = operation.input_shape
        parameters = example(shape) if shape is not None else {}
        call, _ = read(operation, parameters)
        names = {operation.name, TWINS.get(operation.name)}
        if call.operation not in names and operation.name not in ELSEWHERE:
            wrong[operation.name] = call.operation
    assert wrong == {}


def test_what_the_path_and_the_query_say() -> None:
    model = botocore.session.get_session().get_service_model("lambda")
    arn = "arn:aws:lambda:eu-west-2:123456789012:function:app"
    call, _ = read(
        model.operation_model("Invoke"), {"FunctionName": arn, "Qualifier": "live", "Payload": b"{"}
    )
    assert (call.text("FunctionName"), call.text("Qualifier")) == (arn, "live")
    # What a function is handed is none of the request's own.
    event = b'{"Qualifier": "other", "Role": "r"}'
    asked = {"FunctionName": arn, "Qualifier": "live", "Payload": event}
    call, _ = read(model.operation_model("Invoke"), asked, CONTENT_TYPE="application/json")
    assert (call.text("Qualifier"), call.text("Role")) == ("live", None)
    s3 = botocore.session.get_session().get_service_model("s3")
    call, _ = read(s3.operation_model("GetObject"), {"Bucket": "b", "Key": "a folder/ü+?.txt"})
    assert (call.text("Bucket"), call.text("Key")) == ("b", "a folder/ü+?.txt")


def test_the_members_of_a_body() -> None:
    ssm = botocore.session.get_session().get_service_model("ssm")
    call, _ = read(ssm.operation_model("GetParameters"), {"Names": ["/a", "b"]})
    assert call.texts("Names") == ("/a", "b")
    sts = botocore.session.get_session().get_service_model("sts")
    call, _ = read(sts.operation_model("AssumeRole"), {"RoleArn": "r", "RoleSessionName": "s"})
    assert call.text("RoleArn") == "r"


def test_a_body_in_chunks() -> None:
    request: dict[str, Any] = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/",
        "HTTP_X_AMZ_TARGET": "AmazonSSM.GetParameter",
        "wsgi.input": io.BytesIO(b'{"Name": "/a"}'),
        "wsgi.input_terminated": True,
    }
    call = read_call(request, Signature("key", None, "eu-west-2", "ssm"))
    assert call.text("Name") == "/a"
    assert request["wsgi.input"].read() == b'{"Name": "/a"}'


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff", b'"x"'])
def test_a_body_that_is_nothing(body: bytes) -> None:
    request = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/",
        "HTTP_X_AMZ_TARGET": "TrentService.Decrypt",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
    }
    call = read_call(request, Signature("key", None, "eu-west-2", "kms"))
    assert (call.operation, call.parameters) == ("Decrypt", {})


def test_a_service_without_a_model_has_no_operation() -> None:
    request = {"REQUEST_METHOD": "GET", "PATH_INFO": "/x", "wsgi.input": io.BytesIO()}
    call = read_call(request, Signature("key", None, "eu-west-2", "no-such-service"))
    assert call.operation is None


def test_signatures() -> None:
    header = "AWS4-HMAC-SHA256 Credential=ASIAX/20260101/eu-west-2/kms/aws4_request, Signature=0"
    signed = signature({"HTTP_AUTHORIZATION": header, "HTTP_X_AMZ_SECURITY_TOKEN": "t"})
    assert signed == Signature("ASIAX", "t", "eu-west-2", "kms")
    query = urlencode(
        {
            "X-Amz-Credential": "ASIAX/20260101/eu-west-2/s3/aws4_request",
            "X-Amz-Security-Token": "t/+",
        }
    )
    assert dict(parse_qsl(query))["X-Amz-Security-Token"] == "t/+"
    assert signature({"QUERY_STRING": query}) == Signature("ASIAX", "t/+", "eu-west-2", "s3")
    assert signature({}) is None
    assert signature({"HTTP_AUTHORIZATION": "Bearer x"}) is None
