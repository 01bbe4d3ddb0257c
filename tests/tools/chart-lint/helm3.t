#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# --format helm --compat helm3: where helm lint of version 3 differs from version 4's. Recorded from Helm 3.22.
. "$(dirname "$0")/../../lib/tap.sh"

mkdir -p c/templates c/crds
printf 'apiVersion: v2\nname: c\nversion: v1.0.0\nicon: https://example.org/i.png\nunknown: 1\n' >c/Chart.yaml
: >c/values.yaml
echo 'a: {{ .Values.x' >c/crds/x.yaml
three() { chart-lint --format helm --compat helm3 "$@" >out 2>&1; }

t 'strictness about Chart.yaml and CRDs came later' status 0 three c
t 'nothing is found' has '1 chart(s) linted, 0 chart(s) failed' out
t 'Helm 4 does find something' status 1 chart-lint --format helm c
cat >c/templates/a.yaml <<'END'
# {{ .Release.Time }}
metadata:
  name: a
  annotations: {"helm.sh/hook": crd-install}
END
t 'templates of Helm 2 are told' status 1 three c
t 'hooks for CRDs' has '[WARNING] templates/a.yaml: manifest is a crd-install hook.' out
t 'and times of releases' has '[ERROR] templates/a.yaml: .Release.Time has been removed in v3' out
printf 'a: b\n  c: [\n' >c/templates/a.yaml
mv c/templates/a.yaml c/templates/a.yml
t 'what ends in .yml is not looked at' status 0 three c
rm -r c/templates
t 'templates may be missing without a word' sh -c 'chart-lint --format helm --compat helm3 c | grep -q templates; [ $? = 1 ]'
: >c/templates
three c
t 'a file in their place is a warning' has '[WARNING] templates/: not a directory' out
rm c/templates
mkdir c/templates
echo '{"required": ["z"]}' >c/values.schema.json
t 'values.yaml is held against its schema whatever is said' status 1 three c --skip-schema-validation
echo '{}' >c/values.schema.json
echo '{{ required "need it" .Values.none }}' >c/templates/a.yaml
three c
t 'what is missing is logged as Helm 3 does' has 'engine.go:206: [INFO] Missing required value: need it' out
printf '{{ fail "no\\n" }}\n' >c/templates/a.yaml
chart-lint --format helm --compat helm3 c >/dev/null 2>err
t 'a line end in a message ends its line' sh -c 'grep -A1 "Fail: no$" err | tail -n 1 | grep -q .'

done_testing
