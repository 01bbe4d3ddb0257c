#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The page of a repository as a file; tests/e2e/site.t looks at it in a browser.
. "$(dirname "$0")/../../lib/tap.sh"
. "$TOP/tests/tools/chart-package/charts.sh"
. "$TOP/tests/tools/chart-package/shop-charts.sh"
# LeakSanitizer crashes where a library that was opened late has thread-local data, as libgpgme has.
export LSAN_OPTIONS="${LSAN_OPTIONS:+$LSAN_OPTIONS:}use_tls=0"

t 'a repository' shop_repository repo
t 'its page is written beside the archives' sh -c 'chart-package -q site repo >out && grep -qx repo/index.html out && test -f repo/index.html'
page=repo/index.html
cp $page first.html
t 'again: the same bytes' sh -c 'chart-package -q site repo >/dev/null && cmp first.html repo/index.html'
t 'what was made is said' sh -c '
	chart-package site repo -o json >out && grep -q "\"charts\": 7" out && grep -q "\"versions\": 11" out && grep -q "\"archives\": 11" out'

t 'charts, descriptions and versions are there without scripts' sh -c '
	has() { grep -qF -e "$1" repo/index.html || { echo "no $1"; exit 1; }; }
	has "<a href=\"#c0\">cart</a>"
	has "<span class=\"badge\">app 5.1.4</span>"
	has "<th scope=\"row\">1.4.0</th><td>4.1.0</td><td>2024-03-04</td>"
	has "<span class=\"plus\">+3</span> <span class=\"minus\">&minus;1</span>"
	has "<span class=\"badge bad\">deprecated</span>"
	has "<span class=\"kind security\">security</span> The base image has the January updates"
	has "<a rel=\"noopener noreferrer\" href=\"./cart-2.1.1.tgz\">"
	has "helm install my-cart charts/cart --version 2.1.1"
	has "- name: shop-common"'
t 'the README is HTML with a table' sh -c '
	grep -qF "<h4 id=\"r0-0-sizing\">Sizing</h4>" repo/index.html && grep -qF "<td class=\"ar\">100,000</td><td class=\"ac\">12</td>" repo/index.html'
t 'values have their comments' sh -c '
	grep -qF "<tr class=\"required\"><th scope=\"row\"><code>replicaCount</code></th><td>int</td><td><code>2</code></td><td>How many copies run</td></tr>" repo/index.html &&
	grep -qF "<tr class=\"schema \"><th scope=\"row\"><code>logLevel</code></th><td>string</td><td><code>&quot;info&quot;</code></td><td>How much is logged" repo/index.html &&
	grep -qF "Secret with a key <code>password</code>; none: no password" repo/index.html &&
	grep -qF "<tr class=\"group\"><th colspan=\"4\" scope=\"rowgroup\">Database</th></tr>" repo/index.html'
t 'an icon of the archive is in the page' sh -c 'grep -qF ".i0{background-image:url(data:image/svg+xml;base64," repo/index.html'

# The page's own data, read back.
cat >data.py <<'END'
import json, re, sys
page = open(sys.argv[1], encoding="utf-8").read()
text = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.S).group(1)
assert not set(text) & set("<>&\u2028\u2029"), "unescaped"
data = json.loads(text)
print(eval(sys.argv[2]))
END
data() {
	python3 data.py "$1" "$2"
}
if command -v python3 >/dev/null; then
	t 'its data are JSON, versions newest first' sh -c '
		python3 data.py repo/index.html "[v[\"v\"] for v in data[\"charts\"][0][\"v\"]]" | grep -qF "['"'2.1.1', '2.1.0', '2.0.0', '1.5.0', '1.4.0'"']"'
	t 'a version that differs by one value costs one row' sh -c '
		python3 data.py repo/index.html "json.dumps(data[\"charts\"][0][\"v\"][2][\"+\"])" >out; cat out
		grep -qF "[\"resources.limits.memory\", \"string\", \"\\\"256Mi\\\"\"]" out'
	t 'what is as in the newer version is left out' sh -c '
		python3 data.py repo/index.html "\"s\" in data[\"charts\"][0][\"v\"][1]" | grep -qx False'
else
	skip 'data' 'no python3'
fi

t 'dependencies are a table, or there are none' sh -c '
	grep -qF "<tr><th scope=\"row\">shop-common" repo/index.html && grep -qF "<p class=\"none\">There are none.</p>" repo/index.html'
t 'options name title, place, registry and repository' sh -c '
	chart-package -q site repo -d elsewhere --title "A <b> & c" --url https://x.example.org/a/ --oci oci://r.example.org/b --repo-name mine >/dev/null &&
	grep -qF "<title>A &lt;b&gt; &amp; c</title>" elsewhere/index.html &&
	grep -qF "helm repo add mine https://x.example.org/a/" elsewhere/index.html &&
	grep -qF "helm install my-cart oci://r.example.org/b/cart --version 2.1.1" elsewhere/index.html &&
	grep -qF "href=\"https://x.example.org/a/cart-2.1.1.tgz\"" elsewhere/index.html'
t 'away from the archives and without URL there are no links to them' sh -c '
	chart-package -q site repo -d elsewhere >/dev/null && ! grep -q "href=\"[^\"]*\.tgz" elsewhere/index.html'
t 'more READMEs can be had, equal ones are there once' sh -c '
	chart-package -q site repo -d elsewhere --readmes 3 >/dev/null && [ "$(grep -c "data-readme=" elsewhere/index.html)" = 2 ] &&
	python3 data.py elsewhere/index.html "[v.get(\"r\") for v in data[\"charts\"][0][\"v\"]]" | grep -qF "[0, 0, 0, 0, 0]"'
t 'or none' sh -c 'chart-package -q site repo -d elsewhere --readmes 0 >/dev/null && ! grep -q "data-readme=" elsewhere/index.html'

# policy FILE: every style and script of the page is named in its policy by digest, and nothing else may come.
policy() {
	python3 - "$1" <<'END'
import base64, hashlib, re, sys
from html.parser import HTMLParser
page = open(sys.argv[1], "rb").read()
policy = re.search(rb'Content-Security-Policy" content="([^"]*)"', page).group(1).decode()
rules = dict(r.strip().split(" ", 1) for r in policy.split(";"))
name = lambda kind: "'sha256-" + base64.b64encode(hashlib.sha256(re.search(rb"<%s>(.*?)</%s>" % (kind, kind), page, re.S).group(1)).digest()).decode() + "'"
assert rules["default-src"] == "'none'" and rules["base-uri"] == "'none'" and rules["form-action"] == "'none'", rules
assert rules["script-src"] == name(b"script"), "script"
assert rules["style-src"] == name(b"style"), "style"
assert rules["img-src"] == "data:", rules

class Tags(HTMLParser):
    def handle_starttag(self, tag, attributes):
        assert tag not in ("img", "iframe", "object", "embed", "form", "base", "video", "audio", "source"), tag
        for key, value in attributes:
            value = value or ""
            assert not key.startswith("on") and key not in ("style", "src", "srcset", "formaction"), (tag, key, value)
            if key == "href":
                assert re.match(r"#|https?://|\./|mailto:", value) or (tag == "link" and value.startswith("data:image/svg")), value

Tags().feed(page.decode())
END
}
t 'the policy lets in the style and the script of the page, and nothing else' policy repo/index.html

# Texts that try to be markup, in every field that has room for them.
chart evil 1.0.0
cat >evil/Chart.yaml <<'END'
apiVersion: v2
name: evil
version: 1.0.0
appVersion: '"><script>pwned()</script>'
description: "</script><script>pwned()</script><!-- \u2028 ' \" &amp;"
home: javascript:pwned()
icon: http://evil.example.org/icon.png
sources: ["javascript:pwned()", "https://x.example.org/\"onmouseover=\"pwned()"]
keywords: ['"><img src=x onerror=pwned()>']
maintainers: [{name: '<script>pwned()</script>', url: 'javascript:pwned()'}]
kubeVersion: '>= 1.0.0'
annotations:
  artifacthub.io/license: '<script>'
  artifacthub.io/changes: |
    - kind: '" onclick="pwned()'
      description: </script><script>pwned()</script>
    - <img src=x onerror=pwned()>
END
cat >evil/values.yaml <<'END'
# -- </code></td></table></script><script>pwned()</script>
a: "</script><script>pwned()</script>"
"<script>pwned()</script>": '<!--'
END
printf '# </script><script>pwned()</script>\n\n<img src=http://evil.example.org/x onerror=pwned()>\n' >evil/README.md
t 'a chart full of markup' sh -c 'chart-package -q -d bad evil && chart-package -q -d bad --version 1.1.0 evil && chart-package -q index bad && chart-package -q site bad'
t 'none of it is markup in the page' sh -c '
	! grep -nE "<script>pwned|</script>[^<]*pwned|<img|onerror=pwned\(\)>|href=\"javascript" bad/index.html && [ "$(grep -c "</script>" bad/index.html)" = 2 ]'
t 'nor in its data' sh -c 'python3 data.py bad/index.html "len(data[\"charts\"][0][\"v\"])" | grep -qx 2'
t 'its policy stands' policy bad/index.html
t 'a picture elsewhere is not asked for' lacks 'icon.png' bad/index.html

# Icons: only what is a picture, and small.
t 'an icon that is no picture is left out' sh -c '
	printf "name: pic\nversion: 1.0.0\napiVersion: v2\nicon: README.md\n" >evil/Chart.yaml && chart-package -q -d pic evil && chart-package -q index pic &&
	chart-package -q site pic && ! grep -q "^\.i0{" pic/index.html'
t 'one that stands in Chart.yaml is shown' sh -c '
	printf "name: pic\nversion: 1.1.0\napiVersion: v2\nicon: data:image/png;base64,iVBORw0KGgo=\n" >evil/Chart.yaml && chart-package -q -d pic evil && chart-package -q index pic &&
	chart-package -q site pic && grep -qF ".i0{background-image:url(data:image/png;base64,iVBORw0KGgo=)}" pic/index.html'
t 'whatever else it says' sh -c '
	printf "name: pic\nversion: 1.2.0\napiVersion: v2\nicon: \"data:image/png;base64,AA==)}*{background:url(http://evil.example.org/)\"\n" >evil/Chart.yaml && chart-package -q -d pic evil &&
	chart-package -q index pic && chart-package -q site pic && ! grep -q evil.example.org pic/index.html'

# Without an archive, and with a wrong one.
cp -R repo part
rm part/cart-2.0.0.tgz
t 'a version whose archive is elsewhere is listed all the same' sh -c '
	chart-package site part 2>err >/dev/null && grep -q " 10 archives read" err && grep -qF "<th scope=\"row\">2.0.0</th>" part/index.html'
cp part/cart-2.1.0.tgz part/cart-2.1.1.tgz
t 'an archive that the index does not mean is refused' status 2 sh -c 'chart-package site part 2>err'
t 'and named' has 'part/cart-2.1.1.tgz: not the archive that index.yaml lists as cart 2.1.1' err
head -c 300 repo/cart-2.1.1.tgz >part/cart-2.1.1.tgz
t 'a broken one too' status 2 sh -c 'chart-package site part 2>err'
mkdir empty
t 'a folder without index is refused' status 2 sh -c 'chart-package site empty 2>err'
t 'with what to do' has 'chart-package index empty makes one' err
t 'an empty index makes a page' sh -c '
	chart-package -q index empty && chart-package site empty 2>err >/dev/null && grep -q "0 charts" err && grep -qF "0 charts in 0 versions" empty/index.html'
echo mine >part/index.html
rm part/cart-2.1.1.tgz
t 'a page of somebody else is kept' status 1 sh -c 'chart-package site part 2>err; s=$?; grep -qx mine part/index.html && exit $s'
t 'unless --force is given' sh -c 'chart-package -q --force site part >/dev/null && ! grep -qx mine part/index.html'

if command -v gpg >/dev/null; then
	mkdir -m 700 keys
	at_exit "gpgconf --homedir '$WORK/keys' --kill all 2>/dev/null"
	for who in Shop Other; do
		gpg --homedir keys --batch --quiet --pinentry-mode loopback --passphrase '' --quick-generate-key "$who <a@example.org>" ed25519 sign never 2>/dev/null
		gpg --homedir keys --export "$who" >$who.gpg 2>/dev/null
	done
	mkdir signed
	for v in 1.4.0 1.5.0 2.0.0; do cp "repo/cart-$v.tgz" signed/; done
	chart-package -q sign --key 'Shop <' --keyring keys signed/cart-1.4.0.tgz signed/cart-2.0.0.tgz >/dev/null
	# A provenance of other bytes.
	cp signed/cart-1.4.0.tgz.prov signed/cart-1.5.0.tgz.prov
	chart-package -q index signed
	t 'without keyring nothing is said to be verified' sh -c '
		chart-package -q site signed >/dev/null && grep -qF "which was not checked" signed/index.html && ! grep -q ">verified<" signed/index.html'
	t 'with it good signatures are named, others refused' sh -c '
		chart-package -q site signed --keyring Shop.gpg -o json >out && grep -q "\"verified\": 2" out &&
		grep -qF "by Shop &lt;a@example.org&gt;" signed/index.html && [ "$(grep -c ">refused<" signed/index.html)" = 1 ]'
	t 'its data tell who signed, with which key and when' sh -c '
		python3 data.py signed/index.html "[v.get(\"f\") for v in data[\"charts\"][0][\"v\"]]" >out; cat out
		grep -qE "^..2, .Shop <a@example.org>., .[0-9A-Fa-f]{40}., .[0-9]{4}-[0-9]{2}-[0-9]{2}" out'
	t 'a key that is not in it verifies nothing' sh -c '
		chart-package -q site signed --keyring Other.gpg -o json >out && grep -q "\"verified\": 0" out'
	t 'a keyring that is none is an error' status 2 sh -c 'chart-package -q site signed --keyring data.py 2>err'
else
	skip 'signatures' 'no gpg'
fi
t 'wrong usage is told' status 2 sh -c 'chart-package site a b 2>err && exit 1; chart-package site --readmes -1 repo'
done_testing
