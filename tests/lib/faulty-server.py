#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""faulty-server.py DIR: serves a folder over HTTP on a free port of 127.0.0.1, with faults.

Prints the port, then serves until it is ended. The first part of a path names the fault, the rest the file:

  /ok/FILE           as it is, with an ETag; If-None-Match and Range with If-Range are honoured
  /stall/FILE        half of it, then silence
  /reset/FILE        half of it, then the connection is reset
  /short/FILE        half of it, then the connection is closed in good order
  /once-KIND/FILE    the fault KIND on the first request of FILE, then as /ok
  /500/FILE          always "500"; /404, /401, /403 likewise
  /429/FILE          "429" with Retry-After: 1 on the first request, then as /ok
  /429-long/FILE     "429" with Retry-After: 86400
  /429-date/FILE     "429" with a date two seconds ahead on the first request, then as /ok
  /bomb/FILE         600 MB of blanks, packed to 600 KB on the way
  /wrong-etag/FILE   another ETag each time, 304 never
  /liar-304/FILE     304 to whoever sends If-None-Match, whatever it says; else as /ok
  /loop/FILE         a redirect to itself
  /to-file/FILE      a redirect to file:///etc/passwd
  /to/PORT/PATH      a redirect to that port
  /auth/FILE         401 unless user "me" and password "secret" are given
  /endless/FILE      bytes without end
  /index-only/FILE   index.yaml as /ok, all else 404

Requests are written to DIR/.requests, one a line: METHOD PATH AUTHORIZATION RANGE."""
import base64
import email.utils
import hashlib
import http.server
import os
import socket
import struct
import sys
import threading
import time
import zlib

ROOT = os.path.abspath(sys.argv[1])
seen = set()
lock = threading.Lock()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def status(self, code, **headers):
        self.send_response(code)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def first(self, key):
        with lock:
            new = key not in seen
            seen.add(key)
            return new

    def good(self, data, etag):
        wanted = self.headers.get("Range", "")
        if self.headers.get("If-None-Match") == etag:
            return self.status(304, ETag=etag)
        start = 0
        if wanted.startswith("bytes=") and self.headers.get("If-Range") == etag:
            start = int(wanted[6:].split("-")[0])
            if start >= len(data):
                return self.status(416, Content_Range="bytes */%d" % len(data))
        self.send_response(206 if start else 200)
        if start:
            self.send_header("Content-Range", "bytes %d-%d/%d" % (start, len(data) - 1, len(data)))
        self.send_header("ETag", etag)
        self.send_header("Content-Length", str(len(data) - start))
        self.end_headers()
        self.wfile.write(data[start:])

    def half(self, data, etag):
        self.send_response(200)
        self.send_header("ETag", etag)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data[: len(data) // 2])
        self.wfile.flush()
        time.sleep(0.1)

    def bomb(self):
        pack = zlib.compressobj(9, wbits=31)
        self.send_response(200)
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        for _ in range(600):
            self.wfile.write(pack.compress(b" " * 1000000))
        self.wfile.write(pack.flush())

    def fault(self, kind, rest, data, etag):
        if kind.startswith("once-"):
            if self.first(self.path):
                return self.fault(kind[5:], rest, data, etag)
            return self.good(data, etag)
        if kind == "stall":
            self.half(data, etag)
            time.sleep(60)
            self.close_connection = True
        elif kind == "reset":
            self.half(data, etag)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
            self.close_connection = True
        elif kind == "short":
            self.half(data, etag)
            self.close_connection = True
        elif kind in ("500", "404", "401", "403", "503"):
            self.status(int(kind))
        elif kind == "429":
            if self.first(self.path):
                return self.status(429, Retry_After="1")
            self.good(data, etag)
        elif kind == "429-long":
            self.status(429, Retry_After="86400")
        elif kind == "429-date":
            if self.first(self.path):
                return self.status(429, Retry_After=email.utils.formatdate(time.time() + 2, usegmt=True))
            self.good(data, etag)
        elif kind == "bomb":
            self.bomb()
        elif kind == "wrong-etag":
            self.send_response(200)
            self.send_header("ETag", '"%f"' % time.time())
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)
        elif kind == "liar-304" and self.headers.get("If-None-Match"):
            self.status(304)
        elif kind == "loop":
            self.status(302, Location=self.path)
        elif kind == "to-file":
            self.status(302, Location="file:///etc/passwd")
        elif kind == "to":
            port, _, path = rest.partition("/")
            self.status(302, Location="http://127.0.0.1:%s/%s" % (port, path))
        elif kind == "auth":
            want = "Basic " + base64.b64encode(b"me:secret").decode()
            if self.headers.get("Authorization") != want:
                return self.status(401, WWW_Authenticate='Basic realm="charts"')
            self.good(data, etag)
        elif kind == "endless":
            self.send_response(200)
            self.send_header("Connection", "close")
            self.end_headers()
            self.close_connection = True
            while True:
                self.wfile.write(b"# endless\n" * 100000)
        elif kind == "index-only" and rest != "index.yaml":
            self.status(404)
        else:
            self.good(data, etag)

    def do_GET(self):
        with lock, open(os.path.join(ROOT, ".requests"), "a") as f:
            f.write("%s %s %s %s\n" % (self.command, self.path, self.headers.get("Authorization", "-"),
                                       self.headers.get("Range", "-")))
        kind, _, rest = self.path.lstrip("/").partition("/")
        path = os.path.normpath(os.path.join(ROOT, rest))
        data = b""
        if path.startswith(ROOT + "/") and os.path.isfile(path):
            with open(path, "rb") as f:
                data = f.read()
        elif kind not in ("to", "endless", "bomb"):
            return self.status(404)
        etag = '"%s"' % hashlib.sha256(data).hexdigest()[:16]
        try:
            self.fault(kind, rest, data, etag)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, address):
        pass


server = Server(("127.0.0.1", 0), Handler)
print(server.server_address[1], flush=True)
server.serve_forever()
