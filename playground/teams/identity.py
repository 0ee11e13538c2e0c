"""Microsoft's part of identity: signing keys, OpenID metadata, and tokens both ways."""

import time
from base64 import urlsafe_b64encode
from collections.abc import Callable
from functools import cache
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

from playground.teams.tenant import Tenant

ISSUER = "https://api.botframework.com"
#: What an app asks a token for: to speak, and to ask who somebody is.
CONNECTOR = "https://api.botframework.com/.default"
GRAPH = "https://graph.microsoft.com/.default"
_HOUR = 3600


@cache
def _key() -> rsa.RSAPrivateKey:
    """Return the key of every local Teams in this process: making one takes long."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


class Identity:
    """Signs what Teams sends, and knows the tokens that the app was given."""

    def __init__(self, tenant: Tenant, clock: Callable[[], float] = time.time) -> None:
        self._tenant = tenant
        self._app_id = tenant.app.id
        self._clock = clock
        self._key = _key()
        self.kid = f"local-{id(self):x}"
        self._given: dict[str, str] = {}

    def metadata(self, base: str) -> dict[str, Any]:
        """https://login.botframework.com/v1/.well-known/openidconfiguration"""
        return {
            "issuer": ISSUER,
            "jwks_uri": f"{base}/v1/.well-known/keys",
            "id_token_signing_alg_values_supported": ["RS256"],
            "token_endpoint_auth_methods_supported": ["private_key_jwt"],
        }

    def keys(self) -> dict[str, Any]:
        numbers = self._key.public_key().public_numbers()
        return {
            "keys": [
                {
                    "kty": "RSA",
                    "use": "sig",
                    "kid": self.kid,
                    "x5t": self.kid,
                    "n": _number(numbers.n),
                    "e": _number(numbers.e),
                    "endorsements": ["msteams"],
                }
            ]
        }

    def sign(self, service_url: str, **different: Any) -> str:
        """Return a token with which Teams calls the app; *different* claims make a bad one."""
        now = int(self._clock())
        claims = {
            "iss": ISSUER,
            "aud": self._app_id,
            "serviceurl": service_url,
            "nbf": now - 300,
            "exp": now + _HOUR,
        }
        return jwt.encode(
            {**claims, **different}, self._key, algorithm="RS256", headers={"kid": self.kid}
        )

    def give(self, tenant: str, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """Answer a request for a token, as login.microsoftonline.com does."""
        if tenant != self._tenant.id:
            return 400, _refused("invalid_request", f"AADSTS90002: Tenant '{tenant}' not found.")
        if form.get("grant_type") != "client_credentials":
            return 400, _refused("unsupported_grant_type", "Expected client_credentials.")
        if form.get("client_id") != self._app_id:
            return 400, _refused("unauthorized_client", "AADSTS700016: no such application.")
        if form.get("client_secret") != self._tenant.app.secret:
            return 401, _refused("invalid_client", "AADSTS7000215: Invalid client secret provided.")
        token = self.token(form.get("scope", ""))
        return 200, {"token_type": "Bearer", "expires_in": _HOUR, "access_token": token}

    def token(self, scope: str) -> str:
        """Return a token with which the app may call the service of *scope*."""
        claims = {
            "aud": scope.removesuffix("/.default"),
            "appid": self._app_id,
            "tid": self._tenant.id,
            "roles": self._tenant.app.permissions,
            "n": len(self._given),
            "exp": int(self._clock()) + _HOUR,
        }
        token = jwt.encode(claims, "x" * 32, algorithm="HS256")
        self._given[token] = scope
        return token

    def allows(self, authorization: str, scope: str) -> bool:
        """Say whether the app may call: it got this token here, and for this service."""
        return self._given.get(authorization.removeprefix("Bearer ")) == scope


def _refused(error: str, description: str) -> dict[str, Any]:
    return {"error": error, "error_description": description}


def _number(value: int) -> str:
    data = value.to_bytes((value.bit_length() + 7) // 8, "big")
    return urlsafe_b64encode(data).rstrip(b"=").decode()
