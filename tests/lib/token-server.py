#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""token-server.py DIR KEY CERT: hands out tokens for a registry, as the distribution project's documentation has it, on a free port
of 127.0.0.1. Prints the port, then serves until it is ended.

GET with user "me" and password "secret", or POST with the refresh token "refresh-me", gives what is asked for; anybody may pull
from repositories below "public/". Tokens are JWTs signed with KEY (PEM); CERT is the certificate that the registry trusts.
Requests are written to DIR/tokens, one a line: METHOD AUTHORIZATION BODY-OR-QUERY."""
import base64
import http.server
import json
import os
import subprocess
import sys
import time
import urllib.parse

ROOT, KEY, CERT = sys.argv[1:4]


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=")


with open(CERT) as f:
    DER = "".join(line.strip() for line in f if "-----" not in line)


def token(service, access):
    now = int(time.time())
    head = {"typ": "JWT", "alg": "RS256", "x5c": [DER]}
    claims = {"iss": "tests", "sub": "me", "aud": service, "exp": now + 300, "nbf": now - 10, "iat": now, "jti": str(time.time()),
              "access": access}
    text = b64(json.dumps(head).encode()) + b"." + b64(json.dumps(claims).encode())
    signed = subprocess.run(["openssl", "dgst", "-sha256", "-sign", KEY], input=text, check=True, capture_output=True).stdout
    return (text + b"." + b64(signed)).decode()


class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *args):
        pass

    def answer(self, known, fields, name):
        access = []
        for scope in fields.get("scope", []):
            kind, repository, actions = scope.split(":", 2)
            allowed = [a for a in actions.split(",") if known or (a == "pull" and repository.startswith("public/"))]
            access.append({"type": kind, "name": repository, "actions": allowed})
        data = json.dumps({name: token(fields["service"][0], access), "expires_in": 300}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def note(self, text):
        with open(os.path.join(ROOT, "tokens"), "a") as f:
            f.write("%s %s %s\n" % (self.command, self.headers.get("Authorization", "-"), text))

    def refuse(self):
        self.send_response(401)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_GET(self):
        query = self.path.partition("?")[2]
        self.note(query)
        auth = self.headers.get("Authorization")
        known = auth == "Basic " + base64.b64encode(b"me:secret").decode()
        if auth and not known:
            return self.refuse()
        self.answer(known, urllib.parse.parse_qs(query), "token")

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.note(body)
        fields = urllib.parse.parse_qs(body)
        if fields.get("grant_type") != ["refresh_token"] or fields.get("refresh_token") != ["refresh-me"]:
            return self.refuse()
        self.answer(True, fields, "access_token")


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_address[1], flush=True)
server.serve_forever()
