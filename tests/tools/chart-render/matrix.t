#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Many renders of one chart in one run.
. "$(dirname "$0")/../../lib/tap.sh"

mkdir -p shop/templates envs
printf 'apiVersion: v2\nname: shop\nversion: 1.0.0\n' >shop/Chart.yaml
printf 'size: 1\nlist: {x: 1}\n' >shop/values.yaml
cat >shop/templates/a.yaml <<'END'
kind: A
size: {{ .Values.size }}
color: {{ .Values.color }}
release: {{ .Release.Name }}/{{ .Release.Namespace }}
kube: {{ .Capabilities.KubeVersion }}
api: {{ .Capabilities.APIVersions.Has "a/v1" }}
keys: {{ len .Values.list }}
{{- $_ := set .Values.list "more" 1 }}
tpl: {{ tpl "{{ .Values.size }}" . }}
END
printf 'size: 2\n' >envs/dev.yaml
printf 'size: 3\ncolor: red\n' >envs/prod.yaml
cat >envs/matrix <<'END'
environments:
- {name: dev, values: dev.yaml}
- name: prod
  values: [prod.yaml]
  set: [color=blue]
  namespace: live
  release: big
kubernetes: ["1.29", v1.31.2]
api-versions: [[], [a/v1]]
END

chart-render shop --matrix envs/matrix >out
t 'every combination' sh -c 'test "$(grep -c "^# Matrix: " out)" = 8'
t 'says what it is' has '# Matrix: prod kubernetes=1.29 api-versions=a/v1' out
# cell NAME: the output of one.
cell() {
	awk -v name="# Matrix: $1" '/^# Matrix: / { on = $0 == name } on && !/^# Matrix: /' out
}
cell 'prod kubernetes=1.29 api-versions=a/v1' >got
chart-render big shop -n live -f envs/prod.yaml --set color=blue --kube-version 1.29 -a a/v1 >want
t 'a cell is what a run of its own prints' same want got
cell 'dev kubernetes=v1.31.2 api-versions=' >got
chart-render shop -f envs/dev.yaml --kube-version 1.31.2 >want
t 'another one' same want got
t 'no render sees what another changed' sh -c '! grep -E "^keys: [^1]" out'

chart-render shop --matrix envs/matrix -j 1 >one
chart-render shop --matrix envs/matrix -j 5 >five
t 'on several cores the output is the same' same one five
mkdir -p fails && cp -r shop fails/shop
echo '{{ if eq .Values.size 2.0 }}{{ fail "no" }}{{ end }}' >fails/shop/templates/b.yaml
chart-render fails/shop --matrix envs/matrix -j 1 >one 2>one.err
chart-render fails/shop --matrix envs/matrix -j 3 >five 2>five.err
t 'failures too' sh -c 'cmp one five && cmp one.err five.err && grep -q "4 of 8 renders failed" five.err'
chart-render shop --matrix envs/matrix -j 2 --max-memory 10 >out 2>err
t 'what runs out of memory is told' sh -c 'test "$(grep -c "^Error: .*: " err)" = 8'

chart-render shop --matrix envs/matrix --set color=green >out
t 'what the command line sets goes over all' sh -c 'test "$(grep -c "color: green" out)" = 8'
echo 'size: 9' >base.yaml
chart-render shop --matrix envs/matrix -f base.yaml >out
t 'its files lie below' sh -c '! grep "size: 9" out'

chart-render shop --matrix 'envs/*.yaml' >out
t 'a pattern of values files' sh -c 'grep "^# Matrix:" out | tr "\n" " " >got; echo "# Matrix: envs/dev.yaml # Matrix: envs/prod.yaml " | tr -d "\n" >want; cmp got want'

chart-render shop --matrix envs/matrix -d cells >out
t 'a file per cell' sh -c 'test "$(ls cells | wc -l)" = 8 && test ! -s out'
t 'named after it' has 'release: big/live' cells/prod_kubernetes=1.29_api-versions=a_v1.yaml

printf 'size: 5\nlist: 5\n' >envs/bad.yaml
t 'one that fails makes the run fail' status 1 sh -c 'chart-render shop --matrix "envs/*.yaml" >out 2>err'
t 'it is named' has 'Error: envs/bad.yaml: ' err
t 'and counted' has 'Error: 1 of 3 renders failed' err
t 'the others are rendered' sh -c 'test "$(grep -c "^kind: A" out)" = 2'

# wrong TEXT MESSAGE: a matrix that is refused.
wrong() {
	printf '%b' "$1" >wrong
	t "$2" status 1 sh -c 'chart-render shop --matrix wrong >out 2>err'
	t "$2: message" has "$2" err
}
wrong 'x: 1\n' 'wrong: unknown key "x"'
wrong 'environments: 5\n' 'wrong: environments must be a list'
wrong 'environments: [{values: a}]\n' 'wrong: an environment must be a map with a name'
wrong 'environments: [{name: a, valuez: a}]\n' 'wrong: unknown key "valuez" in an environment'
wrong 'kubernetes: [1.30]\n' 'wrong: a Kubernetes version must be a string (quote numbers)'
wrong 'kubernetes: ["x"]\n' "wrong: invalid kube version 'x'"
wrong 'environments: [{name: a}, {name: a}]\n' '--matrix: two renders are named "a"'
wrong '[]\n' 'wrong: a matrix must be a map'
wrong 'environments: [{name: "a\\nb"}]\n' '--matrix: a name holds a control character'
t 'no such file' status 1 chart-render shop --matrix nope
t 'no match' status 1 chart-render shop --matrix 'nope*'
t '--output-dir does not go with it' status 1 chart-render shop --matrix envs/matrix --output-dir x
t '--matrix-dir needs it' status 1 chart-render shop -d x
done_testing
