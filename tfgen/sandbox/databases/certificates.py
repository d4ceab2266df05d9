"""Certificates for the databases, of an authority that this sandbox alone has."""

from __future__ import annotations

import datetime as dt
import ipaddress
import os
import ssl
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.x509 import CertificateBuilder

_NAME: Final = "tfgen sandbox"
_DAYS: Final = 365


class Authority:
    """Signs certificates as the authority of RDS does; the key is in memory only.

    Args:
        folder: where files go, for this user alone; made if it is missing.

    Attributes:
        file: the authority's own certificate, in PEM, for clients; in AWS that is
            ``global-bundle.pem``.

    Raises:
        OSError: the files cannot be written.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder = folder
        self._key = _new_key()
        self.file = folder / "authority.pem"
        self.file.write_bytes(self._signed(_of_authority(_begun(_NAME, self._key)), self._key))

    def context(self, address: str) -> ssl.SSLContext:
        """Returns what a server needs.

        Args:
            address: the server's IP address.

        Raises:
            OSError: the files cannot be written.
        """
        key = _new_key()
        chain = self._folder / f"{address}.pem"
        with os.fdopen(os.open(chain, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(_private(key) + self._signed(_of_server(_begun(address, key), address), key))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(chain)
        return context

    def _signed(self, builder: CertificateBuilder, key: EllipticCurvePrivateKey) -> bytes:
        from cryptography import x509
        from cryptography.hazmat.primitives import hashes, serialization

        issuer = self._key.public_key()
        complete = (
            builder.issuer_name(x509.Name.from_rfc4514_string(f"CN={_NAME}"))
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer), False)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
        )
        signed = complete.sign(self._key, hashes.SHA256())
        return signed.public_bytes(serialization.Encoding.PEM)


def _new_key() -> EllipticCurvePrivateKey:
    from cryptography.hazmat.primitives.asymmetric import ec

    return ec.generate_private_key(ec.SECP256R1())


def _private(key: EllipticCurvePrivateKey) -> bytes:
    from cryptography.hazmat.primitives import serialization

    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def _begun(name: str, key: EllipticCurvePrivateKey) -> CertificateBuilder:
    from cryptography import x509

    now = dt.datetime.now(dt.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name.from_rfc4514_string(f"CN={name}"))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=_DAYS))
    )


def _of_authority(builder: CertificateBuilder) -> CertificateBuilder:
    from cryptography import x509

    others = ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement")
    unused = dict.fromkeys(("digital_signature", *others, "encipher_only", "decipher_only"), False)
    usage = x509.KeyUsage(key_cert_sign=True, crl_sign=True, **unused)
    basics = x509.BasicConstraints(ca=True, path_length=0)
    return builder.add_extension(basics, True).add_extension(usage, True)


def _of_server(builder: CertificateBuilder, address: str) -> CertificateBuilder:
    from cryptography import x509

    names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))])
    basics = x509.BasicConstraints(ca=False, path_length=None)
    return builder.add_extension(basics, True).add_extension(names, False)
