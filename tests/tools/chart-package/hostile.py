#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""hostile.py DIR: writes archives that must be refused into DIR, and DIR/list with a line for each:
NAME<tab>what the message must say. 'good.tgz' is the same chart unharmed."""
import gzip
import io
import os
import random
import struct
import sys
import zlib

OUT = sys.argv[1]
CHART = b"apiVersion: v2\nname: c\nversion: 1.0.0\n"
made = []


def header(name, size=0, kind=b"0", link=b"", prefix=b"", magic=b"ustar\x0000", size_field=None, damage=False,
           mode=b"0000644"):
    block = bytearray(512)
    block[0:len(name[:100])] = name[:100]
    block[100:108] = mode + b"\0"
    block[108:116] = block[116:124] = b"0000000\0"
    block[124:136] = size_field or b"%011o\0" % size
    block[136:148] = b"00000000000\0"
    block[156:157] = kind
    block[157:157 + len(link[:100])] = link[:100]
    block[257:257 + len(magic)] = magic
    block[345:345 + len(prefix)] = prefix
    block[148:156] = b" " * 8
    total = sum(block) + (1 if damage else 0)
    block[148:156] = b"%06o\0 " % total
    return bytes(block)


def pad(data):
    return data + b"\0" * (-len(data) % 512)


def entry(name, data=b"x", **more):
    return header(name, len(data), **more) + pad(data)


def record(key, value):
    rest = len(key) + len(value) + 3
    n = rest + len(str(rest))
    n = rest + len(str(n))
    return b"%d %s=%s\n" % (n, key, value)


def pax(records, kind=b"x"):
    return header(b"c/PaxHeaders.0/x", len(records), kind=kind) + pad(records)


def longname(name, kind=b"L"):
    data = name + b"\0"
    return header(b"././@LongLink", len(data), kind=kind, magic=b"ustar  \0") + pad(data)


GOOD = entry(b"c/Chart.yaml", CHART)
END = b"\0" * 1024


def gz(data, level=6):
    return gzip.compress(data, level, mtime=0)


def put(name, data, says):
    with open(os.path.join(OUT, name + ".tgz"), "wb") as f:
        f.write(data)
    if says is not None:
        made.append((name, says))


def tar(name, body, says):
    put(name, gz(GOOD + body + END), says)


put("good", gz(GOOD + entry(b"c/values.yaml", b"a: 1\n") + END), None)

# Names that lead elsewhere.
for name, path, says in [
    ("parent", b"../x", "parent"),
    ("parent-inside", b"c/../../x", "parent"),
    ("parent-deep", b"c/a/b/../../../../x", "parent"),
    ("parent-last", b"c/..", "parent"),
    ("parent-only", b"..", "parent"),
    ("parent-harmless", b"c/a/../x", "parent"),
    ("parent-dotted", b"./../x", "parent"),
    ("parent-doubled", b"c//..//../x", "parent"),
    ("absolute", b"/tmp/chart-tools-hostile", "absolute"),
    ("absolute-doubled", b"//tmp/chart-tools-hostile", "absolute"),
    ("backslash", b"c\\..\\..\\x", "backslash"),
    ("backslash-mixed", b"c/..\\../x", "backslash"),
    ("drive", b"C:/x", "drive"),
    ("drive-inside", b"c/C:/x", "drive"),
    ("drive-relative", b"c/C:x", "drive"),
    ("newline", b"c/a\nb", "control"),
    ("tab", b"c/a\tb", "control"),
    ("escape", b"c/\x1b[2Jx", "control"),
    ("delete", b"c/a\x7f", "control"),
    ("itself", b".", "folder itself"),
    ("outside", b"x", "outside"),
]:
    tar(name, entry(path), says)
tar("parent-prefix", entry(b"x", prefix=b"../.."), "parent")
tar("parent-prefix-split", entry(b"../x", prefix=b"c/.."), "parent")
tar("parent-pax", pax(record(b"path", b"../x")) + entry(b"c/x"), "parent")
tar("absolute-pax", pax(record(b"path", b"/tmp/chart-tools-hostile")) + entry(b"c/x"), "absolute")
tar("parent-gnu", longname(b"../" + b"d/" * 60 + b"x") + entry(b"c/x"), "parent")
tar("absolute-gnu", longname(b"/" + b"d/" * 60 + b"x") + entry(b"c/x"), "absolute")
tar("long-part", pax(record(b"path", b"c/" + b"n" * 300)) + entry(b"c/x"), "too long")
tar("long-path", pax(record(b"path", b"c/" + b"n/" * 3000 + b"x")) + entry(b"c/x"), "too long")
tar("parent-folder", entry(b"c/../../x/", b"", kind=b"5"), "parent")

# What is no file.
tar("symlink", header(b"c/l", kind=b"2", link=b"/etc/passwd"), "link")
tar("symlink-relative", header(b"c/l", kind=b"2", link=b"../../x"), "link")
tar("symlink-inside", header(b"c/l", kind=b"2", link=b"values.yaml"), "link")
tar("symlink-through", header(b"c/l", kind=b"2", link=b"/tmp") + entry(b"c/l/x"), "link")
tar("symlink-chart", header(b"c/templates", kind=b"2", link=b".."), "link")
tar("symlink-pax", pax(record(b"linkpath", b"/etc/passwd")) + header(b"c/l", kind=b"2", link=b"x"), "link")
tar("symlink-gnu", longname(b"/" + b"d/" * 60, b"K") + header(b"c/l", kind=b"2", link=b"x"), "link")
tar("hardlink", header(b"c/l", kind=b"1", link=b"/etc/passwd"), "link")
tar("hardlink-inside", header(b"c/l", kind=b"1", link=b"c/Chart.yaml"), "link")
tar("char-device", header(b"c/d", kind=b"3"), "device")
tar("block-device", header(b"c/d", kind=b"4"), "device")
tar("fifo", header(b"c/d", kind=b"6"), "device")
sparse = bytearray(header(b"c/s", 512, kind=b"S", magic=b"ustar  \0"))
sparse[386:410] = b"00000000000\0" + b"00000001000\0"
sparse[410:434] = b"00000100000\0" + b"00000000000\0"
sparse[483:495] = b"00000100000\0"
sparse[148:156] = b" " * 8
sparse[148:156] = b"%06o\0 " % sum(sparse)
tar("sparse-gnu", bytes(sparse) + b"x" * 512, "sparse")
tar("sparse-pax", pax(record(b"GNU.sparse.major", b"1") + record(b"GNU.sparse.minor", b"0") + record(
    b"GNU.sparse.name", b"c/s") + record(b"GNU.sparse.realsize", b"1048576")) + entry(
        b"c/GNUSparseFile.0/s", pad(b"1\n0\n512\n") + b"x" * 512), "sparse")
tar("sparse-pax-old", pax(record(b"GNU.sparse.size", b"1048576") + record(b"GNU.sparse.numblocks", b"1") + record(
    b"GNU.sparse.offset", b"0") + record(b"GNU.sparse.numbytes", b"512")) + entry(b"c/s", b"x" * 512), "sparse")

# The same twice.
tar("twice", entry(b"c/x", b"1") + entry(b"c/x", b"2"), "twice")
tar("twice-dotted", entry(b"c/x", b"1") + entry(b"c/./x", b"2"), "twice")
tar("twice-slashed", entry(b"c/x", b"1") + entry(b"c//x", b"2"), "twice")
tar("twice-roots", entry(b"c/x", b"1") + entry(b"d/x", b"2"), "twice")
tar("twice-metadata", entry(b"c/Chart.yaml", CHART.replace(b"1.0", b"2.0")), "twice")
tar("twice-pax", pax(record(b"path", b"c/Chart.yaml")) + entry(b"c/other"), "twice")
tar("file-and-folder", entry(b"c/x") + entry(b"c/x/", b"", kind=b"5"), "twice")
tar("below-file", entry(b"c/x") + entry(b"c/x/y"), "below a file")
tar("above-file", entry(b"c/x/y") + entry(b"c/x"), "twice")


# Bombs.
def stream(pieces, level=9):
    z = zlib.compressobj(level, zlib.DEFLATED, 31)
    return b"".join(z.compress(p) for p in pieces) + z.flush()


MB = b"\0" * (1 << 20)
put("bomb", stream([GOOD, header(b"c/zeros", 300 << 20)] + [MB] * 300 + [END]), "more than")
put("bomb-ratio", stream([GOOD, header(b"c/zeros", 60 << 20)] + [MB] * 60 + [END]), "times its size")
# Letters that pack badly enough to pass for text: only the sum is too large.
noise = bytes((i * 7919 + (i >> 3) * 104729 + (i >> 9)) % 61 + 48 for i in range(1 << 16))
put("bomb-many", stream([GOOD] + [entry(b"c/f%d" % i, noise) for i in range(1700)] + [END], 1),
    "more than 104857600 bytes")
put("bomb-members", gz(GOOD) + b"".join(gz(entry(b"c/z%d" % i, MB * 8), 1) for i in range(16)) + gz(END), "more than")
put("bomb-count", stream([GOOD] + [b"".join(header(b"c/%d-%d" % (j, i)) for i in range(1000)) for j in range(120)] +
                         [END]), "entries")
tar("bomb-claim", header(b"c/x", size_field=b"77777777777\0"), "")
tar("bomb-claim-binary", header(b"c/x", size_field=b"\x80" + b"\0" * 3 + struct.pack(">Q", 1 << 62)), "")
tar("negative", header(b"c/x", size_field=b"\xff" * 12) + b"x" * 512, "")
tar("bomb-pax", header(b"c/PaxHeaders.0/x", kind=b"x", size_field=b"37777777777\0"), "")
put("twice-packed", gz(gz(GOOD + END)), "not a tar")

# Damage.
put("checksum", gz(GOOD + entry(b"c/x", damage=True) + END), "tar archive")
put("cut-header", gz(GOOD + header(b"c/x", 5)[:300]), "")
put("cut-content", gz(GOOD + header(b"c/x", 5000) + b"x" * 512), "")
whole = gz(GOOD + END)
put("cut-stream", whole[:-20], "cut off")
put("cut-trailer", whole[:-2], "cut off")
put("head-only", whole[:10], "cut off")
put("crc", whole[:-8] + b"\x01\x02\x03\x04" + whole[-4:], "incorrect data check")
put("length", whole[:-4] + b"\x01\x02\x03\x04", "incorrect length check")
put("tail", whole + b"tail", "follow the archive")
put("second-member-broken", whole + b"\x1f\x8b\x08\x00junk-junk-junk", "gzip")
put("method", b"\x1f\x8b\x07" + whole[3:], "gzip")
put("reserved-flags", whole[:3] + b"\xe0" + whole[4:], "gzip")
put("deflate", whole[:10] + b"\xff" * 40 + whole[50:], "gzip")
put("empty", b"", "gzip")
put("text", b"apiVersion: v2\n", "gzip")
put("zip", b"PK\x03\x04" + b"\0" * 60, "gzip")
put("plain-tar", GOOD + END, "gzip")
put("zeros", gz(END), "no files")
put("nothing", gz(b""), "not a tar")
put("octal", gz(GOOD + header(b"c/x", size_field=b"0000000zz01\0") + b"x" * 512 + END), "")

# Attributes that lie.
tar("pax-length", pax(b"99 path=c/x\n") + entry(b"c/x"), "")
tar("pax-equals", pax(b"9 nopath\n") + entry(b"c/x"), "")
tar("pax-size", pax(record(b"size", b"999999")) + entry(b"c/x"), "")

tar("pax-nul", pax(record(b"path", b"c/a\0b")) + entry(b"c/x"), "has a NUL")
tar("pax-huge", pax(b"".join(record(b"comment", b"n" * 990) for i in range(5000))) + entry(b"c/x"), "")
tar("pax-path-twice", pax(record(b"path", b"c/fine") + record(b"path", b"../x")) + entry(b"c/x"), "parent")
tar("pax-after-pax", pax(record(b"path", b"c/fine")) + pax(record(b"path", b"../../x")) + entry(b"c/x"), "")
tar("pax-size-short", pax(record(b"size", b"1")) + entry(b"c/x", b"x" * 3000), "")
tar("pax-size-negative", pax(record(b"size", b"-1")) + entry(b"c/x"), "")
tar("pax-size-text", pax(record(b"size", b"1e3")) + entry(b"c/x"), "is no number")
tar("pax-size-huge", pax(record(b"size", b"9" * 30)) + entry(b"c/x"), "")
tar("pax-record-zero", pax(b"0 \n") + entry(b"c/x"), "")
tar("pax-record-open", pax(b"20 path=c/y") + entry(b"c/x"), "")
tar("pax-last", pax(record(b"path", b"c/y")), "")
# Too large to be held whole while it is indexed.
large = entry(b"c/templates/large", random.Random(1).randbytes(6 << 20))
tar("large-pax-nul", large + pax(record(b"path", b"c/a\0b")) + entry(b"c/x"), "has a NUL")
tar("large-two-names", large + longname(b"c/x") + pax(record(b"path", b"c/y")) + entry(b"c/z"), "named in two ways")
tar("large-parent", large + entry(b"../x"), "parent")
tar("large-twice", large + entry(b"c/x") + entry(b"c/x"), "twice")
put("large-end", gz(GOOD + large + END)[:-7], "cut off")
put("large-check", gz(GOOD + large + END)[:-8] + bytes(4) + gz(GOOD + large + END)[-4:], "incorrect data check")
tar("gnu-twice", longname(b"c/fine") + longname(b"../x") + entry(b"c/x"), "parent")
tar("gnu-nul", longname(b"../x\0c/fine") + entry(b"c/x"), "parent")
tar("gnu-huge", longname(b"c/" + b"n/" * (1 << 20)) + entry(b"c/x"), "")
tar("gnu-last", longname(b"c/y"), "")
tar("gnu-claim", header(b"././@LongLink", kind=b"L", magic=b"ustar  \0", size_field=b"37777777777\0"), "")
tar("gnu-then-pax", longname(b"c/fine") + pax(record(b"path", b"../x")) + entry(b"c/x"), "two ways")
tar("pax-then-gnu", pax(record(b"path", b"c/fine")) + longname(b"../x") + entry(b"c/x"), "two ways")
tar("link-two-ways", longname(b"x", b"K") + pax(record(b"linkpath", b"y")) + header(b"c/l", kind=b"2", link=b"z"), "two ways")
put("slashes", gz(entry(b"c//Chart.yaml", CHART) + END), 'has "//"')
put("dot-folder", gz(entry(b"./c/Chart.yaml", CHART) + END), 'begins with "./"')
tar("no-name", entry(b""), "")
tar("hardlink-data", entry(b"c/l", b"secret", kind=b"1", link=b"c/Chart.yaml"), "link")
tar("volume", header(b"c/v", kind=b"M"), "")
tar("carriage-return", entry(b"c/a\rb"), "control")
tar("drive-lower", entry(b"c/d:/x"), "drive")
tar("share", entry(b"\\\\host\\share\\x"), "backslash")
tar("twice-case-none", entry(b"c/X", b"1") + entry(b"c/X", b"2"), "twice")
tar("folder-over-file", entry(b"c/x") + entry(b"c/x/y/z"), "below a file")
tar("chart-is-folder", entry(b"c/values.yaml/x") + entry(b"c/values.yaml"), "twice")
put("header-crc", b"\x1f\x8b\x08\x02" + whole[4:10] + b"\x12\x34" + whole[10:], "gzip")
put("bzip2", b"BZh91AY&SY" + b"\0" * 60, "gzip")
put("xz", b"\xfd7zXZ\0" + b"\0" * 60, "gzip")
put("zstd", b"\x28\xb5\x2f\xfd" + b"\0" * 60, "gzip")
put("members-cut", gz(GOOD) + gz(END)[:12], "cut off")
put("random", gz(bytes((i * 7919) % 251 for i in range(4096))), "tar")

# Charts that are none, or lie about their name.
put("no-chart", gz(entry(b"c/values.yaml", b"a: 1\n") + END), "Chart.yaml")
put("chart-at-top", gz(entry(b"Chart.yaml", CHART) + END), "outside")
put("folder-only", gz(entry(b"c/", b"", kind=b"5") + END), "no files")
for name, text in [("name-parent", b"name: ../x"), ("name-slash", b"name: a/b"), ("name-dots", b'name: ".."')]:
    put(name, gz(entry(b"c/Chart.yaml", CHART.replace(b"name: c", text)) + END), "name")
put("no-version", gz(entry(b"c/Chart.yaml", b"apiVersion: v2\nname: c\n") + END), "version")
put("broken-yaml", gz(entry(b"c/Chart.yaml", b"a: [\n") + END), "Chart.yaml")

# What is odd but harmless, and read by Helm too. Each has the file files/odd with the text "odd".
fine = []
ODD = entry(b"c/files/odd", b"odd\n")


def odd(name, data):
    put(name, data, None)
    fine.append(name)


odd("fine-dots", gz(entry(b"c/./Chart.yaml", CHART) + entry(b"c/files//./odd", b"odd\n") + END))
odd("fine-dot-folder", gz(entry(b"./", b"", kind=b"5") + entry(b"c/", b"", kind=b"5") + GOOD + ODD + END))
odd("fine-members", gz(GOOD) + gz(b"") + gz(ODD) + gz(END))
odd("fine-no-end", gz(GOOD + ODD))
odd("fine-one-zero-block", gz(GOOD + ODD + b"\0" * 512))
odd("fine-more-zeros", gz(GOOD + ODD + b"\0" * 20480))
odd("fine-after-end", gz(GOOD + ODD + END + entry(b"../x") + END))
odd("fine-old", gz(header(b"c/Chart.yaml", len(CHART), magic=b"\0" * 8) + pad(CHART) + ODD + END))
odd("fine-old-kind", gz(GOOD + entry(b"c/files/odd", b"odd\n", kind=b"\0") + END))
odd("fine-contiguous", gz(GOOD + entry(b"c/files/odd", b"odd\n", kind=b"7") + END))
odd("fine-case", gz(GOOD + ODD + entry(b"c/files/ODD", b"other\n") + entry(b"c/Files/odd", b"third\n") + END))
odd("fine-utf8", gz(GOOD + ODD + pax(record(b"path", "c/files/\u00e4\u65e5".encode())) + entry(b"c/files/a", b"a\n") + END))
odd("fine-latin1", gz(GOOD + ODD + entry(b"c/files/\xe4\xff", b"a\n") + END))
odd("fine-global", gz(pax(record(b"comment", b"0123456789"), kind=b"g") + GOOD + ODD + END))
odd("fine-pax-path", gz(GOOD + pax(record(b"path", b"c/files/odd") + record(b"mtime", b"12.5")) + entry(b"c/x", b"odd\n") + END))
odd("fine-pax-size", gz(GOOD + pax(record(b"size", b"4")) + entry(b"c/files/odd", b"odd\n") + END))
odd("fine-gnu", gz(GOOD + longname(b"c/files/odd") + entry(b"c/x", b"odd\n") + END))
odd("fine-prefix", gz(GOOD + entry(b"odd", b"odd\n", prefix=b"c/files") + END))
odd("fine-setuid", gz(GOOD + entry(b"c/files/odd", b"odd\n", mode=b"0006755") + END))
odd("fine-stored", gz(GOOD + ODD + END, 0))
odd("fine-gzip-name", b"\x1f\x8b\x08\x1c" + whole[4:10] + b"\x04\x00abcdname\x00words\x00" + zlib.compress(
    GOOD + ODD + END)[2:-4] + struct.pack("<II", zlib.crc32(GOOD + ODD + END), len(GOOD + ODD + END)))

with open(os.path.join(OUT, "fine"), "w") as f:
    f.write("".join(name + "\n" for name in fine))
with open(os.path.join(OUT, "list"), "w") as f:
    for name, says in made:
        f.write("%s\t%s\n" % (name, says))
