#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The next version: by hand, and from what differs.
. "$(dirname "$0")/../../lib/tap.sh"
. "$TOP/tests/tools/chart-package/charts.sh"

# version CHART: what Chart.yaml says now.
version() {
	sed -n 's/^version: *//p' "$1/Chart.yaml"
}
# raises FROM OPTION TO: bump leads from one version to the other.
raises() {
	sed -i "s/^version:.*/version: $1/" web/Chart.yaml
	chart-package bump "$2" web || return 1
	[ "$(version web)" = "$3" ] || { echo "$1 $2 gives $(version web), want $3"; return 1; }
}

chart web 1.2.3
t 'patch' raises 1.2.3 --patch 1.2.4
t 'minor' raises 1.2.3 --minor 1.3.0
t 'major' raises 1.2.3 --major 2.0.0
t 'metadata is dropped' raises 1.2.3+5 --patch 1.2.4
t 'a prerelease is followed by its release' raises 2.0.0-rc.1 --major 2.0.0
t 'also by patch' raises 1.2.3-rc.1 --patch 1.2.3
t 'but not when more is asked for' raises 1.2.3-rc.1 --minor 1.3.0
t 'a leading v stays' raises v1.2.3 --patch v1.2.4
printf '# head\nname: web\nversion: "1.2.3"   # ours\n# between\napiVersion: v2\n' >web/Chart.yaml
cp web/Chart.yaml old.yaml
t 'tell what happens' sh -c 'chart-package bump --patch web >out && grep -qx "web 1.2.3 -> 1.2.4" out'
sed 's/1\.2\.3/1.2.4/' old.yaml >want
t 'comments, quotes and order stay' same want web/Chart.yaml
t 'dry run changes nothing' sh -c 'chart-package bump --major --dry-run web && grep -q 1.2.4 web/Chart.yaml'
t 'one way has to be named' status 2 chart-package bump web
t 'and only one' status 2 chart-package bump --major --minor web
printf 'name: web\nversion: 18446744073709551615.0.0\napiVersion: v2\n' >web/Chart.yaml
t 'a version that cannot be raised is an error' status 2 chart-package bump --major web

rm -r web
chart web 1.2.3
cat >web/templates/a.yaml <<'END'
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}
  labels:
    version: {{ .Chart.Version }}
data:
  a: {{ .Values.a | quote }}
END
cat >web/values.yaml <<'END'
a: 1
deep:
  b: 2
  c: {}
END
sed -i '/^unknown/d' web/Chart.yaml
chart-package -q -d released web
cp -r web base

# auto WANT REASON: --auto since the release gives that version for that reason; then the chart is as before.
auto() {
	chart-package bump --auto --since released/web-1.2.3.tgz web >out
	auto_status=$?
	auto_got=$(version web)
	rm -r web
	cp -r base web
	cat out
	[ "$auto_status" = 0 ] || return 1
	[ "$auto_got" = "$1" ] || { echo "version $auto_got, want $1"; return 1; }
	has "$2" out
}
t 'nothing changed: the version stays' auto 1.2.3 'web stays 1.2.3: nothing changed'
sed -i '/b: 2/d' web/values.yaml
t 'a removed value: major' auto 2.0.0 '  major: value deep.b was removed'
sed -i 's/  c: {}/  c: 3/' web/values.yaml
t 'a map that becomes a number: major' auto 2.0.0 'major: value deep.c was a map and is a number'
printf 'new: 1\n' >>web/values.yaml
t 'a new value: minor' auto 1.3.0 '  minor: value new is new'
sed -i 's/a: 1/a: 5/' web/values.yaml
t 'another default: patch' auto 1.2.4 '  patch: default of value a changed'
printf 'new: 1\n' >>web/values.yaml
sed -i '/b: 2/d' web/values.yaml
t 'the highest level counts' auto 2.0.0 '  minor: value new is new'
sed -i 's/  a: {{/  z: {{/' web/templates/a.yaml
t 'another rendering: patch' auto 1.2.4 '  patch: rendered ConfigMap release-name changed'
printf 'more\n' >>web/README.md
t 'another file: patch' auto 1.2.4 '  patch: README.md changed'
printf '# a comment\n' >>web/values.yaml
t 'a comment in the values changes nothing' auto 1.2.3 'nothing changed'
printf '{"properties": {"a": {"type": "number"}, "deep": {"required": ["d"]}}}\n' >web/values.schema.json
sed -i 's/^  c: {}/  c: {}\n  d: 1/' web/values.yaml
t 'a schema that takes the released values no more: major' auto 2.0.0 'major: values.schema.json refuses the released default values'
printf '{"properties": {"a": {"type": "number"}}}\n' >web/values.schema.json
t 'one that takes them: patch' auto 1.2.4 'patch: values.schema.json changed'
printf 'x: {{ fail "no" }}\n' >>web/templates/a.yaml
t 'a chart that no longer renders: major' auto 2.0.0 'major: it no longer renders with its default values'

printf 'new: 1\n' >>web/values.yaml
chart-package bump --auto --since released web >/dev/null
t 'a folder of archives has the last release in it' test "$(version web)" = 1.3.0
chart-package bump --auto --since released web >out
t 'doing it twice is doing it once' sh -c 'grep -q "stays 1.3.0: it is raised enough already" out'
chart-package bump --auto --since base -o json --dry-run web >out
t 'JSON has the reasons' has '"what": "value new is new"' out
t 'and the level' has '"level": "minor"' out

git init -q repo
cp -r base repo/web
git -C repo add -A
git -C repo commit -qm 1.2.3
git -C repo tag web-1.2.3
git -C repo tag other-9.0.0
printf 'new: 1\n' >>repo/web/values.yaml
t 'without --since the highest tag of the chart counts' sh -c \
	'chart-package bump --auto repo/web >out && grep -q "web 1.2.3 -> 1.3.0" out'
git -C repo checkout -q web/Chart.yaml
git -C repo branch topic
git -C repo commit -qam 'on main'
git -C repo checkout -q topic
sed -i '/b: 2/d' repo/web/values.yaml
t '--base takes where the branches parted' sh -c \
	'chart-package bump --auto --base HEAD repo/web --dry-run >out && grep -q "web 1.2.3 -> 2.0.0" out && ! grep -q "new is new" out'
git -C repo commit -qam 'on topic'
BRANCH=$(git -C repo branch --format '%(refname:short)' | grep -v topic)
t 'also when both went on' sh -c \
	'chart-package bump --auto --base "$0" repo/web --dry-run >out && grep -q "value deep.b was removed" out && ! grep -q "new" out' "$BRANCH"
t 'no such revision' status 2 chart-package bump --auto --base none repo/web
t 'one way to name the release' status 2 chart-package bump --auto --base HEAD --since released repo/web
git -C repo tag -d web-1.2.3 >/dev/null
rm -rf web && cp -r base web
chart-package -q index released
printf 'new: 1\n' >>web/values.yaml
t 'the newest of a repository is the last release' sh -c \
	'chart-package bump --auto --repo released web --dry-run >out && grep -q "web 1.2.3 -> 1.3.0" out'
t 'a repository without the chart is an error' sh -c 'mkdir none; printf "apiVersion: v1\nentries: {}\n" >none/index.yaml; ! chart-package bump --auto --repo none web 2>err && grep -q "no chart" err'

# The list of changes.
changes() { chart-package show chart -o json web | python3 -c 'import json, sys; print(json.load(sys.stdin)["annotations"]["artifacthub.io/changes"], end="")'; }
printf '# the end\n' >>web/Chart.yaml
cp web/Chart.yaml plain.yaml
t '--changelog lists the reasons' chart-package bump --auto --since released --changelog web --change 'security: no root'
lines '- description: no root' '  kind: security' '- description: value new is new' '  kind: added' >want
changes >got
t 'in the annotation that Artifact Hub reads' same want got
sed 's/1\.2\.3/1.3.0/' plain.yaml >want
grep -v -e '^annotations:' -e '^  artifacthub' -e '^    ' web/Chart.yaml >got
t 'all else in Chart.yaml stays, comments too' same want got
cp web/Chart.yaml before.yaml
t 'doing it twice' chart-package bump --auto --since released --changelog web
t 'changes nothing' same before.yaml web/Chart.yaml
t 'a later change of the same version is added' sh -c 'chart-package bump --auto --since released --change "fixed: a: b" --change "odd: c" web'
lines '- description: no root' '  kind: security' '- description: value new is new' '  kind: added' '- description: '"'a: b'" '  kind: fixed' \
	'- description: '"'odd: c'" '  kind: changed' >want
changes >got
t 'to what is there' same want got
t 'the next version begins a list of its own' chart-package bump --minor --change 'nothing much' web
lines '- description: nothing much' '  kind: changed' >want
changes >got
t 'without the old ones' same want got
t 'the list is no change itself' sh -c 'cp -r web same && chart-package bump --patch --change x same >/dev/null && sed -i "s/^version:.*/version: 1.4.0/" same/Chart.yaml && chart-package bump --auto --since web same | grep -q "nothing changed"'
t 'it stays readable: one line each' sh -c 'grep -q "^  artifacthub.io/changes: |" web/Chart.yaml'
t '--dry-run prints it' sh -c 'chart-package bump --major --dry-run --change "removed: y" web | grep -qx "  kind: removed"'
t 'an empty change is refused' status 2 chart-package bump --major --change 'fixed: ' web
t '--changelog needs --auto' status 2 chart-package bump --major --changelog web
sed -i 's/^  artifacthub.io.changes:.*/  artifacthub.io\/changes: "a: ["/; /^    /d' web/Chart.yaml
t 'a list that is none is told' sh -c '! chart-package bump --auto --since web --change x web 2>err && grep -q "annotation artifacthub.io/changes" err'

# A dependency that is not fetched.
rm -rf web && cp -r base web && cp -r web dep
sed -i 's/^name: web/name: dep/' dep/Chart.yaml
printf 'dependencies: [{name: dep, version: 1.x, repository: "file://../dep"}]\n' >>web/Chart.yaml
mkdir web/charts && cp -r dep web/charts/
rm -rf released && chart-package -q -d released web
rm -r web/charts
t 'a dependency that is missing here is no change' sh -c \
	'chart-package bump --auto --since released web >out 2>err && grep -q "nothing changed" out && grep -q "lacks its dependency dep" err'
cp -r dep other && sed -i '/^a: 1/d' other/values.yaml && mkdir web/charts && cp -r other web/charts/dep
t 'a value that is gone from a dependency is one' sh -c 'chart-package bump --auto --since released --dry-run web | grep -q "major: value dep.a was removed"'

t 'no tag is an error that says what to do' sh -c '! chart-package bump --auto repo/web 2>err && grep -q -e --since err'
done_testing
