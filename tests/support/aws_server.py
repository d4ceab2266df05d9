"""A server that answers as KMS, SSM and Secrets Manager would, or as a test says it does."""

from __future__ import annotations

import datetime as dt
import ipaddress
import json
import socket
import ssl
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

Answer = tuple[int, Mapping[str, Any] | bytes]
Reply = Callable[["Asked"], Answer | None]
"""Returns a status and a document; None closes the connection without an answer."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request.

    Attributes:
        service: ``kms``, ``ssm`` or ``secretsmanager``.
        request: its body.
        number: how many there were before it.
        client: the address and the port that it came from.
    """

    service: str
    request: Mapping[str, Any]
    number: int
    client: tuple[str, int]


@dataclass
class AwsServer:
    """A running server.

    Attributes:
        url: where it is.
        asked: the requests so far.
        connections: how many connections there were.
    """

    url: str
    asked: list[Asked] = field(default_factory=list)
    connections: int = 0

    def requests(self, service: str) -> list[Asked]:
        """Returns the requests to one service."""
        return [each for each in self.asked if each.service == service]


_SERVICES = {"TrentService": "kms", "AmazonSSM": "ssm", "secretsmanager": "secretsmanager"}


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, reply: Reply, context: ssl.SSLContext | None) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.reply = reply
        self.context = context
        self.lock = threading.Lock()
        scheme = "https" if context else "http"
        self.told = AwsServer(f"{scheme}://127.0.0.1:{self.server_address[1]}")

    def finish_request(self, request: Any, client_address: Any) -> None:
        # In the connection's own thread, so that handshakes do not wait for each other.
        with self.lock:
            self.told.connections += 1
        if self.context is not None:
            try:
                request = self.context.wrap_socket(request, server_side=True)
            except (OSError, ssl.SSLError):
                return
        super().finish_request(request, client_address)
        if isinstance(request, ssl.SSLSocket):
            request.close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Says nothing of clients that go away."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    # Otherwise an answer waits for the client to acknowledge its headers.
    wbufsize = -1
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        """Answers as the test says."""
        request = json.loads(self.rfile.read(int(self.headers["content-length"])))
        told = self.server.told
        service = _SERVICES[self.headers["x-amz-target"].partition(".")[0]]
        with self.server.lock:
            asked = Asked(service, request, len(told.asked), self.client_address)
            told.asked.append(asked)
        answer = self.server.reply(asked)
        if answer is None:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        status, document = answer
        body = document if isinstance(document, bytes) else json.dumps(document).encode()
        self.send_response(status)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Keeps quiet."""


class serve:  # noqa: N801 - used as a function
    """Serves while the block runs.

    Args:
        reply: what is answered.
        context: with a certificate, for HTTPS.
    """

    def __init__(self, reply: Reply, context: ssl.SSLContext | None = None) -> None:
        self._server = _Server(reply, context)

    def __enter__(self) -> AwsServer:
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self._server.told

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


def make_authority(folder: Path, name: str = "Tests") -> tuple[Path, ssl.SSLContext]:
    """Makes an authority with a certificate for 127.0.0.1.

    Args:
        folder: where the files go.
        name: of the authority.

    Returns:
        The file of the authority, and what a server needs.
    """
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    now = dt.datetime.now(dt.UTC)

    def certificate(
        subject: str,
        issuer: str,
        key: ec.EllipticCurvePrivateKey,
        signer: ec.EllipticCurvePrivateKey,
        *,
        authority: bool,
    ) -> bytes:
        builder = (
            x509.CertificateBuilder()
            .subject_name(x509.Name.from_rfc4514_string(f"CN={subject}"))
            .issuer_name(x509.Name.from_rfc4514_string(f"CN={issuer}"))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - dt.timedelta(days=1))
            .not_valid_after(now + dt.timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()),
                critical=False,
            )
            .add_extension(
                x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False
            )
        )
        if authority:
            usage = dict.fromkeys(
                (
                    *("digital_signature", "content_commitment", "key_encipherment"),
                    *("data_encipherment", "key_agreement", "encipher_only", "decipher_only"),
                ),
                False,
            )
            builder = builder.add_extension(
                x509.KeyUsage(key_cert_sign=True, crl_sign=True, **usage), critical=True
            )
        else:
            address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
            builder = builder.add_extension(x509.SubjectAlternativeName([address]), critical=False)
        signed = builder.sign(signer, hashes.SHA256())
        return signed.public_bytes(serialization.Encoding.PEM)

    root_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    root = folder / f"{name}-authority.pem"
    root.write_bytes(certificate(name, name, root_key, root_key, authority=True))
    chain = folder / f"{name}-server.pem"
    chain.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate("127.0.0.1", name, key, root_key, authority=False)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain)
    return root, context
