#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Charts in charts: values, globals, conditions, tags, aliases, imports; links and ignored files.
. "$(dirname "$0")/../../lib/tap.sh"

# sub DIR NAME: a subchart that shows its values and globals.
sub() {
	mkdir -p "$1/templates"
	printf 'apiVersion: v2\nname: %s\nversion: 1.0.0\n' "$2" >"$1/Chart.yaml"
	printf 'kind: %s\nvalues: {{ toJson .Values }}\n' "$2" >"$1/templates/v.yaml"
}

mkdir -p top/templates
cat >top/Chart.yaml <<'END'
apiVersion: v2
name: top
version: 0.1.0
dependencies:
- {name: db, version: 1.x, repository: "", condition: db.enabled, tags: [back]}
- {name: db, version: 1.x, repository: "", alias: cache, import-values: [out]}
END
cat >top/values.yaml <<'END'
global: {region: north}
db: {size: 2}
END
printf 'kind: Top\nvalues: {{ toJson .Values }}\n' >top/templates/t.yaml
sub top/charts/db db
printf 'size: 1\nname: x\nexports: {out: {port: 5}}\n' >top/charts/db/values.yaml

chart-render top >out
t 'a subchart sees its values and the globals' has 'values: {"exports":{"out":{"port":5}},"global":{"region":"north"},"name":"x","size":2}' out
t 'an alias is a chart of its own' has '# Source: top/charts/cache/templates/v.yaml' out
t 'what a subchart exports is imported' sh -c 'grep "^values:" out | grep -q "\"port\":5}$"'
chart-render top --set db.enabled=false >off
t 'a condition takes a subchart out' lacks '# Source: top/charts/db/' off
chart-render top --set tags.back=false >tag
t 'a tag takes a subchart out' lacks '# Source: top/charts/db/' tag
chart-render top --set tags.back=false,db.enabled=true >both
t 'a condition is stronger than a tag' has '# Source: top/charts/db/' both
chart-render top --set db.enabled=x 2>err >/dev/null
t 'a condition that is no boolean is told' has 'level=WARN msg="returned non-bool value" path=db.enabled chart=db' err
t 'a table is wanted for a subchart' status 1 chart-render top --set db=5

mkdir -p real && printf 'kind: Linked\n' >real/l.yaml
ln -s "$WORK/real/l.yaml" top/templates/link.yaml
chart-render top >linked 2>err
t 'links are followed' has "kind: Linked" linked
t 'and told' has "level=INFO msg=\"found symbolic link in path. Contents of linked file included and used\" path=$WORK/top/templates/link.yaml resolved=$WORK/real/l.yaml" err
rm real/l.yaml
chart-render top 2>err >/dev/null
t 'a dangling link is an error' has "Error: error evaluating symlink $WORK/top/templates/link.yaml: lstat $WORK/real/l.yaml: no such file or directory" err
rm top/templates/link.yaml
chart-render top >linked.bare
ln -s . top/loop
t 'a folder linked into itself ends' status 1 timeout 20 chart-render top
chart-render top 2>err >/dev/null
t 'where the system follows no more links' sh -c 'grep -q "^Error: open .*/top\(/loop\)\{41\}: too many levels of symbolic links$" err'
mv top/Chart.yaml real/c.yaml
echo '[]' >top/Chart.yaml
chart-render top 2>err >/dev/null
t 'what is wrong with Chart.yaml comes before any link' sh -c '[ "$(wc -l <err)" = 1 ] && grep -q "Go value of type loader.chartBase" err'
mv real/c.yaml top/Chart.yaml
rm top/loop
time_of() {
	echo "generated: \"$1\"" >top/Chart.lock
	chart-render top 2>&1 >/dev/null | grep -qF "Error: cannot load Chart.lock: error unmarshaling JSON: while decoding JSON: parsing time \"$1\"$2"
}
t 'a month that is none in a lock' time_of 2020-13-01T00:00:00Z ': month out of range'
t 'a day that is none' time_of 2021-02-29T00:00:00Z ': day out of range'
t 'an hour that is none' time_of 2020-01-01T24:00:00Z ': hour out of range'
t 'an offset that is none' time_of 2020-01-01T00:00:00+25:00 ': time zone offset hour out of range'
t 'a second without its fraction' time_of 2020-01-01T00:00:00.Z ' as "2006-01-02T15:04:05Z07:00": cannot parse ".Z" as "Z07:00"'
echo 'generated: "2020-02-29T1:00:00,5+24:00"' >top/Chart.lock
t 'what Go takes' sh -c 'chart-render top >out && cmp out linked.bare'
rm top/Chart.lock
mkfifo top/templates/fifo
chart-render top 2>err >/dev/null
t 'a FIFO is refused' has "Error: cannot load irregular file $WORK/top/templates/fifo as it has file mode type bits set" err
rm top/templates/fifo

printf 'kind: Hidden\n' >top/templates/h.yaml
printf 'h.yaml\n' >top/.helmignore
chart-render top >ignored
t 'ignored files are left out' lacks 'kind: Hidden' ignored

cat >top/values.yaml <<'END'
a: 1
---
a: 2
b: 3
END
chart-render top >docs
t 'the documents of a values file are merged' sh -c 'grep -q "\"a\":2,\"b\":3" docs'

# apiVersion v3 is not released; what is refused first depends on what lies in charts/.
mkdir -p v3/charts/a/templates v3/templates
printf 'apiVersion: v3\nname: v3\nversion: 1.0.0\n' >v3/Chart.yaml
sub v3/charts/a a
chart-render v3 2>err >/dev/null
t 'a chart of apiVersion v3 with more charts than it lists' has 'dependencies: unsupported chart dependency type' err
printf 'dependencies: [{name: a, version: 1.x, repository: ""}]\n' >>v3/Chart.yaml
chart-render v3 2>err >/dev/null
t 'a chart of apiVersion v3' has 'Error: invalid chart apiVersion' err
t 'Helm 3 does not look at it' chart-render --compat helm3 v3
printf '[x]\n' >v3/requirements.yaml
chart-render v3 2>err >/dev/null
t 'requirements.yaml is a file as any other to it' has 'Error: invalid chart apiVersion' err
rm v3/requirements.yaml
sed 's/^dependencies.*/maintainers: [x]/' v3/Chart.yaml >bad
mv bad v3/Chart.yaml
chart-render v3 2>err >/dev/null
t 'what is wrong with it is told in its own types' has 'field Metadata.maintainers of type v3.Maintainer' err
chart-render --compat helm3 v3 2>err >/dev/null
t 'and in those of Helm 3' has 'field Metadata.maintainers of type chart.Maintainer' err

mkdir -p nameless
printf 'apiVersion: v2\nname: nameless\nversion: 1.0.0\ndependencies: [{version: 1.0.0}]\n' >nameless/Chart.yaml
chart-render nameless 2>err >/dev/null
t 'a subchart without a name is missed, too' has 'but missing in charts/ directory: ' err

mkdir -p only/templates
printf 'dependencies: []\n' >only/requirements.yaml
printf '/Chart.yaml\n' >only/.helmignore
printf 'apiVersion: v2\nname: only\nversion: 1.0.0\n' >only/Chart.yaml
chart-render only 2>err >/dev/null
t 'requirements.yaml is metadata where Chart.yaml is ignored' has 'Error: validation: chart.metadata.apiVersion is required' err
printf 'apiVersion: v2\nname: other\nversion: 1.0.0\n' >only/requirements.yaml
printf 'kind: {{ .Chart.Name }}\n' >only/templates/a.yaml
chart-render only >out
t 'all of it' has 'kind: other' out

mkdir -p im/templates im/charts/s
printf 'apiVersion: v2\nname: s\nversion: 1.0.0\n' >im/charts/s/Chart.yaml
echo 'm: {}' >im/charts/s/values.yaml
cat >im/Chart.yaml <<'X'
apiVersion: v2
name: im
version: 1.0.0
dependencies:
- {name: s, version: 1.x, import-values: [{child: m, parent: m}, {child: m, parent: m.k.z}]}
X
echo 'v: {{ .Values.m | toJson }}' >im/templates/a.yaml
chart-render im >out
t 'an empty table may be imported into itself' has 'v: {"k":{"z":{}}}' out
done_testing
