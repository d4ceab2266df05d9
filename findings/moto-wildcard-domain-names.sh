#!/usr/bin/env bash
# Moto creates a wildcard domain name of API Gateway and lists it, but cannot find it by its name.
#
# A custom domain name may be a wildcard, *.example.com, and clients send its name in the path of the
# request, where boto3 writes the asterisk as %2A. One expects that the server decodes the path before
# it looks the name up. Moto compares the part of the path as it came: get_domain_name and
# delete_domain_name answer that there is no such domain name, whereas a request with the asterisk
# itself in the path finds it.
#
# Seen with moto 5.2.5 and boto3 1.44.5:
#   www.example.com: created, listed, get: found, not encoded: found, delete: done
#   *.example.com: created, listed, get: NotFoundException, not encoded: found,
#     delete: NotFoundException
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet "moto[apigateway,server]==5.2.5" boto3==1.44.5

"$folder/venv/bin/python" - <<'PYTHON'
import logging
import sys
from collections.abc import Callable

import boto3
from botocore.exceptions import ClientError
from moto.server import ThreadedMotoServer

logging.getLogger("werkzeug").setLevel(logging.ERROR)


def answer(call: Callable, name: str, success: str) -> str:
    """Returns the word for a success, or the code of the error."""
    try:
        call(domainName=name)
    except ClientError as error:
        return error.response["Error"]["Code"]
    return success


def not_encoded(request, **_: object) -> None:
    """Writes the asterisk itself into the path, before the request is signed."""
    request.url = request.url.replace("%2A", "*")


def steps(client, name: str) -> list[str]:
    client.create_domain_name(domainName=name, endpointConfiguration={"types": ["REGIONAL"]})
    names = [item["domainName"] for item in client.get_domain_names()["items"]]
    get = answer(client.get_domain_name, name, "found")
    client.meta.events.register("before-sign.apigateway.GetDomainName", not_encoded)
    plain = answer(client.get_domain_name, name, "found")
    client.meta.events.unregister("before-sign.apigateway.GetDomainName", not_encoded)
    return [
        "created",
        "listed" if name in names else "not listed",
        f"get: {get}",
        f"not encoded: {plain}",
        "delete: " + answer(client.delete_domain_name, name, "done"),
    ]


EXPECTED = {
    "www.example.com": [
        "created",
        "listed",
        "get: found",
        "not encoded: found",
        "delete: done",
    ],
    "*.example.com": [
        "created",
        "listed",
        "get: NotFoundException",
        "not encoded: found",
        "delete: NotFoundException",
    ],
}
server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
try:
    host, port = server.get_host_and_port()
    client = boto3.client(
        "apigateway",
        region_name="us-east-1",
        endpoint_url=f"http://{host}:{port}",
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
    )
    seen = {name: steps(client, name) for name in EXPECTED}
finally:
    server.stop()
for name, said in seen.items():
    print(f"{name}: {', '.join(said)}")
if seen != EXPECTED:
    sys.exit("The behavior has changed.")
PYTHON
