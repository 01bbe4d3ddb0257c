#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# --compat helm3: where the answers of Helm 3 differ from Helm 4's. Recorded from Helm 3.22.
. "$(dirname "$0")/../../lib/tap.sh"

mkdir -p c/templates c/charts/sub/templates
cat >c/Chart.yaml <<'END'
apiVersion: v2
name: c
version: 1.0.0
deprecated: true
maintainers: [{name: x, email: a@example.org}]
dependencies:
- {name: sub, version: 1.x, repository: "", condition: enabled}
END
cat >c/values.yaml <<'END'
enabled: 5
a: null
b: {c: null, d: 1}
END
printf 'apiVersion: v2\nname: sub\nversion: 1.0.0\n' >c/charts/sub/Chart.yaml
printf 'x: {{ toJson .Values }}\n' >c/charts/sub/templates/s.yaml
three() { chart-render --compat helm3 c "$@"; }
# one TEMPLATE: the document that it makes.
one() {
	printf '%s\n' "$1" >c/templates/a.yaml
	three -s templates/a.yaml >out 2>err
}
one 'v: {{ toJson .Values }}'
t 'nulls among the defaults stay' has 'v: {"a":null,"b":{"c":null,"d":1},"enabled":5,"sub":{"global":{}}}' out
t 'a condition that is no boolean is told in the words of Helm 3' has "dependencies.go:64: Warning: Condition path 'enabled' for chart sub returned non-bool value" err
t 'and that a chart is deprecated' has 'WARNING: This chart is deprecated' err
t 'nothing of Helm 4 is told' lacks 'level=' err
one 't: {{ typeOf .Chart }}, {{ kindOf .Chart }}, {{ typeOf .Values }}, {{ typeOf .Capabilities.KubeVersion }}'
t '.Chart is a struct' has 't: struct { chart.Metadata; IsRoot bool }, struct, chartutil.Values, chartutil.KubeVersion' out
one 'n: {{ .Chart.Name }} {{ .Chart.Metadata.Name }} {{ .Chart.IsRoot }} {{ (index .Chart.Maintainers 0).Email }}'
t 'whose fields can be read' has 'n: c c true a@example.org' out
one 'x: {{ toYaml .Chart.Dependencies | nindent 2 }}'
t 'and printed as YAML with the names of JSON' has 'condition: enabled' out
one 'x: {{ toYaml .Chart | nindent 2 }}'
t 'all of it too' has '- email: a@example.org' out
one '{{ .Chart.Nope }}'
t 'a field that is not there is an error' has "at <.Chart.Nope>: can't evaluate field Nope in type interface {}" err
one '{{ eq .Chart.Metadata .Chart.Metadata }}'
t 'nor can it be compared' has ': chart.Metadata' err
t '  for it holds lists' has 'error calling eq: non-comparable type {c  [] 1.0.0  []' err
one '{{ get .Chart "Name" }}'
t 'and so is asking a map' has 'at <.Chart>: wrong type for value; expected map[string]interface {}; got struct { chart.Metadata; IsRoot bool }' err
one '{{ mustToYaml 1 }}'
t 'later functions are not there' has 'function "mustToYaml" not defined' err

one '{{ required "need it" .Values.none }}'
t 'errors are told in one line' has 'Error: execution error at (c/templates/a.yaml:1:3): need it' err
rm c/templates/a.yaml
rm -r c/charts
three >out 2>err
t 'missing subcharts are told with backticks' has 'Error: An error occurred while checking for chart dependencies. You may need to run `helm dependency build` to fetch missing dependencies: found in Chart.yaml, but missing in charts/ directory: sub' err

done_testing
