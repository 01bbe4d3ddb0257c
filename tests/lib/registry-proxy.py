#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""registry-proxy.py PORT DIR: stands before the registry on that port of 127.0.0.1, with faults.

Prints its own port, then serves until it is ended. DIR/fault names one fault, which happens once and is then removed:

  hang-METHOD   half of the next such request's body is read, or half of its answer sent; then silence, DIR/hangs is made
  cut-METHOD    the same, but the connection is closed
  FAULT N       N such requests pass before
  lie           one byte of the next blob is changed on the way

METHOD is PATCH, PUT (of blobs) or GET (of blobs). Requests are written to DIR/requests: METHOD PATH RANGE AUTHORIZATION."""
import http.client
import http.server
import os
import sys
import time

UPSTREAM, DIR = int(sys.argv[1]), sys.argv[2]
FAULT = os.path.join(DIR, "fault")


def take_fault(method, blob):
    try:
        with open(FAULT) as f:
            fault = f.read().strip()
    except FileNotFoundError:
        return None
    fault, _, before = fault.partition(" ")
    kind, _, wanted = fault.partition("-")
    if not blob or (wanted or "GET") != method:
        return None
    if before and int(before) > 0:
        with open(FAULT, "w") as f:
            f.write("%s %d" % (fault, int(before) - 1))
        return None
    os.remove(FAULT)
    return kind


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def stop(self, kind):
        self.wfile.flush()
        if kind == "hang":
            open(os.path.join(DIR, "hangs"), "w").close()
            time.sleep(120)
        self.close_connection = True

    def handle_any(self):
        with open(os.path.join(DIR, "requests"), "a") as f:
            what = self.headers.get("Content-Range") or self.headers.get("Range") or "-"
            f.write("%s %s %s %s\n" % (self.command, self.path.split("?")[0], what,
                                       (self.headers.get("Authorization") or "-").split(" ")[0]))
        length = int(self.headers.get("Content-Length") or 0)
        kind = take_fault(self.command, "/blobs/" in self.path)
        if kind in ("hang", "cut") and self.command != "GET":
            self.rfile.read(length // 2)
            return self.stop(kind)
        body = self.rfile.read(length) if length else None
        up = http.client.HTTPConnection("127.0.0.1", UPSTREAM)
        up.request(self.command, self.path, body, dict(self.headers))
        answer = up.getresponse()
        data = answer.read()
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in ("transfer-encoding", "connection", "date", "server"):
                self.send_header(name, value)
        self.end_headers()
        if kind == "lie":
            data = bytes([data[0] ^ 1]) + data[1:]
        if kind in ("hang", "cut"):
            self.wfile.write(data[:len(data) // 2])
            return self.stop(kind)
        if self.command != "HEAD":
            self.wfile.write(data)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = handle_any


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.daemon_threads = True
print(server.server_address[1], flush=True)
server.serve_forever()
