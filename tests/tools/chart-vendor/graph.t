#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Who vendors what, drawn.
. "$(dirname "$0")/../../lib/tap.sh"
# shellcheck source=tests/tools/chart-vendor/upstream.sh
. "$TOP/tests/tools/chart-vendor/upstream.sh"

publish 1.0.0
publish 1.1.0
publish 2.0.0
mkdir infra
cd infra || exit 1
export SOURCE_DATE_EPOCH=1790000000
{
	chart-vendor add ../www/web 'charts/a<b>&"c"' --version 1.0.0
	chart-vendor add ../www/web charts/with-a-name-that-is-much-longer-than-the-box-that-it-has-to-stand-in/web --version 2.0.0
	chart-vendor add ../src/web local/web
} >/dev/null
sed -i 's/version: "1.0.0"/version: ^1/' chart-vendor.yaml
echo 'x: 1' >>'charts/a<b>&"c"/values.yaml'

chart-vendor graph >g.svg
t 'SVG is well-formed' python3 -c 'import xml.dom.minidom; xml.dom.minidom.parse("g.svg")'
t 'a name is shown as it is' has 'charts/a&lt;b&gt;&amp;&quot;c&quot;' g.svg
t 'with its version and age' has '1.0.0, 8 months old' g.svg
t 'and its edits' has '1 file edited (+1 -0)' g.svg
t 'and what is new' has '1.1.0 may come in; 2.0.0 may not' g.svg
t 'a long name is cut' has '</title>…' g.svg
t 'and whole in a tooltip' has '<title>charts/with-a-name-that-is-much-longer-than-the-box-that-it-has-to-stand-in/web</title>' g.svg
t 'dark surroundings are thought of' has 'prefers-color-scheme:dark' g.svg
t 'nothing is loaded from elsewhere' lacks 'href' g.svg
# No box may lie over another, and all of them inside.
cat >../boxes.py <<'END2'
import sys, xml.dom.minidom
svg = xml.dom.minidom.parse("g.svg").documentElement
w, h = int(svg.getAttribute("width")), int(svg.getAttribute("height"))
boxes = [[int(r.getAttribute(k)) for k in ("x", "y", "width", "height")]
         for r in svg.getElementsByTagName("rect") if r.getAttribute("class") == "b"]
for i, (x, y, bw, bh) in enumerate(boxes):
    assert 0 <= x and x + bw <= w and 0 <= y and y + bh <= h
    for X, Y, W, H in boxes[:i]:
        assert x + bw <= X or X + W <= x or y + bh <= Y or Y + H <= y
assert len(boxes) == 7, len(boxes)
END2
t 'boxes are apart' python3 ../boxes.py
chart-vendor graph >again.svg
t 'the same is drawn again' same g.svg again.svg
chart-vendor graph -o json >g.json
t 'JSON' python3 -c 'import json; g = json.load(open("g.json")); assert [c["state"] for s in g["sources"] for k in s["charts"] for c in k["copies"]] == ["behind", "current", "current"], g'
chart-vendor graph -o dot >g.dot
t 'DOT has the copies' has '"copy charts/a<b>&\"c\""' g.dot
t 'and ends' sh -c 'tail -n 1 g.dot | grep -qx "}"'
mv ../www ../gone
chart-vendor graph >g.svg
t 'an upstream that is gone is shown' has 'class="bad"' g.svg
chart-vendor graph --offline >g.svg
t 'and not missed offline' has 'upstream was not asked' g.svg
chart-vendor graph local/web -o dot >g.dot
t 'some charts only' lacks 'charts/a' g.dot
done_testing
