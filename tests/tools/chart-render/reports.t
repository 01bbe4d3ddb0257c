#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What a chart reads, which branches it takes, where its time goes.
. "$(dirname "$0")/../../lib/tap.sh"

mkdir -p shop/templates shop/charts/db/templates
cat >shop/Chart.yaml <<'END'
apiVersion: v2
name: shop
version: 1.0.0
dependencies:
- {name: db, version: 1.x, repository: "", condition: db.enabled, tags: [back], import-values: [out]}
END
cat >shop/values.yaml <<'END'
image: {repo: x, tag: "1"}
unused: 1
labels: {a: b, c: d}
hosts: [{name: h, path: /}]
args: [a, b]
deep: {inner: {one: 1}, two: 2}
extra: {}
text: "{{ .Values.image.tag }}"
quo.ted: 1
keys: {a: 1, b: 2, c: 3, d: 4, e: 5}
low: {k: 1, m: 2}
high: {k: 3}
db: {enabled: true, size: 2, other: 1}
tags: {back: true}
global: {region: north, zone: x}
END
cat >shop/templates/_helpers.tpl <<'END'
{{- define "shop.name" -}}{{ if .Values.nameOverride }}{{ .Values.nameOverride }}{{ else }}{{ .Release.Name }}{{ end }}{{- end }}
{{- define "shop.never" }}x{{ end }}
END
cat >shop/templates/a.yaml <<'END'
kind: A
image: {{ .Values.image.repo }}:{{ tpl .Values.text . }}
labels: {{- toYaml .Values.labels | nindent 2 }}
{{- range .Values.hosts }}
h: {{ .name }}
{{- end }}
{{- if .Values.missing }}
x: 1
{{- else }}
args: {{ .Values.args }}
{{- end }}
{{- $d := deepCopy .Values.deep }}
y: {{ $d.inner.one }}
{{- with .Values.extra }}
z: {{ toYaml . }}
{{- end }}
name: {{ include "shop.name" . }}
k: {{ index .Values.keys "a" }}{{ get .Values.keys "b" }}{{ dig "c" 0 .Values.keys }}{{ pick .Values.keys "d" }}
{{- $m := merge (dict) .Values.high .Values.low }}
m: {{ $m.k }}
END
printf 'apiVersion: v2\nname: db\nversion: 1.0.0\n' >shop/charts/db/Chart.yaml
printf 'exports: {out: {port: 5}}\n' >shop/charts/db/values.yaml
printf 'kind: Db\nsize: {{ .Values.size }}\nregion: {{ .Values.global.region }}\n' >shop/charts/db/templates/d.yaml
echo 'missing: true' >other.yaml

# value PATH: its line of the report.
value() {
	grep -F "{\"type\":\"value\",\"path\":\"$1\"," used
}
# read PATH PLACE / never PATH
is_read() {
	value "$1" | grep -F '"read":true' | grep -qF "$2" || { value "$1"; return 1; }
}
never() {
	value "$1" | grep -qF '"defined":true,"read":false,"by":[]' || { value "$1"; return 1; }
}

chart-render shop --values-used >used
t 'every line is JSON' python3 -c 'import json, sys; [json.loads(l) for l in open("used")]'
t 'a value and who reads it' is_read image.repo '{"template":"shop/templates/a.yaml","line":2,"column":18}'
t 'what tpl reads is told of its caller' is_read image.tag '{"template":"shop/templates/a.yaml","line":2,'
t 'a value that nothing reads' never unused
t 'toYaml reads all of a table' is_read labels.c '"line":3,"column":27,"whole":true'
t 'items of a list' is_read 'hosts[0].name' '"line":5'
t 'and what is not read of them' never 'hosts[0].path'
t 'a list of scalars is one value' is_read args '"line":10'
t 'a copy stands for what it was made of' is_read deep.inner.one '"line":13'
t 'copying is not reading' never deep.two
t 'an empty table is a value' is_read extra '"line":14'
t 'a value that is not there' is_read missing '"line":7'
t 'is told to be undefined' sh -c 'grep -F "\"path\":\"missing\",\"defined\":false" used'
t 'index, get, dig and pick' sh -c 'for k in a b c d; do grep -F "\"path\":\"keys.$k\",\"defined\":true,\"read\":true" used || exit 1; done'
t 'and no more' never keys.e
t 'a merged table stands for both' is_read low.k '"line":20'
t 'both' is_read high.k '"line":20'
t 'what is merged and not read' never low.m
t 'a subchart' is_read db.size '"template":"shop/charts/db/templates/d.yaml","line":2'
t 'what it does not read' never db.other
t 'globals have one path' is_read global.region 'shop/charts/db/templates/d.yaml'
t 'and may be unread' never global.zone
t 'conditions read' is_read db.enabled '{"template":"shop/Chart.yaml","as":"condition"}'
t 'tags read' is_read tags.back '"as":"tag"'
t 'imports read' is_read db.exports.out.port '"as":"import","whole":true'
t 'a key with a dot' never 'quo\\.ted'
t 'nothing else is printed' sh -c '! grep -v "^{\"type\":\"value\"" used'

chart-render shop --coverage >cover 2>err
t 'branches are counted' has 'chart-render: 4 of 8 branches taken' err
t 'a body that was never taken' has '{"type":"branch","template":"shop/templates/a.yaml","line":7,"column":8,"node":"if .Values.missing","branch":"body"}' cover
t 'an else that is not there' has '"node":"range .Values.hosts","branch":"else","implicit":true}' cover
t 'the definition around' has '"in":"shop.name","node":"if .Values.nameOverride","branch":"body"}' cover
t 'a template that never ran' has '{"type":"template","template":"shop/templates/_helpers.tpl","name":"shop.never","executed":false}' cover
chart-render shop --coverage --matrix '*.yaml' >cover 2>err
t 'several value sets count together' lacks 'if .Values.missing","branch":"body"' cover
chart-render shop --coverage -f other.yaml >cover 2>err
t 'an else that was not taken' has '"node":"if .Values.missing","branch":"else"}' cover
chart-render shop --coverage --values-used >both 2>err
t 'both reports in one run' sh -c 'grep -q "^{\"type\":\"value\"" both && grep -q "^{\"type\":\"branch\"" both'

chart-render shop --profile >table
t 'a table' sh -c 'head -1 table | grep -q "own ms.*total ms.*calls.*bytes.*template"'
t 'has files' has 'shop/templates/a.yaml' table
t 'and includes' has 'include shop.name' table
t 'with what they print' sh -c 'grep -qE " 1 +12  include shop.name$" table'
chart-render shop --profile=folded >folded
t 'folded stacks' sh -c 'grep -qE "^shop/templates/a.yaml;include shop.name [0-9]+$" folded'
chart-render shop --profile=svg >flame.svg
t 'a flame graph is XML' python3 -c 'import xml.dom.minidom; xml.dom.minidom.parse("flame.svg")'
t 'with a box per call' sh -c 'test "$(grep -c "<rect.*fill=.hsl" flame.svg)" -ge 2'
t 'an unknown form' status 1 chart-render shop --profile=x
t 'profile goes alone' status 1 chart-render shop --profile --coverage

echo '{{ fail "no" }}' >shop/templates/z.yaml
t 'a failing chart fails' status 1 sh -c 'chart-render shop --values-used >used 2>err'
t 'its error is told' has 'execution error at (shop/templates/z.yaml:1:3): no' err
t 'and what was read until then' sh -c 'test -s used'
done_testing
