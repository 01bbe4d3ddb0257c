#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes a repository's index of about a given size, as helm repo index would write it.

usage: make-index.py MEGABYTES FILE [FIRST-CHART-NAME...]

Charts have up to some hundred versions with annotations, block texts and folded lines as real ones do; everything is
invented, and the same for the same arguments. Charts that are named have an archive URL NAME-VERSION.tgz like all others.
"""
import random, sys

WORDS = "a fast reliable distributed cache queue database proxy operator for your cluster with high availability and simple setup".split()


def text(r, n):
    return " ".join(r.choice(WORDS) for _ in range(n))


def fold(key, words, indent):
    """A plain text folded as go-yaml does."""
    lines, line = [], key
    for w in words.split():
        if len(line) > 80:
            lines.append(line)
            line = " " * (indent + 2) + w
        else:
            line += " " + w
    return "\n".join(lines + [line]) + "\n"


def entry(r, name, version):
    out = "  - annotations:\n      artifacthub.io/changes: |\n"
    for _ in range(r.randrange(1, 5)):
        out += f'        - kind: {r.choice(["added", "fixed", "changed"])}\n          description: "{text(r, 6)}: [#{r.randrange(9999)}]"\n'
    out += f"      category: {r.choice(WORDS)}\n      licenses: Apache-2.0\n    apiVersion: v2\n    appVersion: {version}\n"
    out += f'    created: "20{r.randrange(17, 26)}-0{r.randrange(1, 10)}-1{r.randrange(10)}T1{r.randrange(10)}:00:00.{r.randrange(10**9):09}Z"\n'
    out += "    dependencies:\n    - name: common\n      repository: https://charts.example.org/common\n      tags:\n      - common\n      version: 2.x.x\n"
    out += fold("    description:", text(r, r.randrange(8, 30)), 4)
    out += f"    digest: {r.getrandbits(256):064x}\n    home: https://example.org/{name}\n    keywords:\n"
    out += "".join(f"    - {r.choice(WORDS)}\n" for _ in range(4))
    out += f"    maintainers:\n    - email: team@example.org\n      name: Team\n    name: {name}\n"
    out += f"    sources:\n    - https://git.example.org/{name}\n    urls:\n    - {name}-{version}.tgz\n    version: {version}\n"
    return out


def main():
    size, path, named = float(sys.argv[1]) * 1e6, sys.argv[2], sys.argv[3:]
    r = random.Random(1)
    charts, written, i = {}, 0, 0
    while written < size or named:
        name = named.pop(0) if named else f"{r.choice(WORDS)}-{i:04}"
        i += 1
        n = r.randrange(1, 200)
        parts = [entry(r, name, f"{v // 20 + 1}.{v % 20}.{r.randrange(10)}") for v in range(n, 0, -1)]
        charts[name] = "".join(parts)
        written += len(charts[name])
    with open(path, "w") as f:
        f.write("apiVersion: v1\nentries:\n")
        for name in sorted(charts):
            f.write(f"  {name}:\n{charts[name]}")
        f.write('generated: "2025-01-01T00:00:00Z"\n')


main()
