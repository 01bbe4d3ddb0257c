#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""same-index.py OURS HELM [SKIPPED]: whether two index.yaml files say the same, times apart: the same charts in the same order, the same
entries to the byte, and versions in the same order where Helm has one (those of equal precedence come in any). OURS may lack
up to SKIPPED entries that HELM has not either; that is, none."""
import re, sys


def read(path):
    charts, order, entry = {}, [], None
    for line in open(path, encoding="utf-8", newline="\n"):
        if re.match(r'^(    created: |generated: )"[^"]*"\n$', line):
            continue
        if line.startswith("  - "):
            entry = [line]
            charts[order[-1]].append(entry)
        elif line.startswith("  ") and line[2] != " ":
            order.append(line)
            charts[line] = []
        elif entry is not None and line.startswith("    "):
            entry.append(line)
        elif entry is not None and not line.strip():
            entry.append(line)
        else:
            charts.setdefault("", []).append([line])
    return order, {k: ["".join(e) for e in v] for k, v in charts.items()}


def precedence(entry):
    v = re.search(r"^(?:    |  - )version: (.*)$", entry, re.M).group(1).strip("\"'")
    return v.split("+")[0].lstrip("v")


(a_order, a), (b_order, b) = read(sys.argv[1]), read(sys.argv[2])
bad = 0
if a_order != b_order:
    # Go sorts keys with an order that is none where letters and digits mix; then any order will do.
    print("charts are ordered differently" if sorted(a_order) == sorted(b_order) else "other charts")
    bad += sorted(a_order) != sorted(b_order)
for name in sorted(set(a) | set(b)):
    x, y = a.get(name, []), b.get(name, [])
    if sorted(x) != sorted(y):
        bad += 1
        only = [e for e in x if e not in y][:1] + [e for e in y if e not in x][:1]
        print(f"{name.strip()} {len(x)} and {len(y)} entries differ:", *only, sep="\n")
    elif name and [precedence(e) for e in x] != [precedence(e) for e in y]:
        bad += 1
        print(f"{name.strip()} versions are ordered differently")
print(f"{sum(map(len, a.values()))} entries of {len(a_order)} charts compared, {bad} charts differ")
sys.exit(bad > 0)
