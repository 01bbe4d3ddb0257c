# SPDX-License-Identifier: Apache-2.0
# Charts, archives, revisions and releases as sides.
. "$(dirname "$0")/../../lib/tap.sh"

chart() { # FOLDER VERSION REPLICAS
	mkdir -p "$1/templates"
	printf 'apiVersion: v2\nname: web\nversion: %s\n' "$2" >"$1/Chart.yaml"
	printf 'replicas: %s\nimage:\n  tag: "%s"\n' "$3" "$2" >"$1/values.yaml"
	cat >"$1/templates/web.yaml" <<-'X'
	apiVersion: apps/v1
	kind: StatefulSet
	metadata:
	  name: {{ .Release.Name }}-web
	spec:
	  serviceName: {{ .Release.Name }}-{{ .Chart.Version | replace "." "-" }}
	  replicas: {{ .Values.replicas }}
	  template:
	    spec:
	      containers:
	        - name: web
	          image: web:{{ .Values.image.tag }}
	X
}

chart old 1.0.0 2
chart new 1.1.0 2
tar -czf old-1.0.0.tgz --transform 's,^old,web,' old

diffs() {
	want=$1
	shift
	chart-diff "$@" >out 2>err
	got=$?
	[ $got = "$want" ] || { echo "exit status $got, want $want"; cat out err; return 1; }
}

folders() {
	diffs 1 -C 0 --release shop -n ns old new && has 'ns, shop-web, StatefulSet (apps) has changed:' out &&
		has '-           image: web:1.0.0' out && has '+           image: web:1.1.0' out
}

archive() {
	diffs 1 -o simple old-1.0.0.tgz new && diffs 0 old-1.0.0.tgz old
}

values_of_sides() {
	printf 'replicas: 5\n' >five.yaml
	diffs 0 -f five.yaml old old && diffs 1 -C 0 --new-values five.yaml old old && has '+   replicas: 5' out &&
		diffs 1 -C 0 --old-values five.yaml old old && has '-   replicas: 5' out &&
		diffs 0 --set replicas=9 old old
}

against_stream() {
	chart-render release-name old >old.yaml && diffs 0 old.yaml old || return 1
	chart-render release-name new | chart-diff old.yaml - >out
	[ $? = 1 ] && has 'has changed' out
}

breaking() {
	diffs 1 --breaking old new &&
		has 'StatefulSet default/release-name-web: spec.serviceName changes from "release-name-1-0-0" to "release-name-1-1-0"' out &&
		has 'way round: ' out && has '[statefulset-immutable]' out && diffs 0 --breaking old old
}

breaking_json() {
	diffs 1 --breaking -o json old new &&
		perl -MJSON::PP -0777 -ne 'print decode_json($_)->[0]{rule}, "\n"' out >got && echo statefulset-immutable >want && same want got || return 1
	for n in a b; do printf -- '---\napiVersion: v1\nkind: Namespace\nmetadata: {name: %s}\n' $n; done >two.yaml
	echo '# none' >none.yaml
	diffs 1 --breaking -o json two.yaml none.yaml && perl -MJSON::PP -0777 -ne 'print scalar @{decode_json($_)}, "\n"' out >got && echo 2 >want && same want got
}

default_values() {
	printf 'image:\n  tag: mine\n' >mine.yaml
	printf 'extra: {a: 1}\n' >>new/values.yaml
	cat >want <<-'X'
	+ extra: {"a":1}
	~ image.tag: "1.0.0" -> "1.1.0"  ! set by an override
	X
	diffs 1 --values -f mine.yaml old new && same want out && diffs 1 --values -f mine.yaml -o json old new &&
		perl -MJSON::PP -0777 -ne 'print join(" ", map { join(":", $_->{path}, exists $_->{old} ? 1 : 0, exists $_->{new} ? 1 : 0, $_->{used} ? 1 : 0) } @{decode_json($_)}), "\n"' out >got &&
		echo 'extra:0:1:0 image.tag:1:1:1' >want && same want got && diffs 0 --values old old && diffs 2 --values old mine.yaml
}

revision() {
	git init -q repo && cp -r old repo/web && cd repo && git add . && git commit -qm one &&
		sed -i 's/replicas: 2/replicas: 3/' web/values.yaml && diffs 1 -C 0 HEAD:web web && has '+   replicas: 3' out &&
		cd web && diffs 1 -C 0 HEAD:./. . && has '+   replicas: 3' out && diffs 2 HEAD:nowhere .
}

release() {
	mkdir -p bin && cat >bin/helm <<-'X' && chmod +x bin/helm
	#!/bin/sh
	[ "$*" = "get manifest shop --namespace ns" ] && { printf -- '---\napiVersion: v1\nkind: Service\nmetadata: {name: a}\n'; exit 0; }
	[ "$*" = "get hooks shop --namespace ns" ] && exit 0
	echo "Error: release: not found" >&2
	exit 1
	X
	: >none.yaml
	PATH=$PWD/bin:$PATH diffs 1 -n ns -o simple release:shop none.yaml && has 'ns, a, Service (v1) to be removed.' out &&
		PATH=$PWD/bin:$PATH diffs 2 release:other none.yaml && has 'release: not found' err
}

# Each option gives what chart-render gives with it.
render_options() {
	mkdir -p opt/templates opt/crds && cp old/Chart.yaml opt/
	echo 'port: 80' >opt/values.yaml
	printf 'apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: things.example.org}\n' >opt/crds/t.yaml
	printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {v: "{{ .Capabilities.KubeVersion }} {{ .Release.IsUpgrade }} {{ .Capabilities.APIVersions.Has "x/v1" }}"}\n' >opt/templates/c.yaml
	chart-render release-name opt >plain.yaml || return 1
	for o in --kube-version=1.29 --is-upgrade --include-crds --api-versions=x/v1; do
		chart-render release-name opt "$o" >with.yaml && diffs 0 "$o" with.yaml opt && diffs 1 with.yaml opt && diffs 1 "$o" plain.yaml opt ||
			{ echo "with $o"; return 1; }
	done
	echo '{"properties": {"port": {"type": "string"}}}' >opt/values.schema.json
	diffs 2 plain.yaml opt && diffs 0 --skip-schema-validation plain.yaml opt
}

t 'options of rendering are those of chart-render' render_options
t 'two chart folders are rendered and compared' folders
t 'an archive is as good as a folder' archive
t 'values can be given for both sides and for each' values_of_sides
t 'a chart compares with a stream, and chart-render feeds one' against_stream
t 'breaking changes are named with the way round' breaking
t 'breaking changes are data too' breaking_json
t 'default values are compared and used ones marked' default_values
t 'a revision of git is a side' revision
t 'a release is asked of helm' release
done_testing
