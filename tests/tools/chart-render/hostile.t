#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Charts that mean harm end with a clear error, soon, in bounded memory, and reach nothing outside of them.
. "$(dirname "$0")/../../lib/tap.sh"

# chart NAME: a chart with one template, read from standard input.
chart() {
	mkdir -p "$1/templates"
	printf 'apiVersion: v2\nname: %s\nversion: 0.1.0\n' "$1" >"$1/Chart.yaml"
	cat >"$1/templates/t.yaml"
}

# ends TITLE TEXT ARGUMENTS...: status 1 with the text in the error, within 30 seconds.
ends() {
	ends_title=$1
	ends_text=$2
	shift 2
	t "$ends_title" status 1 sh -c 'timeout 30 "$@" >out 2>err' sh chart-render "$@"
	t "$ends_title: message" has "$ends_text" err
}

# renders TITLE TEXT ARGUMENTS...: status 0 with the text in the output, within 30 seconds.
renders() {
	renders_title=$1
	renders_text=$2
	shift 2
	t "$renders_title" status 0 sh -c 'timeout 30 "$@" >out 2>err' sh chart-render "$@"
	t "$renders_title: output" has "$renders_text" out
}

# Recursion.
echo '{{ define "a" }}{{ include "a" . }}{{ end }}{{ include "a" . }}' | chart include
ends 'endless includes' 'rendering template has a nested reference name: a' include
echo '{{ define "a" }}{{ template "a" . }}{{ end }}{{ template "a" . }}' | chart template
ends 'endless templates' 'exceeded maximum template depth (100000)' template
echo '{{ define "a" }}{{ tpl "{{ include \"a\" . }}" . }}{{ end }}{{ include "a" . }}' | chart tpl
ends 'endless tpl' 'rendering template has a nested reference name: a' tpl
echo '{{ define "a" }}{{ tpl .t . }}{{ end }}{{ $d := dict "t" "{{ tpl .t . }}" "Template" .Template }}{{ tpl $d.t $d }}' | chart tpltpl
ends 'tpl of itself' 'Error: ' tpltpl --timeout 5s --max-memory 200M
printf '{{ if 1 }}%.0s' $(seq 3000) >blocks.txt
printf '{{ end }}%.0s' $(seq 3000) >>blocks.txt
chart blocks <blocks.txt
t 'deep blocks' status 0 sh -c 'timeout 30 chart-render blocks >out 2>err'
printf '(%.0s' $(seq 20000) >parens.txt
chart parens <<END
{{ $(cat parens.txt)1
END
ends 'deep parentheses' 'Error: parse error at (parens/templates/t.yaml:1)' parens

# imports NAME PARENT...: a chart that imports a table of its subchart below each parent.
imports() {
	imports_name=$1
	shift
	echo 'a: {{ .Values.m.a }}' | chart "$imports_name"
	{
		printf 'dependencies:\n- name: sub\n  version: 1.0.0\n  import-values:\n'
		printf '  - {child: t, parent: %s}\n' "$@"
	} >>"$imports_name/Chart.yaml"
	mkdir -p "$imports_name/charts/sub"
	printf 'apiVersion: v2\nname: sub\nversion: 1.0.0\n' >"$imports_name/charts/sub/Chart.yaml"
	printf 't: {a: 1, n: {b: 2}}\n' >"$imports_name/charts/sub/values.yaml"
}
imports beside m other third.x
renders 'a table imported below different ones' 'a: 1' beside
imports itself m m.k
ends 'a table imported into itself' 'import-values of chart itself make a table that holds itself' itself
imports inner m.n m.n.n.k m
ends 'a table imported into one of its own' 'a table that holds itself' inner
deep=$(printf 'a.%.0s' $(seq 300000))
imports far "${deep}a" "${deep}a"
ends 'tables imported far below' 'a parent has more than 10000 parts' far

# Size and time.
echo '{{ $x := "aaaaaaaaaa" }}{{ range until 60 }}{{ $x = printf "%s%s" $x $x }}{{ end }}{{ len $x }}' | chart double
ends 'a text that doubles' 'rendering needs more memory than allowed' double --max-memory 100M
echo '{{ $x := list 1 }}{{ range until 60 }}{{ $x = concat $x $x }}{{ end }}' | chart lists
ends 'a list that doubles' 'rendering needs more memory than allowed' lists --max-memory 100M
echo '{{ range until 1000000 }}xxxxxxxxxx{{ end }}' | chart much
ends 'too much output' 'rendering prints more than the size allowed' much --max-output 1M
echo '{{ define "a" }}{{ range until 10 }}{{ include "b" $ }}{{ end }}{{ end }}{{ define "b" }}{{ range until 10 }}{{ include "c" $ }}{{ end }}{{ end }}{{ define "c" }}{{ repeat 100000 "x" }}{{ end }}{{ include "a" . }}' | chart nested
ends 'output that multiplies' 'rendering prints more than the size allowed' nested --max-output 5M
echo '{{ range until 1000000 }}{{ range until 1000000 }}{{ end }}{{ end }}' | chart spin
ends 'loops' 'rendering takes longer than the time allowed' spin --timeout 500ms
echo '{{ range until 1000 }}{{ $x := genPrivateKey "rsa" }}{{ end }}' | chart keys
ends 'slow functions' 'rendering takes longer than the time allowed' keys --timeout 500ms
for i in 1 2 3 4 5 6 7 8 9; do
	mkdir -p many/templates
	echo '{{ range until 1000000 }}{{ range until 3 }}{{ end }}{{ end }}' >many/templates/$i.yaml
done
printf 'apiVersion: v2\nname: many\nversion: 0.1.0\n' >many/Chart.yaml
ends 'the time is for all files together' 'rendering takes longer than the time allowed' many --timeout 100ms
for call in 'repeat 2000000000 "abc"' 'until 2000000000' 'untilStep 0 2000000000 1' 'seq 1 1000000000' 'indent 1000000000 "x"' \
	'randAlphaNum 1000000000'; do
	echo "{{ $call | len }}" | chart big
	ends "$call" 'the result would be too large' big
done
echo 'a: {{ printf "%2000000000d" 1 | len }} {{ printf "%.2000000000f" 1.0 | len }}' | chart width
renders 'widths beyond all measure are refused as Go does' 'a: ' width
echo 'a: {{ 99999999999999999999999999 }}' | chart int
ends 'a huge integer' 'parse error at (int/templates/t.yaml:1)' int
echo 'a: {{ 1e400 }}' | chart float
ends 'a huge float' 'parse error at (float/templates/t.yaml:1)' float
echo 'a: {{ mul 9223372036854775807 2 }} {{ int "99999999999999999999" }} {{ float64 "1e999" }}' | chart arith
renders 'arithmetic wraps' 'a: -2 0 ' arith

# Values that hold themselves.
self='{{ $d := dict }}{{ $_ := set $d "d" $d }}'
# what FUNCTION
for call in 'deepCopy $d' 'deepEqual $d (dict "d" $d)' 'toYamlPretty $d' 'toToml $d'; do
	echo "a: $self{{ $call }}" | chart self
	ends "$call of what holds itself" 'Error: ' self
done
for call in 'toYaml $d' 'toJson $d' 'toPrettyJson $d'; do
	echo "a: x$self{{ $call }}" | chart self
	renders "$call of what holds itself gives nothing" 'a: x' self
done
echo '{{ $d := dict "x" 1 }}{{ range until 60 }}{{ $d = dict "a" $d "b" $d }}{{ end }}{{ toJson $d }}' | chart shared
ends 'a value that shares itself 60 times over' 'toJson: the result would be too large' shared

# Regular expressions.
echo 'a: {{ regexMatch "^(a+)+$" (printf "%s!" (repeat 28 "a")) }}' | chart regex
renders 'nested quantifiers' 'a: false' regex
echo '{{ range until 100000 }}{{ $x := regexMatch "^(a+)+$" (printf "%s!" (repeat 5000 "a")) }}{{ end }}' | chart regexes
ends 'again and again' 'Error: ' regexes --timeout 2s
echo '{{ mustRegexMatch "(((a{1,1000}){1,1000}){1,1000})" "a" }}' | chart counts
ends 'repeated repeats' 'invalid repeat count' counts

# YAML.
echo 'a: {{ len .Values }}' | chart yaml
printf 'a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n' >bomb.yaml
for i in 1 2 3 4 5 6 7 8 9; do
	p=$((i - 1))
	echo "a$i: &a$i [*a$p,*a$p,*a$p,*a$p,*a$p,*a$p,*a$p,*a$p,*a$p,*a$p]"
done >>bomb.yaml
ends 'aliases of aliases' 'document contains excessive aliasing' yaml -f bomb.yaml
cp bomb.yaml yaml/values.yaml
ends 'in the chart itself' 'document contains excessive aliasing' yaml
rm yaml/values.yaml
awk 'BEGIN { printf "a: "; for (i = 0; i < 200000; i++) printf "["; print "" }' >deep.yaml
ends 'deep lists' 'exceeded max depth of 10000' yaml -f deep.yaml
awk 'BEGIN { for (i = 0; i < 11000; i++) { for (k = 0; k < i % 3; k++) printf ""; printf "? " } print "" }' >keys.yaml
t 'deep keys end' sh -c 'timeout 30 chart-render yaml -f keys.yaml >out 2>err; test $? -lt 2'
awk 'BEGIN { printf "b: 1e999999999\na: "; for (i = 0; i < 100000; i++) printf "9"; print "" }' >number.yaml
t 'huge numbers end' sh -c 'timeout 30 chart-render yaml -f number.yaml >out 2>err; test $? -lt 2'
t 'a --set index beyond all measure' status 1 chart-render yaml --set 'a[999999999]=1'
printf '&a [*a]\n' >self.yaml
t 'an anchor that holds itself' status 1 chart-render yaml -f self.yaml

# What is outside stays outside.
echo secret-text >outside.txt
mkdir -p files/templates
printf 'apiVersion: v2\nname: files\nversion: 0.1.0\n' >files/Chart.yaml
cat >files/templates/t.yaml <<END
a: "{{ .Files.Get "../outside.txt" }}{{ .Files.Get "$WORK/outside.txt" }}{{ .Files.Get "x/../../outside.txt" }}"
b: "{{ range \$p, \$_ := .Files.Glob "../**" }}{{ \$p }}{{ end }}{{ range \$p, \$_ := .Files.Glob "/**" }}{{ \$p }}{{ end }}"
c: "{{ .Files.Lines "../outside.txt" }}"
d: "{{ getHostByName "localhost" }}"
END
renders 'paths in .Files' 'a: ""' files
t 'globs' has 'b: ""' out
t 'lines' has 'c: "[]"' out
t 'no name is resolved' has 'd: ""' out
echo '{{ env "HOME" }}' | chart env
ends 'the environment' 'function "env" not defined' env
python3 - <<'END'
import io, tarfile
def archive(name, *files):
    with tarfile.open(name, "w:gz") as t:
        for path, text in files:
            i = tarfile.TarInfo(path)
            i.size = len(text)
            t.addfile(i, io.BytesIO(text))
meta = b"apiVersion: v2\nname: evil\nversion: 0.1.0\n"
archive("up.tgz", ("evil/Chart.yaml", meta), ("evil/../../up.txt", b"x"))
archive("drive.tgz", ("evil/Chart.yaml", meta), ("evil/c:/x", b"x"))
archive("bomb.tgz", ("evil/Chart.yaml", meta), ("evil/big", bytes(110 << 20)))
END
t 'an archive with a path that leaves it' status 1 chart-render up.tgz
t 'an archive with a drive' status 1 chart-render drive.tgz
t 'an archive that is larger unpacked than allowed' status 1 chart-render bomb.tgz
mkdir -p yaml/charts && cp up.tgz yaml/charts/evil-0.1.0.tgz
t 'the same as a subchart' status 1 chart-render yaml
rm -r yaml/charts
t 'nothing was written' sh -c '! test -e up.txt && ! test -e ../up.txt'

for flag in --timeout --max-output --max-memory; do
	t "$flag is checked" status 1 chart-render yaml "$flag" x
done
done_testing
