# SPDX-License-Identifier: Apache-2.0
# --format helm: the words, order and status of helm lint.
. "$(dirname "$0")/../../lib/tap.sh"

chart() { # FOLDER: Chart.yaml on stdin
	mkdir -p "$1/templates" && cat >"$1/Chart.yaml" && : >"$1/values.yaml"
}

good() {
	chart "$1" <<-X
	apiVersion: v2
	name: $1
	version: 1.0.0
	icon: https://example.org/icon.png
	X
}

lints() { # STATUS ARGUMENTS...: the output goes to out, errors behind it
	want=$1
	shift
	chart-lint --format helm "$@" >out 2>err
	got=$?
	cat err >>out
	[ $got = "$want" ] || { echo "exit status $got, want $want"; cat out; return 1; }
}

prints() {
	cat >want
	same want out
}

clean() {
	good clean && lints 0 clean && prints <<-'X'
	==> Linting clean

	1 chart(s) linted, 0 chart(s) failed
	X
}

chartfile() {
	chart cf <<-'X'
	apiVersion: v1
	name: a/b
	version: 1.10
	appVersion: 5
	type: application
	sources: [nowhere]
	maintainers: [{name: a, email: b}]
	extra: 1
	X
	# Helm's second lines begin with a tab.
	lints 1 cf && sed 's/^	/@/' out >flat && cat >want <<-'X' && same want flat
	==> Linting cf
	[WARNING] Chart.yaml: failed to strictly parse chart metadata file
	@error unmarshaling JSON: while decoding JSON: json: unknown field "extra"
	[ERROR] Chart.yaml: chart name "a/b" is invalid
	[ERROR] Chart.yaml: version should be of type string but it's of type float64
	[ERROR] Chart.yaml: appVersion should be of type string but it's of type float64
	[ERROR] Chart.yaml: invalid email 'b' for maintainer 'a'
	[ERROR] Chart.yaml: invalid source URL 'nowhere'
	[INFO] Chart.yaml: icon is recommended
	[ERROR] Chart.yaml: chart type is not valid in apiVersion 'v1'. It is valid in apiVersion 'v2'
	[WARNING] Chart.yaml: version '1.1' is not a valid SemVerV2
	[ERROR] templates/: validation: chart.metadata.name "a/b" is invalid
	[ERROR] : unable to load chart
	@validation: chart.metadata.name "a/b" is invalid

	Error: 1 chart(s) linted, 1 chart(s) failed
	X
}

rendered() {
	good rendered
	printf '  kind: Service\n  apiVersion: v1\n  metadata: {name: A_b}\n' >rendered/templates/a.yaml
	printf 'apiVersion: policy/v1beta1\nkind: PodDisruptionBudget\nmetadata: {name: x}\n---\nkind: Deployment\nmetadata: {name: d}\n' \
		>rendered/templates/b.yaml
	printf 'a: b: c\n' >rendered/templates/c.yaml
	printf 'kind: Service\n' >rendered/templates/d.yaml
	lints 1 rendered && prints <<-'X'
	==> Linting rendered
	[WARNING] templates/a.yaml: document starts with an illegal indent: "  kind: Service", which may cause parsing problems
	[WARNING] templates/a.yaml: object name does not conform to Kubernetes naming requirements: "A_b": metadata.name: Invalid value: "A_b": a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')
	[WARNING] templates/b.yaml: policy/v1beta1 PodDisruptionBudget is deprecated in v1.21+, unavailable in v1.25+; use policy/v1 PodDisruptionBudget
	[ERROR] templates/b.yaml: a Deployment must contain matchLabels or matchExpressions, and "d" does not
	[ERROR] templates/c.yaml: unable to parse YAML: error converting YAML to JSON: yaml: mapping values are not allowed in this context

	Error: 1 chart(s) linted, 1 chart(s) failed
	X
}

old_cluster() {
	good pdb && printf 'apiVersion: policy/v1beta1\nkind: PodDisruptionBudget\nmetadata: {name: x}\n' >pdb/templates/a.yaml &&
		lints 0 pdb && has WARNING out && lints 1 --strict pdb && lints 0 --strict --kube-version 1.20 pdb && lacks WARNING out &&
		lints 1 --kube-version nine pdb
}

quiet() {
	chart info <<-'X'
	apiVersion: v2
	name: info
	version: 1.0.0
	X
	lints 0 --quiet info && [ ! -s out ] && lints 0 info && has '[INFO] Chart.yaml: icon is recommended' out
}

tree() {
	good tree && printf 'dependencies:\n- {name: gone, repository: ""}\n' >>tree/Chart.yaml && mkdir tree/charts tree/crds &&
		(cd tree/charts && good other) && printf 'apiVersion: v1\nkind: X\n' >tree/crds/x.yaml &&
		lints 1 --with-subcharts tree && cat >want <<-X && same want out
	==> Linting tree
	[ERROR] $PWD/tree: chart metadata is missing these dependencies: other
	[WARNING] $PWD/tree: chart directory is missing these dependencies: gone
	[ERROR] crds/x.yaml: apiVersion is not in 'apiextensions.k8s.io'
	[ERROR] crds/x.yaml: object kind is not 'CustomResourceDefinition'

	==> Linting tree/charts/other

	Error: 2 chart(s) linted, 1 chart(s) failed
	X
}

nulls() {
	good nulls && printf 'env: {A: x, B: }\n' >nulls/values.yaml && echo 'a: {{ fail (toJson .Values) }}' >nulls/templates/a.yaml &&
		lints 0 --set env.A=y nulls && grep -qF '{\"env\":{\"A\":\"y\",\"B\":null}}' err
}

json_stream() {
	good objects && for i in 1 2; do
		echo '{"kind":"A","apiVersion":"v1","metadata":{"name":"a"}}'
	done >objects/templates/a.yaml && printf -- '----\nkind: Job\n' >>objects/templates/a.yaml && lints 1 objects &&
		has "[ERROR] templates/a.yaml: unable to parse YAML: invalid character '-' in numeric literal" out
}

nameless() {
	good nameless && printf 'dependencies: [{version: 1.0.0}]\n' >>nameless/Chart.yaml && lints 0 nameless && cat >want <<-X && same want out
	==> Linting nameless
	[WARNING] $PWD/nameless: chart directory is missing these dependencies: 

	1 chart(s) linted, 0 chart(s) failed
	X
}

# What helm v4.3.1 takes for an icon's URL (first column) and for a maintainer's.
urls() {
	while read -r takes url; do
		good urls && sed -i "s|^icon: .*|icon: '$url'|" urls/Chart.yaml && chart-lint --format helm urls >out 2>&1
		grep -q 'invalid icon' out && icon=0 || icon=1
		good urls && printf "maintainers: [{name: x, url: '%s'}]\n" "$url" >>urls/Chart.yaml && chart-lint --format helm urls >out 2>&1
		grep -q 'invalid url' out && own=0 || own=1
		[ $icon$own = "$takes" ] || { echo "$url: got $icon$own, want $takes"; return 1; }
	done <<-'X'
	11 https://example.org/i.png
	01 example.org
	10 http://
	11 ftp://example.org
	11 mailto:a@b.org
	10 a:b
	00 1a:b
	10 a+b-c.d://x
	00 :x
	00 /x
	00 //example.org
	01 a/b:c
	00 a b
	00 http://a b
	11 http://a:99/x
	11 http://a:99999/x
	00 http://a:x/
	11 http://[::1]/
	00 http://[::1/
	11 http://u:p@h.org/x
	10 http://u@:80/
	00 http://ex%41mple.org
	00 http://example.org/%zz
	00 http://example.org/#%zz
	11 http://example.org/?%zz
	11 http://foo_bar.org
	10 http://-foo.org
	10 http://foo-.org
	11 http://foo--bar.org
	11 http://foo---bar.org
	11 http://127.0.0.1
	10 http://256.1.1.1
	11 http://localhost
	11 http://example
	11 http://exämple.org
	10 irc://irc.example.org
	11 http://www.example.org:0
	11 http://example.org:65535
	10 http://.org
	11 http://example.org.
	10 file:///x
	00 *
	11 http://example.org/a?b=c#d
	10 javascript:alert(1)
	10 HTTP://EXAMPLE.ORG
	X
}

# And for a maintainer's mail address.
mails() {
	while read -r takes mail; do
		good mails && printf "maintainers: [{name: x, email: '%s'}]\n" "$mail" >>mails/Chart.yaml && chart-lint --format helm mails >out 2>&1
		grep -q 'invalid email' out && got=0 || got=1
		[ $got = "$takes" ] || { echo "$mail: got $got, want $takes"; return 1; }
	done <<-'X'
	1 a@b.org
	0 a
	0 a@b
	1 a.b@c.org
	0 .a@b.org
	0 a.@b.org
	0 a..b@c.org
	1 a+b@c.org
	1 "a"@b.org
	0 "a b"@c.org
	1 a@b.c
	0 a@-b.org
	1 ä@b.org
	1 a@bä.org
	0 a b@c.org
	1 a@b.org.
	1 A@B.ORG
	X
}

nowhere() {
	lints 1 nowhere && prints <<-'X'
	==> Linting nowhere
	Error unable to check Chart.yaml file in chart: stat nowhere/Chart.yaml: no such file or directory

	Error: 1 chart(s) linted, 1 chart(s) failed
	X
}

archive() {
	good packed && printf 'a: [\n' >packed/templates/a.yaml && tar -czf packed-1.tgz packed && lints 1 packed-1.tgz &&
		has '==> Linting packed-1.tgz' out && has '[ERROR] templates/a.yaml: unable to parse YAML' out
}

# The name of the folder is read as all of Chart.yaml is: keys in any case, and what has wrong types is told.
archive_name() {
	good loud && printf 'APIVERSION: v2\nNAME: loud\nversion: 1.0.0\n' >loud/Chart.yaml && tar -czf loud-1.tgz loud && lints 0 loud-1.tgz &&
		echo 'home: []' >>loud/Chart.yaml && tar -czf loud-1.tgz loud && lints 1 loud-1.tgz && has 'Error unable to extract tarball: cannot load Chart.yaml: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal array into Go struct field Metadata.home of type string' out
}

ignored() {
	good hidden && printf 'a: [\n' >hidden/templates/a.yaml && echo 'templates/a.yaml' >hidden/.helmignore && lints 0 hidden &&
		tar -czf hidden-1.tgz hidden && lints 0 hidden-1.tgz
}

required() {
	good req && printf 'kind: X\nmetadata: {name: x}\na: {{ required "give me x" .Values.x }}\n' >req/templates/a.yaml &&
		lints 0 req && has 'level=WARN msg="missing required value" message="give me x"' out
}

schema() {
	good schema && printf '{"properties": {"port": {"type": "integer", "minimum": 1}}, "required": ["host"]}\n' >schema/values.schema.json &&
		printf 'other: 1\nport: 0\n' >schema/values.yaml && lints 1 schema && prints <<-'X' || return 1
	==> Linting schema
	[ERROR] values.yaml: - at '': missing property 'host'
	- at '/port': minimum: got 0, want 1

	[ERROR] templates/: values don't meet the specifications of the schema(s) in the following chart(s):
	schema:
	- at '': missing property 'host'
	- at '/port': minimum: got 0, want 1


	Error: 1 chart(s) linted, 1 chart(s) failed
	X
	lints 0 schema --set host=a,port=80 && lints 0 --skip-schema-validation schema && status 1 chart-lint schema --set host=a >out && has 'schema/values.yaml:2:1: error: ' out
}

separators() {
	good seps && printf -- '--- # fine\nkind: X\nmetadata: {name: x}\n---\n---   \n# nothing\n' >seps/templates/a.yaml && lints 0 seps && lacks WARNING out &&
		printf -- 'kind: X\nmetadata: {name: x}\n---y: 1\n' >seps/templates/a.yaml && lints 1 seps &&
		has '[ERROR] templates/a.yaml: unable to parse YAML: invalid Yaml document separator: y: 1' out &&
		printf '{"kind": "X", "metadata": {"name": "a"}}\n{"kind": "X", "metadata": {"name": "B"}}\n' >seps/templates/a.yaml && lints 0 seps &&
		has 'requirements: "B"' out && printf '{"kind": x}\n---\na: [\n' >seps/templates/a.yaml && lints 1 seps
}

first_error() {
	good broken && printf '{{ nope }}\n' >broken/templates/a.yaml && printf '{{ nope2 }}\n' >broken/templates/b.yaml && lints 1 broken &&
		has '[ERROR] templates/: parse error at (broken/templates/' out && [ "$(grep -c ERROR out)" = 1 ]
}

# Helm loads a chart again for each group of rules, and rendering speaks in between.
order_of_talk() {
	good talk && sed -i 's/^apiVersion:.*/apiVersion: v2/' talk/Chart.yaml && echo 'dependencies: []' >talk/requirements.yaml &&
		printf '{{ fail "no" }}\n' >talk/templates/a.yaml && mkdir talk/crds && lints 0 talk || return 1
	[ "$(sed -n 's/^level=INFO msg="\(Warning: Dep\|funcMap fail\).*/\1/p' err | tr '\n' ,)" = 'Warning: Dep,funcMap fail,Warning: Dep,Warning: Dep,' ]
}

# Defaults that fall into tables of the user's stay there for the next chart, as in Helm; others do not.
from_chart_to_chart() {
	good one && good two && printf 't: {a: 1}\nu: 1\n' >one/values.yaml && printf 't: {b: 2}\n' >two/values.yaml &&
		printf '{{ fail (toJson .Values) }}\n' >two/templates/z.yaml || return 1
	chart-lint --format helm one two --set t.c=3 >out 2>err && has '{\"t\":{\"a\":1,\"b\":2,\"c\":3}}' err || return 1
	chart-lint --format helm one two >out 2>err && has '{\"t\":{\"b\":2}}' err
}

# Keys are made once for all charts of a run, as nobody can get hold of them; within a chart, and in chart-render, they differ.
keys() {
	for chart in one two; do
		good $chart && cat >$chart/templates/z.yaml <<-'X' || return 1
		{{ fail (sha256sum (genPrivateKey "ecdsa")) }}{{ fail (sha256sum (genPrivateKey "ecdsa")) }}
		{{ fail (sha256sum (genCA "ca" 1).Key) }}{{ fail (sha256sum (genPrivateKey "ed25519")) }}
		{{ $ca := genCA "ca" 1 }}{{ (genSignedCert "a" nil nil 1 $ca).Cert | b64enc | fail }}
		X
	done
	lints 0 one two && grep -o '[0-9a-f]\{64\}' err >all && [ "$(wc -l <all)" = 8 ] || { cat err; return 1; }
	head -n 4 all >first && tail -n 4 all >second && same first second && [ "$(sort -u first | wc -l)" = 4 ] || return 1
	# Certificates are made anew each time.
	[ "$(grep -c 'LS0tLS1' err)" = 2 ] && [ "$(grep 'LS0tLS1' err | sort -u | wc -l)" = 2 ] || { cat err; return 1; }
	# Another run has other keys, and so has each chart that is rendered for use.
	lints 0 one && grep -o '[0-9a-f]\{64\}' err >again && ! grep -qFf first again || return 1
	printf 'sum: {{ sha256sum (genPrivateKey "ecdsa") }}\nca: {{ sha256sum (genCA "ca" 1).Key }}\n' >one/templates/z.yaml
	echo 'kubernetes: ["1.30", "1.31"]' >matrix
	chart-render r one >r1 && chart-render r one >r2 && chart-render one --matrix matrix >r3 || return 1
	cat r1 r2 r3 | grep -o '[0-9a-f]\{64\}' >keys && [ "$(wc -l <keys)" = 8 ] && [ "$(sort -u keys | wc -l)" = 8 ]
}

t 'a chart without flaws' clean
t 'keys are made once for all charts, and differ within one' keys
t 'values of the user go from chart to chart' from_chart_to_chart
t 'what loading and rendering say, in order' order_of_talk
t 'Chart.yaml' chartfile
t 'rendered templates, up to the first that cannot be read' rendered
t 'the Kubernetes version decides about APIs' old_cluster
t '--quiet says nothing about information' quiet
t 'subcharts and CRDs' tree
t 'defaults that are null stay beside of what was set' nulls
t 'a missing subchart without a name' nameless
t 'after two objects JSON is told of alone' json_stream
t 'a path that is no chart' nowhere
t 'an archive' archive
t 'the name in an archive is read as Helm reads it' archive_name
t '.helmignore counts, in archives too' ignored
t 'required only warns' required
t 'documents are divided as Kubernetes does it' separators
t 'schemas, and the place of the value' schema
t 'the first template error only' first_error
t 'URLs that are and are not' urls
t 'mail addresses that are and are not' mails
done_testing
