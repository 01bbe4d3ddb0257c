# SPDX-License-Identifier: Apache-2.0
# Paths, formats, exit status.
. "$(dirname "$0")/../../lib/tap.sh"

chart() {
	mkdir -p "$1/templates"
	printf 'apiVersion: v2\nname: %s\nversion: 1.0.0\n' "$(basename "$1")" >"$1/Chart.yaml"
	printf 'apiVersion: v1\nkind: Pod\nmetadata: {name: %s}\nspec: {containers: [{name: p, image: "p%s"}]}\n' "$(basename "$1")" "$2" >"$1/templates/p.yaml"
	: >"$1/values.yaml"
}

chart infra/a :1
chart infra/deep/b :latest
chart infra/deep/b/charts/sub :latest
printf 'dependencies: [{name: sub, repository: "", version: 1.0.0}]\n' >>infra/deep/b/Chart.yaml

lints() {
	want=$1
	shift
	chart-lint "$@" >out 2>err
	got=$?
	[ $got = "$want" ] || { echo "exit status $got, want $want"; cat out err; return 1; }
}

everywhere() {
	lints 0 && has 'infra/a/Chart.yaml:1:1: info: icon is recommended' out && has 'infra/deep/b/templates/p.yaml:4:1: warning' out &&
		lacks 'charts/sub' out && has '2 charts, 0 errors, 1 warning' err
}

one_file() {
	lints 0 infra/deep/b/templates/p.yaml infra/deep/b/values.yaml && has 'infra/deep/b/templates/p.yaml:4:1' out && lacks infra/a out &&
		has '1 chart, ' err
}

from_stdin() {
	printf 'infra/a\ninfra/a/values.yaml\n' | chart-lint - >out 2>err && lacks deep out && has '1 chart, ' err
}

strict() {
	lints 1 --strict infra/deep/b && lints 0 --strict infra/a -q
}

errors() {
	cp -r infra/a bad && echo '{{ nope }}' >bad/templates/x.yaml && lints 1 bad
}

trouble() {
	lints 2 nowhere && lints 2 out && mkdir empty && lints 2 empty && lints 2 --format=fancy infra/a && lints 2 --explain nothing
}

rules() {
	lints 0 --list-rules && grep -q '^kube/image-tag  *warning  *images have' out && sort -c out &&
		lints 0 --explain kube/image-tag && has 'latest and no tag at all' out
}

json() {
	lints 0 --format json infra/deep/b &&
		perl -MJSON::PP -0777 -ne '$d = decode_json($_); print "$d->{warnings} $d->{charts} ", join(",", map { "$_->{rule}:$_->{line}" } @{$d->{findings}}), "\n"' out >got &&
		echo '1 1 helm/chart-icon-presence:1,kube/image-tag:4' >want && same want got
}

jsonl() {
	lints 0 --format jsonl infra/deep/b && perl -MJSON::PP -ne 'decode_json($_)' out && lints 0 --format jsonl infra/a && perl -MJSON::PP -ne 'print decode_json($_)->{rule}, "\n"' out >got && echo helm/chart-icon-presence >want &&
		same want got
}

formats() {
	for f in sarif junit checkstyle tap github; do
		chart-lint --format $f infra/deep/b >out || [ $? = 1 ] || return 1
		[ -s out ] || return 1
	done
	has '::warning file=infra/deep/b/templates/p.yaml,line=4,col=1,title=kube/image-tag::image "p:latest" has the tag latest' out &&
		chart-lint --format sarif infra/deep/b | perl -MJSON::PP -0777 -ne 'exit !(decode_json($_)->{version} eq "2.1.0")' &&
		GITHUB_ACTIONS=true chart-lint infra/a >out && has '::notice file=infra/a/Chart.yaml' out
}

quiet() {
	lints 0 -q infra/a && [ ! -s out ] && [ ! -s err ]
}

subcharts() {
	lints 0 --with-subcharts infra/deep/b && has 'infra/deep/b/charts/sub/templates/p.yaml:4:1' out
}

archive() {
	tar -czf b-1.tgz -C infra/deep b && lints 0 b-1.tgz && has 'b-1.tgz/templates/p.yaml:4:1: warning' out
}

hostile() {
	mkdir -p evil/templates && cp infra/a/Chart.yaml evil/
	printf 'apiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec: {containers: [{name: a, image: "web\\e[31m"}]}\n' >evil/templates/p.yaml
	cp evil/templates/p.yaml "evil/templates/$(printf 'q\033[31m.yaml')"
	for f in text github tap junit checkstyle jsonl sarif; do
		lints 1 --format $f evil && grep -q 'web.*\[31m' out || return 1
		! grep -q "$(printf '\033')" out || { echo "in $f:"; cat -v out; return 1; }
	done
}

t 'without a path every chart below is checked' everywhere
t 'a file stands for its chart, once' one_file
t 'paths come from standard input' from_stdin
t 'warnings fail with --strict' strict
t 'errors fail' errors
t 'trouble is 2' trouble
t 'rules are listed and explained' rules
t 'JSON' json
t 'JSON lines' jsonl
t 'the other formats' formats
t '-q says nothing about information' quiet
t '--with-subcharts' subcharts
t 'an archive' archive
t 'nothing that a terminal would obey' hostile
done_testing
