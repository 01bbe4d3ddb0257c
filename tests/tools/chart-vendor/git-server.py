# SPDX-License-Identifier: Apache-2.0
"""git-server.py DIR LOG: git's own http backend over DIR, with faults that the first part of the path names.

plain/    as it is                     nodepth/  a server that knows nothing of shallow fetches
cut/      packs end in the middle      stall/    packs stop coming
secret/   user "me", password "pw"     moved/    sent on to plain/
busy/     503 once, then as it is          slow/     each answer takes 0.3 s
file/     no git: the files of DIR, slowly
How many requests were answered at once at most is in LOG.most. Each request is a line of the log: METHOD PATH STATUS BYTES.
Prints its port, then serves until it is ended."""
import base64, http.server, os, subprocess, sys, threading, time

top, log = sys.argv[1:]
once = set()
lock = threading.Lock()
at_once = [0, 0]


def count(by):
    with lock:
        at_once[0] += by
        if at_once[0] > at_once[1]:
            at_once[1] = at_once[0]
            with open(log + ".most", "w") as f:
                f.write(str(at_once[1]))


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def answer(self, status, headers, body, cut=None):
        with open(log, "a") as f:
            f.write(f"{self.command} {self.path} {status} {len(body)}\n")
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if cut is None:
            self.wfile.write(body)
            return
        self.wfile.write(body[: len(body) // 2])
        self.wfile.flush()
        if cut == "stall":
            time.sleep(20)
        self.close_connection = True

    def serve(self):
        count(1)
        try:
            self.serve_one()
        finally:
            count(-1)

    def serve_one(self):
        path, _, query = self.path.partition("?")
        mode, _, rest = path.lstrip("/").partition("/")
        sent = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if mode in ("slow", "file"):
            time.sleep(0.3)
        if mode == "file":
            name = os.path.join(top, rest)
            if not os.path.isfile(name):
                return self.answer(404, [], b"")
            with open(name, "rb") as f:
                return self.answer(200, [], f.read())
        if mode == "moved":
            return self.answer(302, [("Location", self.path.replace("/moved/", "/plain/", 1))], b"")
        want = "Basic " + base64.b64encode(b"me:pw").decode()
        if mode == "secret" and self.headers.get("Authorization") != want:
            return self.answer(401, [("WWW-Authenticate", 'Basic realm="git"')], b"")
        if mode == "busy" and self.command not in once:
            once.add(self.command)
            return self.answer(503, [("Retry-After", "0")], b"")
        env = {**os.environ, "GIT_PROJECT_ROOT": top, "GIT_HTTP_EXPORT_ALL": "1", "PATH_INFO": "/" + rest,
               "QUERY_STRING": query, "REQUEST_METHOD": self.command, "REMOTE_ADDR": "127.0.0.1",
               "CONTENT_TYPE": self.headers.get("Content-Type", ""), "CONTENT_LENGTH": str(len(sent)),
               "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "safe.directory", "GIT_CONFIG_VALUE_0": "*"}
        out = subprocess.run(["git", "http-backend"], input=sent, env=env, capture_output=True).stdout
        head, _, body = out.partition(b"\r\n\r\n")
        headers = [tuple(line.split(": ", 1)) for line in head.decode().split("\r\n")]
        status = next((int(v.split()[0]) for k, v in headers if k == "Status"), 200)
        if mode == "nodepth":
            for word in (b" shallow", b" deepen-since", b" deepen-not", b" deepen-relative"):
                body = body.replace(word, b" x" + b"-" * (len(word) - 2))
            if b"deepen" in sent:
                return self.answer(500, [], b"")
        fault = {"cut": "cut", "stall": "stall"}.get(mode) if self.command == "POST" else None
        self.answer(status, [h for h in headers if h[0] != "Status"], body, fault)

    do_GET = do_POST = serve


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_address[1], flush=True)
server.serve_forever()
