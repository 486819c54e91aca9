"""Certificates and keys of a control plane, as PEM. A cluster has an authority of its own.

Source: https://kubernetes.io/docs/setup/best-practices/certificates
"""

import ipaddress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

LIFE = timedelta(days=3650)
SKEW = timedelta(minutes=5)  # between the clocks of two programs
RSA_BITS = 2048  # EKS signs tokens with RS256, and so does whoever reads their keys


@dataclass(frozen=True)
class Pair:
    """A certificate and its private key."""

    certificate: bytes
    key: bytes


@dataclass(frozen=True)
class Authority:
    """Signs certificates of one cluster."""

    pair: Pair

    @classmethod
    def new(cls) -> "Authority":
        """One with a key of its own, signed by itself."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = _name("kubernetes", "")
        builder = _builder(name, name, key.public_key()).add_extension(
            x509.BasicConstraints(ca=True, path_length=None), critical=True
        )
        usage = x509.KeyUsage(
            digital_signature=True,
            content_commitment=False,
            key_encipherment=False,
            data_encipherment=False,
            key_agreement=False,
            key_cert_sign=True,
            crl_sign=True,
            encipher_only=False,
            decipher_only=False,
        )
        certificate = builder.add_extension(usage, critical=True).sign(key, hashes.SHA256())
        return cls(Pair(certificate.public_bytes(Encoding.PEM), _pem(key)))

    def server(self, *hosts: str) -> Pair:
        """The certificate of a server under names and addresses."""
        return self._signed(_name(hosts[0], ""), ExtendedKeyUsageOID.SERVER_AUTH, hosts)

    def client(self, user: str, group: str = "") -> Pair:
        """The certificate of a user of Kubernetes, in a group."""
        return self._signed(_name(user, group), ExtendedKeyUsageOID.CLIENT_AUTH, ())

    def _signed(self, name: x509.Name, usage: x509.ObjectIdentifier, hosts: tuple[str, ...]) -> Pair:
        own = x509.load_pem_x509_certificate(self.pair.certificate)
        signing = load_pem_private_key(self.pair.key, None)
        if not isinstance(signing, ec.EllipticCurvePrivateKey):
            raise TypeError("the key of an authority is an elliptic one")
        key = ec.generate_private_key(ec.SECP256R1())
        builder = _builder(name, own.subject, key.public_key())
        builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        builder = builder.add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
        builder = builder.add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signing.public_key()), critical=False
        )
        if hosts:
            builder = builder.add_extension(x509.SubjectAlternativeName([_host(host) for host in hosts]), False)
        return Pair(builder.sign(signing, hashes.SHA256()).public_bytes(Encoding.PEM), _pem(key))


def token_keys() -> Pair:
    """Public and private key of service account tokens; the public one takes the certificate's place."""
    key = rsa.generate_private_key(65537, RSA_BITS)
    return Pair(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo), _pem(key))


def _builder(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(issuer, subject, key, x509.random_serial_number(), now - SKEW, now + LIFE)
    return builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)


def _name(common_name: str, organization: str) -> x509.Name:
    parts = [x509.NameAttribute(NameOID.ORGANIZATION_NAME, organization)] if organization else []
    return x509.Name([*parts, x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _host(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _pem(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
