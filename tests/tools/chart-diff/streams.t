# SPDX-License-Identifier: Apache-2.0
# Two streams of manifests: what is printed, and the exit status.
. "$(dirname "$0")/../../lib/tap.sh"

config() {
	printf -- '---\n# Source: c/templates/%s.yaml\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: %s\ndata:\n' "$1" "$1"
	printf '  one: "1"\n  two: "2"\n  three: "3"\n  four: %s\n  five: "5"\n  six: "6"\n' "$2"
}

{ config a x; config gone x; } >old.yaml
{ config a y; config new x; } >new.yaml

diffs() { # WANTED-STATUS OPTIONS...: the output goes to out
	want=$1
	shift
	chart-diff "$@" >out 2>err
	got=$?
	[ $got = "$want" ] || { echo "exit status $got, want $want"; cat out err; return 1; }
}

prints() { # EXPECTED on stdin
	cat >want
	same want out
}

lines() {
	diffs 1 -C 1 old.yaml new.yaml && prints <<-'X'
	default, a, ConfigMap (v1) has changed:
	...
	    three: "3"
	-   four: x
	+   four: y
	    five: "5"
	...
	default, gone, ConfigMap (v1) has been removed:
	- # Source: c/templates/gone.yaml
	- apiVersion: v1
	- kind: ConfigMap
	- metadata:
	-   name: gone
	- data:
	-   one: "1"
	-   two: "2"
	-   three: "3"
	-   four: x
	-   five: "5"
	-   six: "6"
	default, new, ConfigMap (v1) has been added:
	+ # Source: c/templates/new.yaml
	+ apiVersion: v1
	+ kind: ConfigMap
	+ metadata:
	+   name: new
	+ data:
	+   one: "1"
	+   two: "2"
	+   three: "3"
	+   four: x
	+   five: "5"
	+   six: "6"
	X
}

simple() {
	diffs 1 -o simple -n shop old.yaml new.yaml && prints <<-'X'
	shop, a, ConfigMap (v1) to be changed.
	shop, gone, ConfigMap (v1) to be removed.
	shop, new, ConfigMap (v1) to be added.
	Plan: 1 to add, 1 to change, 1 to destroy, 0 to change ownership.
	X
}

json() {
	diffs 1 -o json old.yaml new.yaml &&
		perl -MJSON::PP -0777 -ne 'my $d = decode_json($_); print join(" ", map { "$_->{change}:$_->{name}" } @$d), "\n"' out >got &&
		echo 'MODIFY:a REMOVE:gone ADD:new' >want && same want got
}

markdown() {
	diffs 1 -o markdown -C 0 old.yaml new.yaml && has '**1 added, 1 changed, 1 removed**' out &&
		has '<details><summary>default, a, ConfigMap (v1) changed</summary>' out && has '```diff' out
}

colored() {
	diffs 1 --color=always -C 0 old.yaml new.yaml && has "$(printf '\033[0;33mdefault, a, ConfigMap (v1) has changed:\033[0m')" out &&
		has "$(printf '\033[0;31m-   four: x\033[0m')" out && has "$(printf '\033[0;32m+   four: y\033[0m')" out
}

equal() {
	diffs 0 old.yaml old.yaml && [ ! -s out ]
}

piped() {
	chart-diff old.yaml - <new.yaml >out
	[ $? = 1 ] && has 'default, a, ConfigMap' out
}

trouble() {
	diffs 2 old.yaml nowhere.yaml && diffs 2 old.yaml && diffs 2 - - && diffs 2 --output=fancy old.yaml new.yaml
}

broken() {
	printf 'apiVersion: v1\nkind: [\n' >bad.yaml
	diffs 2 old.yaml bad.yaml && has 'bad.yaml:' err
}

helm_status() {
	diffs 2 --detailed-exitcode old.yaml new.yaml && diffs 0 --detailed-exitcode old.yaml old.yaml &&
		diffs 1 --detailed-exitcode old.yaml nowhere.yaml
}

secret() {
	printf 'apiVersion: v1\nkind: Secret\nmetadata: {name: s}\ndata: {p: %s}\n' "$1"
}

secrets() {
	secret aHVudGVyMg== >s1 && secret aHVudGVyMw== >s2 &&
		diffs 1 s1 s2 && lacks aHVudGVy out && has "'-------- # (7 bytes)'" out && has "'++++++++ # (7 bytes)'" out &&
		diffs 1 --show-secrets s1 s2 && has aHVudGVyMg== out &&
		diffs 1 --show-secrets-decoded s1 s2 && has 'p: hunter3' out &&
		diffs 1 --suppress-secrets s1 s2 && has '+ Changes suppressed on sensitive content of type Secret' out
}

hook() {
	printf 'apiVersion: v1\nkind: Pod\nmetadata: {name: %s, annotations: {helm.sh/hook: %s}}\n' "$1" "$2"
}

hooks() {
	{ hook t test; echo ---; hook h pre-install; } >hooks.yaml && : >none.yaml &&
		diffs 1 none.yaml hooks.yaml && has 'default, h, Pod' out && lacks 'default, t, Pod' out &&
		diffs 1 --include-tests none.yaml hooks.yaml && has 'default, t, Pod' out &&
		diffs 0 --no-hooks none.yaml hooks.yaml
}

normalized() {
	printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a} # why\n' >n1
	printf 'kind: "ConfigMap"\napiVersion: v1\nmetadata:\n  name: a\n' >n2
	diffs 1 n1 n2 && diffs 0 --normalize-manifests n1 n2
}

carriage() {
	sed 's/$/\r/' old.yaml >crlf.yaml
	diffs 1 old.yaml crlf.yaml && diffs 0 --strip-trailing-cr old.yaml crlf.yaml
}

renamed() {
	config one x >r1 && config two x >r2 && diffs 1 -o simple r1 r2 && has '1 to add, 0 to change, 1 to destroy' out &&
		diffs 1 -o simple -D 0.5 r1 r2 && has '0 to add, 1 to change, 0 to destroy' out
}

moved() {
	printf 'apiVersion: extensions/v1beta1\nkind: Ingress\nmetadata: {name: a}\n' >m1
	printf 'apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: a}\n' >m2
	diffs 1 -o simple m1 m2 && has 'default, a, Ingress (networking.k8s.io) to be changed.' out
}

t 'lines are printed as helm diff prints them, with context' lines
t 'simple output is a line each and a plan' simple
t 'JSON is what helm diff gives' json
t 'markdown folds each change' markdown
t 'colours are those of helm diff' colored
t 'equal streams give nothing and 0' equal
t 'one side can come from a pipe' piped
t 'trouble is 2' trouble
t 'a broken document is named' broken
t '--detailed-exitcode is 0, 2, 1' helm_status
t 'secrets are hidden unless asked for' secrets
t 'hooks and tests can be left out or in' hooks
t 'normalized manifests differ in meaning only' normalized
t 'carriage returns can be ignored' carriage
t 'renames are found when asked for' renamed
t 'a moved API is one change' moved
done_testing
