#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Large files that are only read when something asks for them (libcommon/chart/later.h) are as good as read.
. "$(dirname "$0")/../../lib/tap.sh"

mkdir -p c/crds c/charts/sub/templates c/charts/sub/crds c/templates
printf 'apiVersion: v2\nname: c\nversion: 0.1.0\n' >c/Chart.yaml
printf 'apiVersion: v2\nname: sub\nversion: 0.1.0\n' >c/charts/sub/Chart.yaml
{
	echo 'first: line'
	awk 'BEGIN { for (i = 0; i < 6000; i++) print "# line " i " of a file that is large" }'
	echo 'last: line'
} >c/crds/big.yaml
cp c/crds/big.yaml c/charts/sub/crds/sub.yaml
{ printf '\357\273\277'; cat c/crds/big.yaml; } >c/marked.txt
sum=$(sha256sum <c/crds/big.yaml | cut -d' ' -f1)
cat >c/charts/sub/templates/t.yaml <<'E2'
get: {{ .Files.Get "crds/sub.yaml" | sha256sum }}
E2

# uses TITLE TEMPLATE WANT: what the template prints, from the folder and from an archive.
uses() {
	printf '%s' "$2" >c/templates/t.yaml
	tar czf c.tgz c
	for from in c c.tgz; do
		chart-render rel "$from" -s templates/t.yaml >got 2>&1
		printf -- '---\n# Source: c/templates/t.yaml\n%s\n\n' "$3" >want
		t "$1 ($from)" same want got
	done
}
uses 'Get' 'x: {{ .Files.Get "crds/big.yaml" | sha256sum }}' "x: $sum"
uses 'GetBytes' 'x: {{ .Files.GetBytes "crds/big.yaml" | toString | sha256sum }}' "x: $sum"
uses 'without a byte order mark' 'x: {{ .Files.Get "marked.txt" | sha256sum }}' "x: $sum"
uses 'Glob and range' '{{ range $k, $v := .Files.Glob "crds/*" }}{{ $k }}: {{ toString $v | sha256sum }}{{ end }}' \
	"crds/big.yaml: $sum"
uses 'Lines' 'x: {{ .Files.Lines "crds/big.yaml" | last | quote }}' 'x: "last: line"'
uses 'AsConfig' 'x: {{ (.Files.Glob "crds/*").AsConfig | contains "# line 5999 of" }}' "x: true"
uses 'index' 'x: {{ index .Files "crds/big.yaml" | toString | sha256sum }}' "x: $sum"
uses 'range over all' '{{ range $k, $v := . }}{{ if eq $k "Files" }}x: {{ index $v "crds/big.yaml" | toString | sha256sum }}{{ end }}{{ end }}' \
	"x: $sum"
uses 'deepCopy' 'x: {{ index (deepCopy .).Files "crds/big.yaml" | toString | sha256sum }}' "x: $sum"
uses 'toJson' 'x: {{ index (.Files | toJson | fromJson) "crds/big.yaml" | b64dec | sha256sum }}' "x: $sum"
uses 'toYaml' 'x: {{ index (.Files | toYaml | fromYaml) "crds/big.yaml" | b64dec | sha256sum }}' "x: $sum"
uses 'pick' 'x: {{ (pick . "Files").Files.Get "crds/big.yaml" | sha256sum }}' "x: $sum"
uses 'a subchart' 'x: {{ .Subcharts.sub.Files.Get "crds/sub.yaml" | sha256sum }}' "x: $sum"

echo 'a: b' >c/templates/t.yaml
tar czf c.tgz c
for from in c c.tgz; do
	chart-render rel "$from" --include-crds >got
	t "--include-crds ($from)" [ "$(grep -c '^last: line$' got)" = 2 ]
	t "--include-crds: the first line ($from)" [ "$(grep -c '^first: line$' got)" = 2 ]
	chart-render rel "$from" -s charts/sub/templates/t.yaml >got
	t "a subchart's own ($from)" has "get: $sum" got
done

# lint reads them for its rules on CRDs.
chart-lint --format helm c >got
t 'lint sees a CRD' has "object kind is not 'CustomResourceDefinition'" got

# What may not be read is told at once.
if [ "$(id -u)" != 0 ]; then
	chmod 0 c/crds/big.yaml
	t 'an unreadable file' status 1 sh -c 'chart-render rel c 2>err'
	t 'an unreadable file: message' has 'error reading crds/big.yaml' err
else
	skip 'an unreadable file' 'root reads everything'
fi
done_testing
