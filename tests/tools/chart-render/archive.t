#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What of an archive has to be right: as much as Helm reads, which stops at the second block of zeros.
. "$(dirname "$0")/../../lib/tap.sh"

cat >make.py <<'END'
import base64, struct, tarfile, zlib

want = open("want", "w")
CRC = "gzip: invalid checksum"
CUT = "unexpected EOF"
HEAD = "gzip: invalid header"
TAR = "archive/tar: invalid tar header"


def put(name, data, answer):
    open(name + ".tgz", "wb").write(data)
    want.write(f"{name} {answer}\n")


def header(name, size, **more):
    info = tarfile.TarInfo(name)
    info.size = size
    return info.tobuf(more.get("format", tarfile.USTAR_FORMAT))


def entry(name, data, **more):
    return header(name, len(data), **more) + data + bytes(-len(data) % 512)


def stream(data, crc=0, size=0, flush=()):
    z = zlib.compressobj(9, zlib.DEFLATED, -15)
    out, at = b"", 0
    for to in flush:
        out += z.compress(data[at:to]) + z.flush(zlib.Z_SYNC_FLUSH)
        at = to
    out += z.compress(data[at:]) + z.flush()
    return GZ + out + struct.pack("<II", zlib.crc32(data) ^ crc, len(data) ^ size)


GZ = b"\x1f\x8b\x08\0\0\0\0\0\0\xff"
ZERO = bytes(512)
CHART = entry("c/Chart.yaml", b"apiVersion: v2\nname: c\nversion: 1.0.0\n")
CHART += entry("c/templates/t.yaml", b"a: 1\n")
FULL = CHART + entry("c/full", b"x" * 512)
LONG = entry("c/" + "\u00e9" * 9, b"x", format=tarfile.PAX_FORMAT)
JUNK = bytes(range(256)) * 400

for kind, tar in (("plain", CHART), ("full", FULL), ("pax", CHART + LONG)):
    good = stream(tar + ZERO * 2)
    put(kind, good, "ok")
    put(kind + "-crc", stream(tar + ZERO * 2, crc=1), "ok")
    put(kind + "-size", stream(tar + ZERO * 2, size=1), "ok")
    put(kind + "-trailer", good[:-3], "ok")
    put(kind + "-no-trailer", good[:-8], "ok")
    put(kind + "-zeros", good + bytes(20), "ok")
    put(kind + "-tail", good + b"tail of another kind", "ok")
    put(kind + "-behind", stream(tar + ZERO * 2 + JUNK), "ok")
    put(kind + "-behind-cut", stream(tar + ZERO * 2 + JUNK)[:-99], "ok")
    bad = bytearray(stream(tar + ZERO * 2 + JUNK, flush=(len(tar) + 1024,)))
    bad[-300] ^= 0x55
    put(kind + "-behind-broken", bytes(bad), "ok")
    for blocks in (0, 1):
        name = f"{kind}-{blocks}"
        tar1 = tar + ZERO * blocks
        good = stream(tar1)
        put(name, good, "ok")
        put(name + "-crc", stream(tar1, crc=1), CRC)
        put(name + "-size", stream(tar1, size=1), CRC)
        put(name + "-trailer", good[:-3], CUT)
        put(name + "-zeros", good + bytes(20), HEAD)
        put(name + "-zero", good + bytes(9), CUT)
        put(name + "-tail", good + b"tail of another kind", HEAD)
        put(name + "-member", good + stream(ZERO * 2, crc=1), "ok")
        put(name + "-member-crc", stream(tar1, crc=1) + stream(ZERO * 2), CRC)
        put(name + "-part", stream(tar1 + ZERO[:99]), CUT)
    put(kind + "-junk", stream(tar + ZERO + JUNK), TAR)
    put(kind + "-late", stream(tar + ZERO + CHART + ZERO * 2), TAR)
    put(kind + "-later", stream(tar + ZERO * 2 + CHART + ZERO * 2), "ok")

put("no-padding", stream(CHART[:-500]), "ok")
put("no-padding-crc", stream(CHART[:-500], crc=1), CRC)
put("half", stream(CHART[:-510]), CUT)
put("half-header", stream(CHART[:-600]), CUT)
put("ahead", stream(CHART + LONG[:1024] + ZERO * 2, crc=1), "ok")
put("name-first", stream(CHART + entry("c/../../x", b"") + CHART)[:-9],
    "chart illegally references parent directory")
for off, answer in ((0, "ok"), (1, TAR)):
    h = bytearray(CHART)
    h[148:156] = b" " * 8
    h[265:275] = b"\xe9" * 10
    h[148:156] = b"%06o\0 " % (sum(b - (b & 0x80) * 2 for b in h[:512]) + off)
    put(f"signed-sum-{off}", stream(bytes(h)), answer)
put("slash", stream(CHART + entry("c/templates/d.yaml/", b"b: 1\n") + ZERO * 2), "ok")
put("reserved", b"\x1f\x8b\x08\xe0" + stream(CHART)[4:], "ok")
broken = bytearray(stream(CHART, flush=(len(CHART),)))
broken[-10] = 7
put("block-of-no-kind", bytes(broken), f"flate: corrupt input before offset {len(broken) - 19}")

# Single codes, in which the end of the block has more bits than zeros have. Go wants to see as many each time.
codes = base64.b64decode("""
BcFBSsMAAADBOecVeUHcSOghV//gPZSCBZtKWgv+3pnz28fXdjynv+32DQAAAAAAAAAAAABQdVoWVZWqSlVVy0lVVaW5eV6MAQAAAAAAAAAAAA
AAwO/juR0KAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAsP1cPy/H43rf1/H1Puzb7bKO5+F1OR7X+76O89TUAAAAAAAAAAAAAAAAAAAA
AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
AAAAAAAAAMA/
""")
for cut in range(1, 5):
    put(f"codes-{cut}", GZ + codes[:-cut], CUT)
put("codes-0", GZ + codes, "ok")
END
t 'archives are made' python3 make.py

# answers NAME ANSWER: that of Helm 3, which says why, and that of Helm 4, which does not.
answers() {
	if [ "$2" = ok ]; then
		chart-render r "$1.tgz" && chart-render --compat helm3 r "$1.tgz"
		return
	fi
	echo "Error: $2" >why
	echo 'Error: unable to load chart archive' >no
	chart-render --compat helm3 r "$1.tgz" 2>err && return 1
	same why err || return 1
	chart-render r "$1.tgz" 2>err && return 1
	same no err
}

while read -r name answer; do
	t "$name: $answer" answers "$name" "$answer"
done <want
t 'other tools than the renderer say why' sh -c 'chart-package show chart half.tgz 2>err; cat err; grep -q "unable to load chart archive.*unexpected EOF" err'
t 'a file whose name ends in a slash is one' sh -c 'chart-render r slash.tgz | grep -qx "b: 1"'
done_testing
