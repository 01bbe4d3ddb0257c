#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Renders charts with random but plausible values, with real helm and with chart-render, and reports differences.

usage: differ.py [--minutes M] [--runs N] [--seed S] [--keep DIR] [--jobs J] [--lint] [--compat helm3] [-k REGEX] OUT CHART...

OUT is the folder of the built tools; CHART a chart folder, an archive, or a folder below which both are looked for. Values come
from the chart itself: its values.yaml, the keys that its comments show, the enums and types of its schema. A comparison is one
call of `helm template` (or `helm lint`) against one of ours: exit status, standard output, and the text from "Error:" on
must agree; where helm differs from itself in further runs, those lines do not count. Where helm gives no answer (it is
killed, or takes longer than two minutes), ours only has to end in time. HELM names helm's binary, of version 3 with --compat helm3.
Each difference is kept in DIR/N: values.yaml, command, helm's and our output. Ends with 'N passed, N failed'.
"""
import argparse, concurrent.futures, glob, json, os, random, re, shutil, subprocess, sys, tarfile, tempfile, time

try:
    import yaml
except ImportError:
    sys.exit("differ: needs python3-yaml")

HELM = os.environ.get("HELM") or shutil.which("helm") or sys.exit("differ: no helm in PATH (set HELM)")

WORDS = ["", "a", "app", "my-app", "my.app", "prod", "true", "yes", "null", "~", "1", "01", "1.5", "1e3", "0x10", "a: b",
         "a #b", "x\ny\n", "- a", "{{ .Release.Name }}", "{{ .Values.nope.nope }}", "quote\"d", "it's", "é", "latest", "100Mi",
         "250m", "80%", "http://example.org/x?y=1", "redis://h:6379/0", "a" * 70, " lead", "trail ", "*", "&a", "@x", "2020-01-02"]
NUMBERS = [0, 1, 2, 3, -1, 10, 80, 6379, 65535, 1000000, 1234567.5, 0.5, 1e21, 2147483648]


def load(text):
    try:
        return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)) or {}
    except Exception:
        return {}


class Chart:
    """What a chart tells about the values it takes."""

    def __init__(self, path, work):
        self.path = path
        folder = path
        if os.path.isfile(path):
            folder = tempfile.mkdtemp(dir=work)
            with tarfile.open(path) as t:
                for m in t.getmembers():
                    if m.isfile() and re.match(r"^[^/]+/(values\.yaml|values\.schema\.json)$", m.name):
                        t.extract(m, folder)
            found = os.listdir(folder)
            folder = os.path.join(folder, found[0]) if found else folder
        self.text = self.read(folder, "values.yaml")
        self.values = load(self.text)
        if not isinstance(self.values, dict):
            self.values = {}
        try:
            self.schema = json.loads(self.read(folder, "values.schema.json") or "{}")
        except ValueError:
            self.schema = {}
        self.hints = self.commented()

    @staticmethod
    def read(folder, name):
        try:
            return open(os.path.join(folder, name), encoding="utf-8", errors="replace").read()
        except OSError:
            return ""

    def commented(self):
        """Values files in which one block of commented-out keys is live."""
        lines = self.text.split("\n")
        hints = []
        at = 0
        while at < len(lines):
            m = re.match(r"^(\s*)#\s?(\s*[A-Za-z_][\w.-]*:.*|\s*- .*|\s+\S.*)$", lines[at])
            if not m:
                at += 1
                continue
            end = at
            while end < len(lines) and re.match(r"^\s*#", lines[end]):
                end += 1
            live = lines[:at] + [re.sub(r"^(\s*)#\s?", r"\1", l) for l in lines[at:end]] + lines[end:]
            value = load("\n".join(live))
            if isinstance(value, dict) and value != self.values:
                hints.append(value)
            at = end
            if len(hints) > 60:
                break
        return hints


def paths(value, prefix=()):
    yield prefix, value
    if isinstance(value, dict):
        for k, v in value.items():
            yield from paths(v, prefix + (k,))
    elif isinstance(value, list):
        for i, v in enumerate(value):
            yield from paths(v, prefix + (i,))


def schema_at(schema, path):
    for part in path:
        if not isinstance(schema, dict):
            return {}
        schema = schema.get("items") if isinstance(part, int) else (schema.get("properties") or {}).get(part)
    return schema if isinstance(schema, dict) else {}


def other(rng, value, schema):
    """A value that somebody might put in the place of `value`."""
    if schema.get("enum") and rng.random() < 0.7:
        return rng.choice(schema["enum"])
    roll = rng.random()
    if roll < 0.06:
        return None
    if roll < 0.10:
        return rng.choice([[], {}, "", 0, False, "text", ["a"], {"a": 1}])
    if isinstance(value, bool):
        return not value
    if isinstance(value, (int, float)):
        return rng.choice(NUMBERS + [value + 1])
    if isinstance(value, str):
        return rng.choice(WORDS)
    if isinstance(value, list):
        pick = rng.random()
        if not value or pick < 0.4:
            return [rng.choice(WORDS + NUMBERS + [{"name": "x", "value": "y"}, {"host": "h.example.org", "paths": ["/"]},
                                                  {"name": "http", "containerPort": 80}]) for _ in range(rng.randint(0, 3))]
        return value[: rng.randint(0, len(value))] + rng.sample(value, 1)
    if isinstance(value, dict):
        copy = dict(value)
        if copy and rng.random() < 0.4:
            copy.pop(rng.choice(list(copy)))
        else:
            copy[rng.choice(["extra", "app.kubernetes.io/name", "enabled", "name", "x1", "x10", "type"])] = rng.choice(WORDS + NUMBERS)
        return copy
    return rng.choice(WORDS + NUMBERS + [True, ["a"], {"a": "b"}, {"cpu": "100m", "memory": "1Gi"}])


def nest(path, value):
    for part in reversed(path):
        value = {part: value}
    return value


def merged(a, b):
    if not isinstance(a, dict) or not isinstance(b, dict):
        return b
    out = dict(a)
    for k, v in b.items():
        out[k] = merged(out[k], v) if k in out else v
    return out


def make_case(rng, chart):
    base = rng.choice(chart.hints) if chart.hints and rng.random() < 0.3 else chart.values
    values = {} if base is chart.values else base
    # Switches first: they open the branches that nothing else reaches.
    every = [(p, v) for p, v in paths(base) if p and all(isinstance(x, str) for x in p)]
    switches = [(p, v) for p, v in every if isinstance(v, bool)]
    for p, v in switches:
        if rng.random() < rng.choice([0.05, 0.3]):
            values = merged(values, nest(p, not v))
    for _ in range(rng.choice([0, 1, 1, 2, 3, 6])):
        if every:
            p, v = rng.choice(every)
            values = merged(values, nest(p, other(rng, v, schema_at(chart.schema, p))))
    args = []
    for flag, chance in (("--is-upgrade", .1), ("--include-crds", .1), ("--no-hooks", .05), ("--skip-tests", .05),
                         ("--skip-schema-validation", .05)):
        if rng.random() < chance:
            args.append(flag)
    if rng.random() < .2:
        args += ["--kube-version", rng.choice(["1.19.0", "1.21.5", "1.25.3-gke.1", "1.30.0"])]
    if rng.random() < .15:
        args += ["-a", rng.choice(["monitoring.coreos.com/v1", "networking.k8s.io/v1/Ingress", "batch/v1/CronJob", "x/v1"])]
    if every and rng.random() < .3:
        p, v = rng.choice(every)
        key = ".".join(x.replace(".", "\\.") for x in p)
        args += [rng.choice(["--set", "--set", "--set-string"]),
                 key + "=" + rng.choice(["1", "true", "null", "x", "{a,b}", "", "1.5", "a\\,b", "0"])]
    return values, args


def run(cmd, cwd):
    env = {"PATH": "/usr/bin:/bin", "HOME": cwd, "TZ": "UTC", "LANG": "C.UTF-8"}
    try:
        p = subprocess.run(cmd, cwd=cwd, env=env, stdin=subprocess.DEVNULL, capture_output=True, timeout=120)
        return p.returncode, p.stdout, p.stderr
    except subprocess.TimeoutExpired:
        return "timeout", b"", b""


def error_of(err):
    at = err.find(b"Error:")
    text = err[at:].strip() if at >= 0 else b""
    text = re.sub(rb"\S*/helm-lint\d+/", b"", text)
    return re.sub(rb"(missing these dependencies: )(\S+)", lambda m: m[1] + b",".join(sorted(m[2].split(b","))), text)


def agree(a, b, twin=None):
    """Whether two outcomes agree, but for the lines in which helm differs from its own second run."""
    if a[0] != b[0] or error_of(a[2]) != error_of(b[2]) and (twin is None or error_of(a[2]) == error_of(twin[2])):
        return False
    x, y = a[1].split(b"\n"), b[1].split(b"\n")
    if x == y:
        return True
    if twin is None:
        return False
    z = twin[1].split(b"\n")
    if len(x) != len(z):
        return True  # helm's own output has no fixed shape here
    return len(x) == len(y) and all(p == q or p != r for p, q, r in zip(x, y, z))


def reordered(a, b):
    """Whether two outcomes are of the same lines in other orders."""
    return a[0] == b[0] and all(sorted(x.split(b"\n")) == sorted(y.split(b"\n")) for x, y in zip(a[1:], b[1:]))


UNANSWERED = "helm gave no answer"


def compare(opt, chart, seed, work):
    rng = random.Random(seed)
    values, args = make_case(rng, chart)
    here = tempfile.mkdtemp(dir=work)
    try:
        with open(os.path.join(here, "values.yaml"), "w") as f:
            json.dump(values, f, default=str)
        if opt.lint:
            args = [a for a in args if a not in ("--is-upgrade", "--include-crds", "--no-hooks", "--skip-tests")]
            args = [a for i, a in enumerate(args) if a != "-a" and (i == 0 or args[i - 1] != "-a")]
            tail = ["-f", "values.yaml"] + args + [chart.path]
            theirs, ours = [HELM, "lint"] + tail, [opt.out + "/chart-lint", "--format", "helm"] + tail
        else:
            tail = ["rel", chart.path, "--namespace", "ns", "-f", "values.yaml"] + args
            theirs, ours = [HELM, "template"] + tail, [opt.out + "/chart-render"] + tail
        if opt.compat:
            # A helm 3 that was not built by its Makefile believes in Kubernetes 1.20.
            if "--kube-version" not in tail:
                theirs += ["--kube-version", "1.31.0"]
                ours += ["--kube-version", "1.31.0"]
            ours += ["--compat", opt.compat]
        a, b = run(theirs, here), run(ours, here)
        if a[0] == "timeout" or a[0] < 0:
            if b[0] in (0, 1, 2):
                return UNANSWERED
        # Go walks maps in a random order, which runs may share: the more so the fewer orders there are.
        elif agree(a, b) or any(agree(a, b, run(theirs, here)) for _ in range(12 if reordered(a, b) else 3)):
            return None
        return {"chart": chart.path, "seed": seed, "args": args, "values": values, "helm": a, "ours": b}
    finally:
        shutil.rmtree(here)


def keep(opt, n, d):
    place = os.path.join(opt.keep, str(n))
    os.makedirs(place, exist_ok=True)
    for name, out in (("helm", d["helm"]), ("ours", d["ours"])):
        open(os.path.join(place, name + ".out"), "wb").write(out[1])
        open(os.path.join(place, name + ".err"), "wb").write(out[2] + b"\nstatus %s\n" % str(out[0]).encode())
    json.dump(d["values"], open(os.path.join(place, "values.yaml"), "w"), default=str)
    open(os.path.join(place, "command"), "w").write(f"{d['chart']} {' '.join(d['args'])}  (seed {d['seed']})\n")
    print(f"DIFF {n}: {d['chart']} seed {d['seed']} {' '.join(d['args'])}: status {d['helm'][0]} / {d['ours'][0]}", flush=True)


def find(places):
    for p in places:
        if os.path.isfile(p) or os.path.isfile(os.path.join(p, "Chart.yaml")):
            yield os.path.abspath(p)
        else:
            for root, dirs, files in os.walk(p):
                if "Chart.yaml" in files:
                    dirs[:] = []
                    yield os.path.abspath(root)
                else:
                    yield from (os.path.abspath(os.path.join(root, f)) for f in sorted(files) if f.endswith(".tgz"))
                dirs.sort()


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--minutes", type=float, default=0); ap.add_argument("--runs", type=int, default=0)
    ap.add_argument("--seed", type=int, default=int(time.time())); ap.add_argument("--keep", default="differences")
    ap.add_argument("--jobs", type=int, default=2); ap.add_argument("--lint", action="store_true")
    ap.add_argument("--compat", choices=["helm3", "helm4"])
    ap.add_argument("-k", default=""); ap.add_argument("out"); ap.add_argument("chart", nargs="+")
    opt = ap.parse_args()
    opt.out = os.path.abspath(opt.out)
    work = tempfile.mkdtemp(prefix="differ.")
    try:
        charts = [Chart(p, work) for p in find(opt.chart) if re.search(opt.k, p)]
        if not charts:
            sys.exit("differ: no charts found")
        runs = opt.runs or (10**9 if opt.minutes else len(charts))
        print(f"{len(charts)} charts, seed {opt.seed}, differences in {opt.keep}", flush=True)
        end = time.monotonic() + opt.minutes * 60 if opt.minutes else float("inf")
        passed = failed = unanswered = 0
        order = random.Random(opt.seed)
        with concurrent.futures.ThreadPoolExecutor(opt.jobs) as pool:
            pending = set()
            started = 0
            while True:
                while len(pending) < opt.jobs * 2 and started < runs and time.monotonic() < end:
                    pending.add(pool.submit(compare, opt, order.choice(charts), opt.seed * 1000003 + started, work))
                    started += 1
                if not pending:
                    break
                done, pending = concurrent.futures.wait(pending, return_when=concurrent.futures.FIRST_COMPLETED)
                for d in (f.result() for f in done):
                    passed += d is None
                    if d is UNANSWERED:
                        unanswered += 1
                    elif d:
                        failed += 1
                        keep(opt, failed, d)
        if unanswered:
            print(f"{unanswered} without an answer of helm's")
        print(f"{passed} passed, {failed} failed")
        sys.exit(1 if failed else 0)
    finally:
        shutil.rmtree(work)


main()
