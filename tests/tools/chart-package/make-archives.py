#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""make-archives.py COUNT FOLDER [SEED]: writes chart archives whose Chart.yaml has all that one can have: long and folded texts,
text that needs quotes, numbers that are text, empty and odd fields, versions of every kind. All load in Helm."""
import io, os, random, sys, tarfile

COUNT, FOLDER = int(sys.argv[1]), sys.argv[2]
r = random.Random(int(sys.argv[3]) if len(sys.argv) > 3 else 1)
WORDS = "cache the queue: a # of 'things' \"quoted\" null yes 1e3 0x1F 2024-01-01 ~ - ? [x] {y} & * ! | > % @ ` ümlaut 日本 tab\\tin long-words-that-cannot-be-broken-anywhere-at-all".split()


def quoted(s):
    out = '"'
    for c in s:
        out += {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t"}.get(c, c)
    return out + '"'


def text(n=None):
    s = " ".join(r.choice(WORDS) for _ in range(r.randrange(0, 25) if n is None else n))
    return s.replace("\\t", "\t") + r.choice(["", "", "", "\n", "\nsecond line\n", "  ", ":"])


def version(i):
    v = f"{i % 7}.{r.randrange(30)}.{i}"
    if r.random() < 0.3:
        v += "-" + ".".join(r.choice(["alpha", "rc", "1", "11", "2", "x-y", "a1"]) for _ in range(r.randrange(1, 4)))
    if r.random() < 0.2:
        v += "+" + r.choice(["build", "1", "a.b"])
    return ("v" if r.random() < 0.05 else "") + v


def metadata(name, ver):
    m = [f"name: {name}", f"version: {quoted(ver)}", f"apiVersion: {r.choice(['v1', 'v2'])}"]
    for key in ("description", "home", "icon"):
        if r.random() < 0.6:
            m.append(f"{key}: {quoted(text())}")
    if r.random() < 0.7:
        m.append(f"appVersion: {r.choice([quoted(ver), '1.10', '1', '0x10', '1e3', 'true', quoted('2024-01-01'), quoted('')])}")
    for key in ("keywords", "sources"):
        if r.random() < 0.5:
            m.append(f"{key}: [{', '.join(quoted(text(2)) for _ in range(r.randrange(4)))}]")
    if r.random() < 0.5:
        m.append("\n".join(["maintainers:"] + [f"- {{name: {quoted('m%d' % i)}, email: {quoted(text(1))}, url: {quoted(text(1))}}}"
                                               for i in range(r.randrange(1, 3))]))
    if r.random() < 0.4:
        m.append("annotations: {" + ", ".join(f"{quoted('k%d/%s' % (i, r.choice(['a', 'b-c'])))}: {quoted(text())}" for i in range(r.randrange(1, 5))) + "}")
    if r.random() < 0.3 and "apiVersion: v2" in m:
        m.append(f"dependencies:\n- {{name: dep, version: {quoted('^1.0.0')}, repository: {quoted('https://example.org/x')}, condition: a.b, tags: [t, u], alias: x}}")
    if r.random() < 0.2:
        m.append(f"deprecated: {r.choice(['true', 'false'])}")
    if r.random() < 0.2:
        m.append(f"kubeVersion: {quoted('>=1.20.0-0')}")
    if r.random() < 0.2:
        m.append("type: application")
    r.shuffle(m)
    return "\n".join(m) + "\n"


os.makedirs(FOLDER, exist_ok=True)
for i in range(COUNT):
    name = r.choice(["a", "a1", "a9", "a10", "web", "web-1", "z.y", "x_y", "1st", "true", "null", "1.0", "007"]) + ("" if i % 3 else str(i % 50))
    ver = version(i)
    # A folder deep: Helm's own depth.
    folder = os.path.join(FOLDER, *(["sub dir"] if i % 17 == 0 else []))
    os.makedirs(folder, exist_ok=True)
    with tarfile.open(os.path.join(folder, f"{name}-{i}.tgz"), "w:gz", compresslevel=1) as t:
        data = metadata(name, ver).encode()
        info = tarfile.TarInfo(f"{name}/Chart.yaml")
        info.size = len(data)
        t.addfile(info, io.BytesIO(data))
