"""What every app runs: says what it was started with and asked for. Uses little, to start fast."""

from __future__ import annotations

import json
import os
import socket

KEPT = ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_REGION", "_HANDLER")
OF_LAMBDA = ("AWS_", "HOME", "LAMBDA_", "LANG", "LC_", "LD_", "PATH", "PWD", "TMPDIR", "TZ", "_")
ENVIRONMENT = {
    name: value
    for name, value in sorted(os.environ.items())
    if name in KEPT or not (name.startswith(OF_LAMBDA) or name.lower().endswith("_proxy"))
}
HOST, _, PORT = os.environ["AWS_LAMBDA_RUNTIME_API"].partition(":")


def ask(method: str, path: str, body: bytes = b"") -> tuple[dict[str, str], bytes]:
    """Sends a request to the Runtime API, and returns the headers and the body of its answer."""
    with socket.create_connection((HOST, int(PORT))) as connection:
        head = f"{method} /2018-06-01/runtime/{path} HTTP/1.1\r\nHost: {HOST}\r\n"
        head += f"Connection: close\r\nContent-Length: {len(body)}\r\n\r\n"
        connection.sendall(head.encode() + body)
        answer = b""
        while b"\r\n\r\n" not in answer:
            answer += connection.recv(65536)
        headers, _, content = answer.partition(b"\r\n\r\n")
        named = dict(line.lower().split(": ", 1) for line in headers.decode().split("\r\n")[1:])
        while len(content) < int(named.get("content-length", 0)):
            content += connection.recv(65536)
        return named, content


def main() -> None:
    """Answers one request after the other."""
    while True:
        headers, content = ask("GET", "invocation/next")
        event = json.loads(content)
        said = {
            "environment": ENVIRONMENT,
            "path": event.get("path") or event.get("rawPath"),
            "version": event.get("version", "1.0"),
            "encoded": event.get("isBase64Encoded"),
            "more": "." * 1500,
        }
        answer = {
            "statusCode": 200,
            "headers": {"Content-Type": "application/json"},
            "body": json.dumps(said),
        }
        request = headers["lambda-runtime-aws-request-id"]
        ask("POST", f"invocation/{request}/response", json.dumps(answer).encode())


if __name__ == "__main__":
    main()
