#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""store-server.py DIR [museum [CONTEXT]] [auth]: a place to push charts to, on a free port of 127.0.0.1.

Prints the port, then serves until it is ended. Without "museum" it is a store that takes PUT, also with "If-None-Match: *";
with it, it answers as the documentation of ChartMuseum's API says, for one repository per folder (depth 1) below CONTEXT.
With "auth" it wants user "me" with password "secret", or the token "good-token".

DIR/fault, one line, is used up by the first request with that method:
  METHOD 503         that status
  METHOD lose        does what it is asked, then resets the connection without an answer
  METHOD cut         resets the connection in the middle of the request
  METHOD lie         stores other bytes than were sent
  METHOD slow        takes two seconds for the body, on its way in or out
  METHOD hang        writes DIR/hangs and sleeps
  METHOD race FILE   another publisher stores FILE under that name before the request is acted on
  METHOD redirect U  307 to the URL U

Requests are written to DIR/requests, one a line: METHOD PATH AUTHORIZATION."""
import base64
import http.server
import io
import json
import os
import re
import socket
import struct
import sys
import tarfile
import threading
import time

ROOT = os.path.abspath(sys.argv[1])
ARGS = sys.argv[2:]
MUSEUM = ARGS[:1] == ["museum"]
CONTEXT = ARGS[1] if MUSEUM and len(ARGS) > 1 and ARGS[1] != "auth" else ""
AUTH = "auth" in ARGS
DATA = os.path.join(ROOT, "data")
BASIC = "Basic " + base64.b64encode(b"me:secret").decode()
lock = threading.Lock()
os.makedirs(DATA, exist_ok=True)


def field(text, name):
    found = re.search(r"^%s: *[\"']?([^\"'\s]+)" % name, text, re.M)
    return found.group(1) if found else None


def chart_file(data):
    with tarfile.open(fileobj=io.BytesIO(data), mode="r:gz") as tar:
        for member in tar:
            if member.name.count("/") == 1 and member.name.endswith("/Chart.yaml"):
                text = tar.extractfile(member).read().decode()
                return "%s-%s.tgz" % (field(text, "name"), field(text, "version"))
    raise ValueError("no chart")


def prov_file(data):
    text = data.decode()
    return "%s-%s.tgz.prov" % (field(text, "name"), field(text, "version"))


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def answer(self, status, data=b"", kind="text/plain", **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command == "HEAD":
            return
        step = len(data) // 20 + 1 if self.slow and self.command == "GET" else len(data) + 1
        for at in range(0, len(data), step):
            self.wfile.write(data[at:at + step])
            time.sleep(0.1 if self.slow else 0)

    def json(self, status, value):
        self.answer(status, json.dumps(value).encode(), "application/json; charset=utf-8")

    def reset(self):
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True

    def take_fault(self):
        path = os.path.join(ROOT, "fault")
        with lock:
            try:
                with open(path) as f:
                    words = f.readline().split()
            except FileNotFoundError:
                return []
            if not words or words[0] != self.command:
                return []
            os.unlink(path)
            return words[1:]

    def store(self, name, data):
        if self.fault == ["lie"]:
            data = data[:-1] + b"?"
        path = os.path.join(DATA, name.strip("/"))
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as f:
            f.write(data)

    def read(self, name):
        path = os.path.normpath(os.path.join(DATA, name.strip("/")))
        if path.startswith(DATA + "/") and os.path.isfile(path):
            with open(path, "rb") as f:
                return f.read()
        return None

    def serve(self):
        path, _, query = self.path.partition("?")
        path = re.sub("%([0-9A-Fa-f]{2})", lambda m: chr(int(m.group(1), 16)), path)
        with lock, open(os.path.join(ROOT, "requests"), "a") as f:
            f.write("%s %s %s\n" % (self.command, self.path, self.headers.get("Authorization", "-")))
        self.fault = self.take_fault()
        length = int(self.headers.get("Content-Length", "0"))
        if self.fault == ["cut"]:
            self.rfile.read(length // 2)
            return self.reset()
        self.slow = self.fault == ["slow"]
        data = b""
        while len(data) < length:
            data += self.rfile.read(min(length - len(data), length // 20 + 1 if self.slow else length))
            time.sleep(0.1 if self.slow else 0)
        if self.fault == ["hang"]:
            with open(os.path.join(ROOT, "hangs"), "w"):
                pass
            time.sleep(60)
            return self.reset()
        if self.fault and self.fault[0].isdigit():
            return self.answer(int(self.fault[0]))
        if self.fault and self.fault[0] == "redirect":
            return self.answer(307, Location=self.fault[1])
        if AUTH and self.headers.get("Authorization") not in (BASIC, "Bearer good-token"):
            return self.json(401, {"error": "unauthorized"})
        if self.fault and self.fault[0] == "race":
            with open(self.fault[1], "rb") as f:
                self.store(path if not MUSEUM else "/org/" + os.path.basename(self.fault[1]), f.read())
        lost = self.fault == ["lose"]
        if lost:
            self.answer = lambda *args, **more: None
        if MUSEUM:
            self.museum(path, query, data)
        else:
            self.plain(path, data)
        if lost:
            self.reset()

    do_GET = do_HEAD = do_PUT = do_POST = serve

    def plain(self, path, data):
        old = self.read(path)
        if self.command == "PUT":
            if self.headers.get("If-None-Match") == "*" and old is not None:
                return self.answer(412)
            self.store(path, data)
            return self.answer(204 if old is not None else 201)
        if self.command == "POST":
            return self.answer(405)
        if old is None:
            return self.answer(404)
        self.answer(200, old, "application/octet-stream")

    def museum(self, path, query, data):
        if CONTEXT:
            if not path.startswith(CONTEXT + "/"):
                return self.json(404, {"error": "not found"})
            path = path[len(CONTEXT):]
        post = re.fullmatch("/api/([a-z]+)/(charts|prov)", path)
        if self.command == "POST" and post:
            try:
                name = chart_file(data) if post.group(2) == "charts" else prov_file(data)
            except Exception as e:
                return self.json(400, {"error": str(e)})
            where = "/%s/%s" % (post.group(1), name)
            if self.read(where) is not None and query != "force":
                return self.json(409, {"error": "file already exists"})
            self.store(where, data)
            return self.json(201, {"saved": True})
        if path.count("/") == 2 and path.endswith("/index.yaml"):
            info = "  contextPath: %s\n" % CONTEXT if CONTEXT else ""
            text = "apiVersion: v1\nentries: {}\ngenerated: \"2024-01-01T00:00:00Z\"\nserverInfo:%s\n%s" % (
                "" if info else " {}", info)
            return self.answer(200, text.encode(), "application/x-yaml")
        got = re.fullmatch("/([a-z]+)/charts/([^/]+)", path)
        old = self.read("/%s/%s" % got.groups()) if got else None
        if self.command not in ("GET", "HEAD") or old is None:
            return self.json(404, {"error": "not found"})
        self.answer(200, old, "application/gzip")


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, address):
        pass


server = Server(("127.0.0.1", 0), Handler)
print(server.server_address[1], flush=True)
server.serve_forever()
