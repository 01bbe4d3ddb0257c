#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What chart-render prints: order, hooks, CRDs, selection, files, names.
. "$(dirname "$0")/../../lib/tap.sh"

mkdir -p shop/templates shop/crds shop/conf
cat >shop/Chart.yaml <<'END'
apiVersion: v2
name: shop
version: 1.2.0
appVersion: 2.10
END
cat >shop/values.yaml <<'END'
port: 80
list: [a, b]
nested: {keep: 1, drop: 2}
END
printf 'hello\n' >shop/conf/greeting.txt
cat >shop/templates/_helpers.tpl <<'END'
{{- define "shop.name" -}}{{ .Release.Name }}-shop{{- end }}
END
cat >shop/templates/a.yaml <<'END'
kind: ConfigMap
metadata:
  name: {{ include "shop.name" . }}
data:
  app: {{ .Chart.AppVersion | quote }}
  port: "{{ .Values.port }}"
  nested: {{ toJson .Values.nested }}
  greeting: {{ .Files.Get "conf/greeting.txt" | trim }}
  kube: {{ .Capabilities.KubeVersion }} {{ .Capabilities.APIVersions.Has "example.org/v1" }}
  gone: "{{ .Values.missing }}"
---
kind: Secret
metadata: {name: s}

END
cat >shop/templates/b.yaml <<'END'
{{ range .Values.list }}
---
kind: Namespace
metadata: {name: {{ . }}}
{{- end }}
END
cat >shop/templates/test.yaml <<'END'
kind: Pod
metadata:
  name: t
  annotations: {helm.sh/hook: test}
END
printf 'Thank you for {{ .Chart.Name }}\n' >shop/templates/NOTES.txt
printf 'kind: CRD\n' >shop/crds/c.yaml

cat >want <<'END'
---
# Source: shop/templates/b.yaml
kind: Namespace
metadata: {name: a}
---
# Source: shop/templates/b.yaml
kind: Namespace
metadata: {name: b}
---
# Source: shop/templates/a.yaml
kind: Secret
metadata: {name: s}
---
# Source: shop/templates/a.yaml
kind: ConfigMap
metadata:
  name: rel-shop
data:
  app: "2.1"
  port: "80"
  nested: {"drop":2,"keep":1}
  greeting: hello
  kube: v1.37.0 false
  gone: ""
---
# Source: shop/templates/test.yaml
kind: Pod
metadata:
  name: t
  annotations: {helm.sh/hook: test}

END
# A document keeps the line ends behind it; only the last manifest is trimmed.
sed -i 's/^metadata: {name: a}$/&\n/; s/^metadata: {name: b}$/&\n/; s/^metadata: {name: s}$/&\n\n/' want

t 'renders' sh -c 'chart-render rel shop >out'
t 'the output is in the order of installing' same want out
chart-render rel ./shop/ >again
t 'a slash behind the folder changes nothing' same out again

t 'CRDs come first when asked for' sh -c 'chart-render rel shop --include-crds | head -n 3 | tail -n 1 | grep -x "kind: CRD"'
chart-render rel shop --skip-tests >notest
t 'tests can be left out' lacks 'kind: Pod' notest
chart-render rel shop --no-hooks >nohooks
t 'hooks can be left out' same notest nohooks


# A hook, a test and neither: what is printed, and what is written.
mkdir -p hooked/templates
printf 'apiVersion: v2\nname: hooked\nversion: 1.0.0\n' >hooked/Chart.yaml
echo 'kind: Plain' >hooked/templates/plain.yaml
for kind in pre-install test; do
	printf 'kind: X\nmetadata: {name: x, annotations: {helm.sh/hook: %s}}\n' $kind >hooked/templates/$kind.yaml
done
# comes TEMPLATES OPTION...: those and no others.
comes() {
	comes_want=$1
	shift
	rm -rf hooked.d
	printed=$(chart-render rel hooked "$@" | sed -n 's|^# Source: hooked/templates/\(.*\).yaml|\1|p' | sort | tr '\n' ' ')
	chart-render rel hooked "$@" --output-dir hooked.d >log || return 1
	written=$(find hooked.d -name '*.yaml' -exec basename {} .yaml ';' | sort | tr '\n' ' ')
	[ "$printed" = "$comes_want " ] && [ "$written" = "$comes_want " ] || { echo "printed $printed, written $written"; return 1; }
}
t 'all of it' comes 'plain pre-install test'
t '--skip-tests' comes 'plain pre-install' --skip-tests
t '--no-hooks' comes 'plain' --no-hooks

chart-render -s templates/test.yaml rel shop >only
printf -- '---\n# Source: shop/templates/test.yaml\n' >want-only
cat shop/templates/test.yaml >>want-only
printf '\n\n' >>want-only
t 'one template can be shown' same want-only only
t 'a template that is not there is an error' status 1 chart-render rel shop -s templates/none.yaml
chart-render rel shop -s templates/test.yaml -s templates/none.yaml >none 2>err
t 'none is shown then' test ! -s none
t 'the error names it' has 'Error: could not find template templates/none.yaml in chart' err

chart-render rel shop --set port=81,nested.drop=null --set-json 'list=["x"]' >"set"
t 'values can be set' has 'port: "81"' set
t 'null deletes a default' has 'nested: {"keep":1}' set
t 'JSON values are taken' has 'name: x' set
printf 'port: 82\n' | chart-render rel shop -f - >stdin
t 'values come from standard input' has 'port: "82"' stdin

chart-render rel shop --kube-version 1.28 -a example.org/v1,example.org/v2 >kube
t 'the cluster can be chosen' has 'kube: v1.28 true' kube
t 'the name is release-name by default' sh -c 'chart-render shop | grep -q release-name-shop'
t 'the name can be a template' sh -c 'chart-render --name-template "x-{{ upper \"y\" | lower }}" shop | grep -q x-y-shop'

t 'files are written below a folder' sh -c 'chart-render rel shop --output-dir out.d >log'
t 'a file holds all documents of its template' sh -c '[ "$(grep -c "# Source: shop/templates/b.yaml" out.d/shop/templates/b.yaml)" = 2 ]'
t 'each document is told' has 'wrote out.d/shop/templates/test.yaml' log
t 'and nothing is left to be shown, as in Helm' status 1 sh -c 'chart-render rel shop --output-dir out.f -s templates/a.yaml >log 2>err'
t '  which is told when all is written' sh -c 'grep -qx "Error: could not find template templates/a.yaml in chart" err && grep -qx "wrote out.f/shop/templates/a.yaml" log && ! grep -qx "" log'
t 'the release can have a folder of its own' sh -c 'chart-render rel shop --output-dir out.e --release-name >/dev/null && [ -f out.e/rel/shop/templates/a.yaml ]'

t 'manifests go through a program' sh -c 'chart-render rel shop --post-renderer sed --post-renderer-args s/kind:\ Secret/kind:\ Service/ >post'
t 'what it changes is sorted anew' sh -c '[ "$(grep -n "kind: Service" post | cut -d: -f1)" -gt "$(grep -n "kind: ConfigMap" post | cut -d: -f1)" ]'
t 'a program that fails is an error' status 1 chart-render rel shop --post-renderer false

tar -czf shop.tgz shop
chart-render rel shop.tgz >packed
t 'an archive gives the same' same out packed
chart-render rel - <shop.tgz >piped
t 'an archive on standard input gives the same' same out piped

# go-yaml v3 writes the fields of a struct in their order, in lower case, at every depth.
mkdir -p structs/templates
printf 'apiVersion: v2\nname: structs\nversion: 1.0.0\n' >structs/Chart.yaml
printf '%s\n' '{{ toYamlPretty (dict "z" .Capabilities.KubeVersion "a" (list .Capabilities.HelmVersion)) }}' \
	'{{ toYamlPretty .Capabilities | splitList "apiversions" | first }}' >structs/templates/t.yaml
cat >want <<'END'
---
# Source: structs/templates/t.yaml
a:
  - version: v4.3
    gitcommit: ""
    gittreestate: ""
    goversion: go1.26.8
    kubeclientversion: v1.37
z:
  version: v1.28
  major: "1"
  minor: "28"
kubeversion:
  version: v1.28
  major: "1"
  minor: "28"
END
chart-render structs --kube-version 1.28 >out
t 'structs in toYamlPretty' same want out

done_testing
