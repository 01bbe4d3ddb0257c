#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""kill.py HOW STEP START BEFORE ARGS...: runs `chart-vendor ARGS` in a copy of the folder START with a fault of kind HOW (see
tests/lib/killat.c) at every STEP-th of the system calls it can hit. Afterwards the folder must be as START, or as after an
undisturbed run; or the next command says that something is unfinished, and then `abort` leads to BEFORE and `continue` to
what an undisturbed run gives."""
import hashlib
import os
import shutil
import subprocess
import sys

HOW, STEP, START, BEFORE, ARGS = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4], sys.argv[5:]
SO = os.environ["OUT"] + "/tests/lib/killat.so"
# Where each fault can strike.
LETTERS = {"kill": "owrlumsc", "half": "w", "enospc": "owlm", "eio": "owrlumsc"}[HOW]


def content(top):
    """What is in a folder, unfinished business and git's own files apart."""
    found = {}
    for folder, folders, files in os.walk(top):
        here = os.path.relpath(folder, top)
        folders[:] = [d for d in folders if not (here == "." and d == ".git") and not (here == ".chart-vendor" and d == "state")]
        for name in files:
            if name != "state.lock":
                with open(os.path.join(folder, name), "rb") as f:
                    found[os.path.normpath(os.path.join(here, name))] = hashlib.sha256(f.read()).hexdigest()
    return found


def unlock(top):
    """What git itself leaves when it is killed: its user is told to remove it."""
    for folder, _, files in os.walk(top + "/.git"):
        for name in files:
            if name.endswith(".lock"):
                os.unlink(os.path.join(folder, name))


def run(args, **env):
    """Exit status and what was said on standard error."""
    p = subprocess.run(["chart-vendor"] + args, cwd="now", env=dict(os.environ, LD_PRELOAD=SO, **env), stdin=subprocess.DEVNULL,
                       stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=120)
    return p.returncode, p.stderr.decode("utf-8", "replace")


def take(start):
    shutil.rmtree("now", ignore_errors=True)
    shutil.copytree(start, "now", symlinks=True)


def differences(have, want):
    return ", ".join(sorted("%s %s" % ("-" if k not in have else "+" if k not in want else "!", k)
                            for k in have.keys() | want.keys() if have.get(k) != want.get(k)))


def fail(text):
    print("call %d of %d (%s): %s" % (n, len(trace), trace[max(0, n - 5):n], text))
    sys.exit(1)


take(START)
run(ARGS)  # fills the cache of what was fetched
take(START)
run(ARGS, KILLAT_TRACE=os.path.abspath("trace"))
with open("trace") as f:
    trace = f.read()
old, before, new = content(START), content(BEFORE), content("now")
unfinished = done = 0
for n in range(1, len(trace) + 1):
    if trace[n - 1] not in LETTERS:
        continue
    done += 1
    if done % STEP:
        continue
    take(START)
    code, said = run(ARGS, KILLAT=str(n), KILLAT_HOW=HOW)
    if HOW in ("kill", "half"):
        if code != -9:
            fail("it was not killed, but ended with %d" % code)
    elif code == 0 and content("now") != new:
        fail("success was claimed: " + differences(content("now"), new))
    elif code and not said and content("now") != new:
        fail("nothing was said")
    code, said = run(["verify"])
    if code != 3:
        have = content("now")
        if have not in (old, new):
            fail("neither old nor new: %s; %s" % (differences(have, old), differences(have, new)))
        continue
    unfinished += 1
    again = "`chart-vendor abort` again" in said
    if not again and "`chart-vendor continue`" not in said:
        fail("nobody is told what to do: " + said)
    if not again:
        shutil.rmtree("keep", ignore_errors=True)
        shutil.copytree("now", "keep", symlinks=True)
    code, said = run(["abort"])
    if code or content("now") != before:
        fail("abort (%d): %s %s" % (code, said, differences(content("now"), before)))
    if again:
        continue
    take("keep")
    unlock("now")
    code, said = run(["continue"])
    # An abort that is continued instead leads to the update; 1: it has conflicts.
    if code not in (0, 1) or (ARGS[0] != "abort" and content("now") != new):
        fail("continue (%d): %s %s" % (code, said, differences(content("now"), new)))
print("%d calls, %d faults, %d times unfinished" % (len(trace), done // STEP, unfinished))
sys.exit(0 if done else 1)
