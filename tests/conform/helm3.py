#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares `--compat helm3` with a real Helm 3 over a corpus.

usage: helm3.py [--helm HELM] [--cache DIR] [-j N] [-k REGEX] OUT CORPUS

OUT is the folder of the built tools, CORPUS a folder with cases.jsonl and lint.jsonl (ids, charts, arguments). Each case is run by
`helm template` or `helm lint` and by ours: exit status, standard output and standard error must agree. Lines in which helm differs
from itself in a second run do not count. --cache keeps helm's answers. Ends with 'N passed, N failed'. All are told the version of
Kubernetes: a helm that was not built by its Makefile believes in 1.20.
"""
import argparse, concurrent.futures as cf, hashlib, json, os, re, shutil, subprocess, sys


def run(cmd, root):
    try:
        p = subprocess.run(cmd, cwd=root, stdin=subprocess.DEVNULL, capture_output=True, timeout=120)
        return [p.returncode, p.stdout.decode("utf-8", "replace"), p.stderr.decode("utf-8", "replace")]
    except subprocess.TimeoutExpired:
        return ["timeout", "", ""]


def helm(args, cmd, again=False):
    """helm's answer; of a second run with `again`."""
    key = hashlib.sha1(json.dumps([cmd, again]).encode()).hexdigest()
    path = args.cache and os.path.join(args.cache, key + ".json")
    if path and os.path.exists(path):
        return json.load(open(path))
    answer = run([args.helm] + cmd, args.corpus)
    if path:
        os.makedirs(args.cache, exist_ok=True)
        json.dump(answer, open(path, "w"))
    return answer


def portable(text):
    """Hides where helm unpacks an archive, times of the log and the random order of names."""
    if "/helm-lint" in text:
        text = re.sub(r"\S*/helm-lint\d+/", "", text)
    text = re.sub(r"(?m)^\d{4}/\d\d/\d\d \d\d:\d\d:\d\d ", "", text)
    return re.sub(r"(missing these dependencies: )(\S+)", lambda m: m[1] + ",".join(sorted(m[2].split(","))), text)


def same(want, again, got):
    want, again, got = portable(want), portable(again), portable(got)
    if got in (want, again):
        return True
    a, b, c = want.split("\n"), again.split("\n"), got.split("\n")
    if len(a) == len(b) == len(c) and all(x != y or x == z for x, y, z in zip(a, b, c)):
        return True
    # Warnings come in the order of a map.
    return want != again and sorted(a) == sorted(c)


def check(args, kind, case):
    rest = case["args"] + ([] if "--kube-version" in case["args"] else ["--kube-version", "1.31.0"])
    if kind == "render":
        cmd = ["template", "rel", case["chart"], "--namespace", "ns"] + rest
        ours = ["chart-render", "--compat", "helm3"] + cmd[1:]
    else:
        cmd = ["lint"] + rest + [case["chart"]]
        ours = ["chart-lint", "--format", "helm", "--compat", "helm3"] + cmd[1:]
    want = helm(args, cmd)
    got = run([os.path.join(args.out, ours[0])] + ours[1:], args.corpus)
    if got[0] != want[0]:
        return "exit status %s, helm's %s\n%s" % (got[0], want[0], (got[2] or want[2])[:600])
    for what, i in (("output", 1), ("error text", 2)):
        if portable(got[i]) != portable(want[i]) and not same(want[i], helm(args, cmd, True)[i], got[i]):
            a, b = portable(want[i]).split("\n"), portable(got[i]).split("\n")
            at = next((k for k in range(min(len(a), len(b))) if a[k] != b[k]), min(len(a), len(b)))
            return "%s differs at line %d\n helm: %s\n ours: %s" % (what, at + 1, a[at:at + 3], b[at:at + 3])
    return None


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--helm", default=os.environ.get("HELM3") or shutil.which("helm3"))
    ap.add_argument("--cache")
    ap.add_argument("-j", type=int, default=2)
    ap.add_argument("-k", default="")
    ap.add_argument("out")
    ap.add_argument("corpus")
    args = ap.parse_args()
    if not args.helm:
        sys.exit("helm3: no helm3 in PATH (set HELM3)")
    args.out, args.corpus = os.path.abspath(args.out), os.path.abspath(args.corpus)
    args.cache = args.cache and os.path.abspath(args.cache)
    jobs = []
    for kind, table in (("render", "cases.jsonl"), ("lint", "lint.jsonl")):
        for line in open(os.path.join(args.corpus, table)):
            case = json.loads(line)
            if re.search(args.k, kind + " " + case["id"]):
                jobs.append((kind, case))
    passed = failed = 0
    with cf.ThreadPoolExecutor(args.j) as pool:
        for (kind, case), why in zip(jobs, pool.map(lambda j: check(args, *j), jobs)):
            passed, failed = passed + (why is None), failed + (why is not None)
            if why:
                print("FAIL %s %s: %s" % (kind, case["id"], why), flush=True)
    print("%d passed, %d failed" % (passed, failed))
    sys.exit(1 if failed else 0)


main()
