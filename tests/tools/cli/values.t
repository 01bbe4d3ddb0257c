#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The options for values mean the same in every tool that renders.
. "$(dirname "$0")/../../lib/tap.sh"

mkdir -p c/templates loud/templates
printf 'apiVersion: v2\nname: c\nversion: 1.0.0\n' | tee c/Chart.yaml >loud/Chart.yaml
printf 'a: 0\n' | tee c/values.yaml >loud/values.yaml
cat >c/templates/a.yaml <<'END'
apiVersion: v1
kind: ConfigMap
metadata: {name: c}
data:
  got: '{{ toJson .Values }}'
END
echo '{{ fail (toJson .Values) }}' >loud/templates/a.yaml
printf '1\n' >one.txt
echo 'a: 2' >two.yaml

# gives JSON OPTION...: what .Values is then, to each tool.
gives() {
	gives_want=$1
	shift
	chart-render release-name c "$@" >rendered && has "  got: '$gives_want'" rendered || return 1
	status 0 chart-diff "$@" rendered c && status 1 chart-diff rendered c >diff.out || return 1
	chart-lint --format helm "$@" loud >out 2>&1
	has "message=\"$(printf '%s' "$gives_want" | sed 's/["\\]/\\&/g')\"" out
}

t '-f' gives '{"a":2}' -f two.yaml
t '--set' gives '{"a":1,"b":{"c":true}}' --set a=1,b.c=true
t '--set-string' gives '{"a":"1"}' --set-string a=1
t '--set-json' gives '{"a":{"b":[1,null]}}' --set-json 'a={"b":[1,null]}'
t '--set-file' gives '{"a":"1\n"}' --set-file a=one.txt
t '--set-literal' gives '{"a":"1,b=2"}' --set-literal a=1,b=2
t 'the last one wins, in the order of Helm' gives '{"a":"4"}' --set-string a=4 --set a=3 -f two.yaml --set-json a=5
done_testing
