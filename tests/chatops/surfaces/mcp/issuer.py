"""A small identity provider: metadata and keys over HTTP, and tokens of every kind, good and forged."""

import base64
import json
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

METADATA = "/.well-known/openid-configuration"
OAUTH_METADATA = "/.well-known/oauth-authorization-server"
KEYS = "/keys"
TOKEN = "/token"


@dataclass(frozen=True, kw_only=True)
class SigningKey:
    """A key pair with its id."""

    id: str
    private: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
    algorithm: str

    @classmethod
    def new(cls, key_id: str) -> "SigningKey":
        return cls(id=key_id, private=ec.generate_private_key(ec.SECP256R1()), algorithm="ES256")

    @classmethod
    def new_rsa(cls, key_id: str) -> "SigningKey":
        return cls(id=key_id, private=rsa.generate_private_key(65_537, 2048), algorithm="RS256")

    @property
    def document(self) -> dict[str, Any]:
        algorithm = jwt.get_algorithm_by_name(self.algorithm)
        public: dict[str, Any] = json.loads(algorithm.to_jwk(self.private.public_key()))
        return {**public, "kid": self.id, "use": "sig"}

    @property
    def public_text(self) -> bytes:
        """What a forger would use as the secret of an HMAC."""
        return self.private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


@dataclass(kw_only=True)
class Issuer:
    """What it serves can be changed while it runs."""

    url: str
    keys: list[SigningKey]
    asked: list[str] = field(default_factory=list)
    documents: dict[str, object] = field(default_factory=dict)
    grant: dict[str, object] = field(default_factory=dict)

    def document(self, path: str) -> object:
        """What stands at a path, or None."""
        served = {
            METADATA: {
                "issuer": self.url,
                "jwks_uri": f"{self.url}{KEYS}",
                "authorization_endpoint": f"{self.url}/authorize",
                "token_endpoint": f"{self.url}{TOKEN}",
                "response_types_supported": ["code"],
                "code_challenge_methods_supported": ["S256"],
            },
            KEYS: {"keys": [key.document for key in self.keys]},
        }
        return self.documents.get(path, served.get(path))

    def claims(self, audience: str, **more: object) -> dict[str, object]:
        now = int(time.time())
        usual = {
            "iss": self.url,
            "aud": audience,
            "sub": "alice-sub",
            "iat": now,
            "exp": now + 600,
            "scope": "chatops:read chatops:change",
        }
        return {name: value for name, value in {**usual, **more}.items() if value is not None}

    def token(self, audience: str, *, key: SigningKey | None = None, **more: object) -> str:
        """A token for alice, with some claims added, changed or (None) left out."""
        return signed(self.claims(audience, **more), key or self.keys[0])


def signed(claims: Mapping[str, object], key: SigningKey, **header: object) -> str:
    return jwt.encode(dict(claims), key.private, algorithm=key.algorithm, headers={"kid": key.id, **header})


def forged(claims: Mapping[str, object], header: Mapping[str, object], signature: bytes = b"") -> str:
    """A token put together by hand, as no library would."""
    parts = [json.dumps(header).encode(), json.dumps(claims).encode(), signature]
    return ".".join(encoded(part) for part in parts)


def encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@contextmanager
def open_issuer() -> Iterator[Issuer]:
    """It serves for as long as the block lasts."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            issuer.asked.append(self.path)
            self._answer(issuer.document(self.path))

        def do_POST(self) -> None:
            issuer.asked.append(self.path)
            self.rfile.read(int(self.headers["Content-Length"]))
            self._answer(issuer.grant if self.path == TOKEN else None)

        def _answer(self, document: object) -> None:
            body = document if isinstance(document, bytes) else json.dumps(document).encode()
            self.send_response(404 if document is None else 200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    issuer = Issuer(url=f"http://127.0.0.1:{server.server_port}", keys=[SigningKey.new("first")])
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield issuer
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
