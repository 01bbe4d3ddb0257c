#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""index-kill.py HOW START: runs `chart-package index` in a copy of the folder START, with what is remembered of it, and with a fault
of kind HOW (see tests/lib/killat.c) at every system call that it can hit. The index must be the old or the new one, and the next
run must give the new one and leave nothing else behind."""
import os, shutil, subprocess, sys

HOW, START = sys.argv[1], sys.argv[2]
SO = os.environ["OUT"] + "/tests/lib/killat.so"
LETTERS = {"kill": "owrlumsc", "half": "w", "enospc": "owlm", "eio": "owrlumsc"}[HOW]
CACHE = os.environ["XDG_CACHE_HOME"]


def run(**env):
    p = subprocess.run(["chart-package", "-q", "index", "now"], env=dict(os.environ, LD_PRELOAD=SO, **env), stdin=subprocess.DEVNULL,
                       stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=120)
    return p.returncode, p.stderr.decode("utf-8", "replace")


def take():
    for name, start in (("now", START), (CACHE, START + ".cache")):
        shutil.rmtree(name, ignore_errors=True)
        if os.path.isdir(start):
            # With their times, which is what is remembered.
            subprocess.run(["cp", "-a", start, name], check=True)


def index():
    try:
        with open("now/index.yaml", "rb") as f:
            return f.read()
    except FileNotFoundError:
        return None


def fail(text):
    print("call %d of %d (%s): %s" % (n, len(trace), trace[max(0, n - 5):n], text))
    sys.exit(1)


take()
n, trace, old = 0, "", index()
if run(KILLAT_TRACE=os.path.abspath("trace"))[0]:
    fail("does not run")
with open("trace") as f:
    trace = f.read()
new, files = index(), sorted(os.listdir("now"))
done = 0
for n in range(1, len(trace) + 1):
    if trace[n - 1] not in LETTERS:
        continue
    done += 1
    take()
    code, said = run(KILLAT=str(n), KILLAT_HOW=HOW)
    if index() not in (old, new):
        fail("the index is neither the old nor the new one")
    if HOW in ("kill", "half") and code != -9:
        fail("it was not killed, but ended with %d" % code)
    if HOW in ("enospc", "eio") and code == 0 and index() != new:
        fail("success was claimed")
    if HOW in ("enospc", "eio") and code and not said:
        fail("nothing was said")
    code, said = run()
    if code or index() != new:
        fail("the next run ended with %d: %s" % (code, said))
    if sorted(os.listdir("now")) != files:
        fail("left behind: %s" % (set(os.listdir("now")) - set(files)))
print("%d calls of %d" % (done, len(trace)))
sys.exit(done < 3)
