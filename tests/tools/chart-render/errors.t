#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What chart-render says when something is wrong: Helm's words on standard error, status 1.
. "$(dirname "$0")/../../lib/tap.sh"

# chart NAME: a chart with one template, read from standard input.
chart() {
	mkdir -p "$1/templates"
	printf 'apiVersion: v2\nname: %s\nversion: 0.1.0\n' "$1" >"$1/Chart.yaml"
	cat >"$1/templates/t.yaml"
}

# says TITLE TEXT ARGUMENTS...: the whole of standard error is the text.
says() {
	says_title=$1
	printf '%s\n' "$2" >want
	shift 2
	t "$says_title: status" status 1 sh -c '"$@" >out 2>err' sh chart-render "$@"
	t "$says_title: text" same want err
}

hint='

Use --debug flag to render out invalid YAML'

# With --debug what was rendered is shown as it is, without space at the end of all.
printf '\n  x: 1\na: b: c  \n \n\n' | chart debug
printf 'b: 1\n\n' >debug/templates/u.yaml
shown() {
	printf '%s\n' "$1" >want
	shift
	chart-render debug --debug "$@" >out 2>err
	[ $? = 1 ] && diff -u want out
}
t '--debug shows what was rendered' shown '---
# Source: debug/templates/t.yaml

  x: 1
a: b: c  
 


---
# Source: debug/templates/u.yaml
b: 1'
t '  or a part of it' shown '---
# Source: debug/templates/u.yaml
b: 1
' -s templates/u.yaml
t '  or nothing, with one error' sh -c 'chart-render debug --debug -s templates/no.yaml >out 2>err; [ $? = 1 ] && ! [ -s out ] && [ "$(grep -c Error: err)" = 1 ]'

# Hooks that were found before the sorting failed are shown as well; of a template that failed nothing is there.
echo '{{ fail "no" }}' | chart failing
printf 'kind: A\n' >failing/templates/a.yaml
printf 'a: b: c\n' | chart hooks
for event in pre-install test; do
	printf -- '---\nkind: Pod\nmetadata:\n  name: %s\n  annotations: {helm.sh/hook: %s}\n' $event $event
done >hooks/templates/h.yaml
# all_of PODS...: all texts, then those hooks.
all_of() {
	printf -- '---\n# Source: hooks/templates/h.yaml\n'
	cat hooks/templates/h.yaml
	printf '\n---\n# Source: hooks/templates/t.yaml\na: b: c\n'
	for pod; do
		printf -- '---\n# Source: hooks/templates/h.yaml\nkind: Pod\nmetadata:\n  name: %s\n' $pod
		printf '  annotations: {helm.sh/hook: %s}\n\n' $pod
	done
}
shown_in() {
	chart-render "$@" --debug >out 2>err
	[ $? = 1 ] && diff -u want out
}
all_of pre-install test >want
t '--debug shows the hooks that were found, too' shown_in hooks
all_of >want
t '  but not with --no-hooks' shown_in hooks --no-hooks
all_of pre-install >want
t '  and no tests with --skip-tests' shown_in hooks --skip-tests
echo >want
t '--debug shows nothing of a template that failed' shown_in failing
t '  nor of what stands beside it' sh -c 'chart-render failing --debug -s templates/a.yaml >out 2>err; [ $? = 1 ] && ! [ -s out ] && grep -q ": no$" err'
t '  which Helm 3 tells' sh -c 'chart-render failing --compat helm3 --debug -s templates/a.yaml 2>err; [ $? = 1 ] && grep -q "could not find template templates/a.yaml in chart" err'

# Files that cannot be written.
printf 'kind: A\n' | chart files
printf 'kind: B\n' >files/templates/u.yaml
: >plain
mkdir -p taken/files/templates/u.yaml
says 'a file in the place of a folder' "Error: stat plain/files/templates: not a directory$hint" files --output-dir plain
t '  of which nothing is told as written' sh -c '! [ -s out ]'
says 'a folder in the place of a file' "Error: open taken/files/templates/u.yaml: is a directory$hint" files --output-dir taken
printf 'wrote taken/files/templates/t.yaml\n' >want
t '  what was written before is told' same want out

# The name of a release is made with Sprig's functions alone.
says 'fail in the name' 'Error: template: name-template:1:3: executing "name-template" at <fail "x">: error calling fail: x' \
	files --name-template '{{ fail "x" }}'
for name in toYaml tpl include required lookup durationSeconds fromJsonArray; do
	says "$name is not there in the name" "Error: template: name-template:1: function \"$name\" not defined" \
		files --name-template "{{ $name }}"
done
echo 'n: {{ .Release.Name }}' >files/templates/t.yaml
# named TEMPLATE NAME
named() { FOO=bar chart-render files --name-template "$1" 2>&1 | grep -qxF "n: $2"; }
t 'the environment is, in the name' named '{{ env "FOO" }}-x' bar-x
t '  in texts' named '{{ expandenv "a-$FOO-${FOO}1" }}' a-bar-bar1
t '  but not in what is no reference' named '{{ expandenv "a${}b${cx$1b$*c$" | replace "$" "end" }}' abcxbcend
t 'JSON may be anything there' named 'a{{ fromJson "[1,2]" | last }}{{ fromJson "[1" | default "none" }}' a2none
t 'and is a map in templates, where there is no environment' sh -c '
	echo "{{ env \"FOO\" }}" >files/templates/t.yaml; chart-render files 2>&1 | grep -q "function \"env\" not defined"'

echo '{{ mustRegexMatch (printf "(?:%s){1000}" (repeat 4000 "b")) "x" }}' | chart large
t 'a regular expression can be too large' sh -c 'chart-render large 2>err; [ $? = 1 ] && grep -qF "error parsing regexp: expression too large: \`(?:bbb" err'

says 'no argument' 'Error: "helm template" requires at least 1 argument

Usage:  helm template [NAME] [CHART] [flags]'
says 'too many arguments' 'Error: expected at most two arguments, unexpected arguments: c, d' a b c d
says 'no such path' 'Error: path "./nope" not found' ./nope
says 'no such name' 'Error: non-absolute URLs should be in form of repo_name/path_to_chart, got: nope' nope

mkdir empty
says 'no Chart.yaml' "Error: unable to detect chart at $WORK/empty/Chart.yaml: open $WORK/empty/Chart.yaml: no such file or directory" empty
printf 'x' >plain.tgz
says 'no archive' "Error: file '$WORK/plain.tgz' does not appear to be a gzipped archive; got 'application/octet-stream'" plain.tgz

chart ok </dev/null
says 'a bad release name' 'level=ERROR msg="release name check failed" error="release name \"A\": invalid release name, must match regex ^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$ and the length must not be longer than 53"
Error: release name check failed: release name "A": invalid release name, must match regex ^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$ and the length must not be longer than 53' A ok
says 'a bad Kubernetes version' "Error: invalid kube version 'bad': could not parse \"bad\" as version" --kube-version bad ok
says 'a bad --set' 'Error: failed parsing --set data: key "a" has no value' --set a ok

chart nofunc <<'END'
a: {{ nofunc }}
END
says 'an unknown function' "Error: parse error at (nofunc/templates/t.yaml:1): function \"nofunc\" not defined$hint" nofunc

chart nil <<'END'
a: {{ .Values.a.b }}
END
says 'a nil pointer' "Error: nil/templates/t.yaml:1:13
  executing \"nil/templates/t.yaml\" at <.Values.a.b>:
    nil pointer evaluating interface {}.b$hint" nil

chart must <<'END'
a: {{ required "say a" .Values.a }}
END
says 'a required value' "Error: execution error at (must/templates/t.yaml:1:6): say a$hint" must

chart broken <<'END'
a: b: c
END
says 'broken YAML' "Error: YAML parse error on broken/templates/t.yaml: error converting YAML to JSON: yaml: mapping values are not allowed in this context$hint" broken

chart endless <<'END'
{{- define "x" }}{{ range $i := until 1000 }}{{ range $j := until 1000 }}{{ repeat 1000 "x" }}{{ end }}{{ end }}{{ end }}
{{ include "x" . }}
END
t 'too much output is an error' status 1 chart-render endless --max-output 1M
chart slow <<'END'
{{ range $i := until 100000 }}{{ range $j := until 100000 }}{{ end }}{{ end }}
END
t 'too much time is an error' status 1 timeout 20 chart-render slow --timeout 300ms

chart typed <<'END'
kind: A
END
printf '{"properties": {"port": {"type": "integer"}}}' >typed/values.schema.json
says 'values that their schema refuses' "Error: values don't meet the specifications of the schema(s) in the following chart(s):
typed:
- at '/port': got string, want integer
" --set port=x typed
t 'the schema can be skipped' chart-render --set port=x --skip-schema-validation typed
printf '{"$ref": "file:///etc/hostname"}' >typed/values.schema.json
t 'a schema reads no file outside the chart' status 1 chart-render typed
printf '{"$ref": "file://../no%%20such.json"}' >typed/values.schema.json
says 'a file URL has a host, which Helm does not look at' "Error: values don't meet the specifications of the schema(s) in the following chart(s):
typed:
failing loading \"file://../no%20such.json\": open /no such.json: no such file or directory" typed
printf '{"$schema": "nope"}' >typed/values.schema.json
says 'a schema of a kind that has no place' "Error: values don't meet the specifications of the schema(s) in the following chart(s):
typed:
failing loading \"nope\": no URLLoader registered for \"nope\"" typed

chart lib </dev/null
printf 'type: library\n' >>lib/Chart.yaml
says 'a library' 'Error: library charts are not installable' lib
printf 'dependencies: [{name: foo, version: "1", repository: ""}]\n' >>ok/Chart.yaml
says 'a missing dependency' "Error: an error occurred while checking for chart dependencies. You may need to run 'helm dependency build' to fetch missing dependencies: found in Chart.yaml, but missing in charts/ directory: foo" ok

# --explain-errors: the chain, the source and what was missing.
mkdir -p ex/templates ex/charts/sub/templates
printf 'apiVersion: v2\nname: ex\nversion: 1.0.0\n' >ex/Chart.yaml
printf 'image: {repo: x}\nname: t\nsub: {a: null}\n' >ex/values.yaml
printf '{{- define "ex.labels" }}\na: 1\n  b: {{ .Values.image.tagg.name | quote }}\n{{- end }}\n' >ex/templates/_h.tpl
printf 'kind: A\nmetadata:\n\t{{- include "ex.labels" . | nindent 2 }}\n' >ex/templates/a.yaml
chart-render ex 2>helm
t 'pipes get the words of Helm alone' lacks 'is not set' helm
chart-render ex --explain-errors 2>err
cat >want <<'END'
ex/templates/a.yaml:3:6
    3 |  {{- include "ex.labels" . | nindent 2 }}
      |      ^~~~~~~~~~~~~~~~~~~~~
ex/templates/_h.tpl:3:16
    3 |   b: {{ .Values.image.tagg.name | quote }}
      |         ^~~~~~~~~~~~~~~~~~~~~~~
.Values.image.tagg is not set; there are: repo
END
t 'the words of Helm come first' sh -c 'head -n 8 err | cmp - helm'
t 'then the chain, the source and what is missing' sh -c 'tail -n 7 err | cmp - want'
chart-render ex --explain-errors --compat helm3 2>err
t 'the same with the words of Helm 3' sh -c 'tail -n 7 err | cmp - want'
printf 'x: {{ .Values.name.foo }}\n' >ex/templates/a.yaml
chart-render ex --explain-errors 2>err
t 'what is no map' has '.Values.name is a string, not a map' err
rm ex/templates/a.yaml
printf 'apiVersion: v2\nname: sub\nversion: 1.0.0\n' >ex/charts/sub/Chart.yaml
printf 'x: {{ .Values.b.c.d }}\n' >ex/charts/sub/templates/s.yaml
chart-render ex --explain-errors 2>err
t 'a subchart has values of its own' has '.Values.b is not set; there are:' err
rm -r ex/charts
printf 'kind: A\n---\nkind: B\nx:\n  - y\n z: {{ 1 }}\nk: 1\n' >ex/templates/a.yaml
chart-render ex --explain-errors 2>err
printf 'ex/templates/a.yaml, as it was rendered:\n    1 | kind: B\n    2 | x:\n    3 |   - y\n      | ^~~~~\n    4 |  z: 1\n    5 | k: 1\n' >want
t 'what is no YAML is shown as rendered' sh -c 'tail -n 7 err | cmp - want'
printf 'kind: A\n{{ if }}' >ex/templates/a.yaml
chart-render ex --explain-errors 2>err
t 'a template that does not parse' has '    2 | {{ if }}' err
printf 'kind: A\n{{ fail "ex/templates/a.yaml:99999999999999999999:1 ex/templates/a.yaml:77:3 at <" }}' >ex/templates/a.yaml
t 'places that are none do no harm' status 1 chart-render ex --explain-errors

done_testing
