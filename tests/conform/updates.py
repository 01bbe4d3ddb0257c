# SPDX-License-Identifier: Apache-2.0
"""Runs merge_case over the recorded updates; see updates.sh."""
import json
import os
import shutil
import subprocess
import sys
import tempfile

UPDATES, MERGE = sys.argv[1:3]
WANTED = sys.argv[3:]


def run(base, out, favor):
    p = subprocess.run([MERGE] + [os.path.join(base, d) for d in ("base", "ours", "theirs")] + [out] + favor,
                       capture_output=True, text=True)
    if p.returncode:
        return None, p.stderr
    return [tuple(line.split("\t")) for line in p.stdout.splitlines()], p.stderr


def splitpath(text):
    """A dotted path with backslash before dots that belong to a key."""
    parts, cur, i = [], "", 0
    while i < len(text):
        if text[i] == "\\" and i + 1 < len(text):
            cur += text[i + 1]
            i += 2
        elif text[i] == ".":
            parts.append(cur)
            cur = ""
            i += 1
        elif text[i] == "[":
            break
        else:
            cur += text[i]
            i += 1
    return parts + [cur] if text else []


def is_named(conflict, want):
    """Whether a conflict is the recorded one: at its node, one below it, or one above it."""
    if conflict[0] != want["file"]:
        return False
    if "keys" not in want:
        return True
    got = splitpath(conflict[1])
    return any(got[:len(k)] == k or k[:len(got)] == got for k in want["keys"])


def judge(case, conflicts):
    allowed = case.get("accept", [case["expect"]])
    if case["expect"] == "either":
        allowed = ["clean", "conflict"]
    if not conflicts:
        return [] if "clean" in allowed else ["no conflict reported"]
    if "conflict" not in allowed and case["expect"] != "conflict":
        return ["conflict where none is: %s" % (c,) for c in conflicts]
    wants = case.get("conflicts", [])
    bad = ["not one of the recorded conflicts: %s" % (c,) for c in conflicts
           if not any(is_named(c, w) for w in wants)
           and not (case["id"] == "27" and "pushgateway" in c[0])]
    for w in wants:
        for k in w.get("keys", [[]]):
            one = dict(w, keys=[k]) if k else w
            if case["expect"] == "conflict" and not any(is_named(c, one) for c in conflicts):
                bad.append("recorded conflict not reported: %s %s" % (w["file"], ".".join(k)))
    return bad


def holds(case, tree):
    p = subprocess.run([sys.executable, os.path.join(UPDATES, "case.py"), "check", case["id"], tree],
                       capture_output=True, text=True)
    return p.stdout.splitlines() if p.returncode else []


def markers(tree):
    for d, _, names in os.walk(tree):
        for n in names:
            with open(os.path.join(d, n), "rb") as f:
                if b"<<<<<<< " in f.read():
                    yield os.path.relpath(os.path.join(d, n), tree)


def one(case, work):
    subprocess.run([sys.executable, os.path.join(UPDATES, "case.py"), "build", case["id"], work], check=True)
    conflicts, said = run(work, os.path.join(work, "merged"), [])
    if conflicts is None:
        return ["merge failed: " + said]
    bad = judge(case, conflicts)
    if not conflicts:
        bad += ["marker in " + m for m in markers(os.path.join(work, "merged"))]
    ways = ["ours", "theirs"] if conflicts else []
    trees = [os.path.join(work, "merged")] if not conflicts else []
    for way in ways:
        out = os.path.join(work, "settled-" + way)
        run(work, out, [way])
        trees.append(out)
    for t in trees:
        bad += ["%s: %s" % (os.path.basename(t), b) for b in holds(case, t)]
    return bad


def main():
    cases = [c for c in json.load(open(os.path.join(UPDATES, "cases.json"))) if not WANTED or c["id"] in WANTED]
    keep = os.environ.get("KEEP")
    failed = 0
    for n, case in enumerate(cases, 1):
        work = os.path.join(keep, case["id"]) if keep else tempfile.mkdtemp()
        shutil.rmtree(work, ignore_errors=True)
        os.makedirs(work)
        bad = one(case, work)
        if not keep:
            shutil.rmtree(work)
        failed += bool(bad)
        print("%sok %d - %s %s" % ("not " if bad else "", n, case["id"], case["title"]))
        for b in bad:
            print("# " + b)
    print("1..%d" % len(cases))
    print("%d passed, %d failed" % (len(cases) - failed, failed))
    return 1 if failed else 0


sys.exit(main())
