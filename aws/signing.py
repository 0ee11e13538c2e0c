"""SNS's signing certificates, and whether one of them signed a text."""

import base64
from collections.abc import Callable, Mapping
from datetime import datetime
from itertools import pairwise

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA1, SHA256, HashAlgorithm

_HASHES: Mapping[str, Callable[[], HashAlgorithm]] = {
    # SNS still signs with SHA-1 by default: a topic's owner can set SignatureVersion to 2.
    "1": SHA1,
    "2": SHA256,
}


class SignatureError(Exception):
    """The certificate cannot be used, or it did not sign the text."""


class Certificate:
    """A signing certificate; raises SignatureError where *pem* has none.

    Where its issuers come with it, each must have signed the one before.
    """

    def __init__(self, pem: bytes) -> None:
        try:
            chain = x509.load_pem_x509_certificates(pem)
            for certificate, issuer in pairwise(chain):
                certificate.verify_directly_issued_by(issuer)
        except (ValueError, TypeError, InvalidSignature) as error:
            raise SignatureError("the signing certificate cannot be used") from error
        self._certificate = chain[0]

    def valid(self, now: datetime) -> bool:
        certificate = self._certificate
        return certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc

    def check(self, text: str, signature: str, version: str) -> None:
        """Return if this certificate's key signed *text*; raises SignatureError if not."""
        algorithm = _HASHES.get(version)
        key = self._certificate.public_key()
        if algorithm is None or not isinstance(key, rsa.RSAPublicKey):
            raise SignatureError("the kind of signature is not known")
        try:
            signed = base64.b64decode(signature, validate=True)
            key.verify(signed, text.encode("utf-8"), padding.PKCS1v15(), algorithm())
        except (ValueError, InvalidSignature) as error:
            raise SignatureError("the signature is not right") from error
