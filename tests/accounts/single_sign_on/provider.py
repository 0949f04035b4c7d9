"""A provider of OpenID Connect on loopback that answers what a test wants, right or wrong."""

import json
import time
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

CLIENT, SECRET = "ozg-tracker", "ein Geheimnis, das lang genug ist, auch für HS256"
LOGOUT = "http://schemas.openid.net/event/backchannel-logout"


@cache
def private_key(name):
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def public_jwk(name):
    return json.loads(RSAAlgorithm.to_jwk(private_key(name).public_key())) | {"kid": name, "use": "sig", "alg": "RS256"}


class Provider:
    """What it says is in attributes; `told` are claims of its tokens beside or instead of the usual, None: left out."""

    def __init__(self):
        self.issuer = ""
        self.nonce = ""
        self.told = {}
        self.info = {}
        self.keys = ["eins"]
        self.signed_by, self.kid, self.algorithm = "eins", "eins", "RS256"
        self.answers = {}  # path → what is answered instead: (status, body, type)
        self.asked = []

    def claims(self, **more):
        now = int(time.time())
        usual = {"iss": self.issuer, "sub": "u-1", "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": self.nonce}
        return {name: value for name, value in (usual | self.told | more).items() if value is not None}

    def token(self, **more):
        return self.signed(self.claims(**more))

    def signed(self, claims, **header):
        key = {"none": None, "HS256": SECRET}.get(self.algorithm) or private_key(self.signed_by)
        key = None if self.algorithm == "none" else key
        return jwt.encode(claims, key, algorithm=self.algorithm, headers={"kid": self.kid} | header)

    def logout_token(self, **more):
        now = int(time.time())
        usual = {"iss": self.issuer, "sub": "u-1", "aud": CLIENT, "iat": now, "exp": now + 120, "jti": f"j{now}"}
        claims = {name: value for name, value in (usual | {"events": {LOGOUT: {}}} | more).items() if value is not None}
        return self.signed(claims, typ="logout+jwt")

    def answer(self, path):
        if path in self.answers:
            return self.answers[path]
        found = {
            "/.well-known/openid-configuration": lambda: {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/auth",
                "token_endpoint": f"{self.issuer}/token",
                "userinfo_endpoint": f"{self.issuer}/userinfo",
                "jwks_uri": f"{self.issuer}/jwks",
            },
            "/jwks": lambda: {"keys": [public_jwk(name) for name in self.keys]},
            "/token": lambda: {"access_token": "a", "token_type": "Bearer", "id_token": self.token()},
            "/userinfo": lambda: {"sub": "u-1", "preferred_username": "kim", "ozg_role": "ozg-amt"} | self.info,
        }
        return 200, json.dumps(found[path]()), "application/json"


@contextmanager
def running():
    """One that answers at `issuer` until the end of the block."""
    provider = Provider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            length = int(self.headers.get("Content-Length", 0))
            provider.asked.append((self.path, self.rfile.read(length).decode(), dict(self.headers)))
            status, body, kind = provider.answer(urlsplit(self.path).path)
            self.send_response(status)
            if kind:
                self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body.encode())))
            self.end_headers()
            self.wfile.write(body.encode())

        do_POST = do_GET

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.issuer = f"http://127.0.0.1:{server.server_port}"
    Thread(target=server.serve_forever, daemon=True).start()
    yield provider
    server.shutdown()
    server.server_close()


def asked_for(answer):
    """What an answer that leads to the provider asks it for."""
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["Location"]).query).items()}
