#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# --dependency-update: dependencies that charts/ lacks are fetched, told of as Helm tells, and rendered.
. "$(dirname "$0")/../../lib/tap.sh"
# shellcheck source=tests/lib/servers.sh
. "$TOP/tests/lib/servers.sh"

if ! command -v python3 >/dev/null; then
	skip 'dependencies are fetched' 'no python3'
	done_testing
	exit
fi
unset http_proxy HTTP_PROXY https_proxy HTTPS_PROXY HELM_CONFIG_HOME HELM_REPOSITORY_CONFIG HELM_REGISTRY_CONFIG HELM_DEBUG
export OTEL_TRACES_EXPORTER=none

# part NAME VERSION: a chart with one template.
part() {
	mkdir -p "$1/templates"
	printf 'apiVersion: v2\nname: %s\nversion: %s\n' "$1" "$2" >"$1/Chart.yaml"
	echo "$1: {{ .Chart.Version }}" >"$1/templates/a.yaml"
}
# app: makes the chart app; its dependencies, and what else Chart.yaml says, are on standard input.
app() {
	rm -rf app app.was
	part app 1.0.0
	part loc 0.3.0
	mkdir app/charts
	mv loc app/charts/
	{
		echo dependencies:
		cat
	} >>app/Chart.yaml
	cp -R app app.was
}
# judged TITLE OPTION...: both versions of Helm, where they are, do the same as we, to folder, stdout and stderr.
judged() {
	judged_title=$1
	shift
	for v in helm4 helm3; do
		if ! command -v $v >/dev/null; then
			skip "$judged_title, as $v" "no $v"
			continue
		fi
		for who in $v ours; do
			rm -rf app
			cp -R app.was app
			if [ $who = ours ]; then
				chart-render --compat $v app --dependency-update "$@" >ours.out 2>ours.err
			else
				$v template app --dependency-update "$@" >theirs.out 2>theirs.err
			fi
			echo "status $?" >$who.tree
			(cd app && find . -type f | sort && grep -v '^generated' Chart.lock) >>$who.tree 2>/dev/null
		done
		t "$judged_title, as $v" sh -c 'diff theirs.out ours.out && diff theirs.err ours.err && diff $0.tree ours.tree' $v
	done
}
update() {
	rm -rf app
	cp -R app.was app
	chart-render app --dependency-update "$@" >out 2>err
}

part side 0.3.0
for v in 1.0.0 1.1.0 2.0.0-rc.1; do
	part web $v
	chart-package -q -d repo web >/dev/null
done
chart-package -q index repo
start_any files python3 "$TOP/tests/lib/faulty-server.py" repo
S=http://127.0.0.1:$PORT
U=$S/ok

# Folders.
app <<EOF
- {name: side, version: ">=0.1", repository: "file://../side"}
EOF
chart-render app >out 2>err
t 'without the option what is missing is an error' has 'missing in charts/ directory: side' err
cat >want <<'EOF'
Saving 1 charts
Deleting outdated charts
---
# Source: app/charts/loc/templates/a.yaml
loc: 0.3.0

---
# Source: app/charts/side/templates/a.yaml
side: 0.3.0

---
# Source: app/templates/a.yaml
app: 1.0.0
EOF
t 'a folder is packed and rendered' update
t 'and told of' same want out
t 'nothing is on stderr' [ ! -s err ]
t 'the lock is there' [ -f app/Chart.lock ]
t 'digests are written by chart-package only' [ ! -e app/Chart.lock.sha256 ]
sed '1,2d' want >quiet
t 'nothing is done where nothing is missing' sh -c 'cp app/Chart.lock lock && chart-render app --dependency-update >out && cmp quiet out && cmp lock app/Chart.lock'
judged 'a folder'
chart-package -q deps update app
cp -R app.was/charts . && tar czf app.tgz -C app.was --transform 's,^\.,app,' ./Chart.yaml ./templates
chart-render app.tgz --dependency-update >out 2>err
t 'an archive cannot be updated' same - err <<'EOF'
Error: only unpacked charts can be updated
EOF
t 'reports stand alone' sh -c 'cp -R app.was rep && chart-render rep --dependency-update --values-used >out && ! grep Saving out'

# Repositories.
app <<EOF
- {name: web, version: ^1, repository: "$U"}
- {name: loc, version: ">=0.1", repository: ""}
- {name: web, alias: again, version: ^1, repository: "$U"}
EOF
cat >want <<EOF
Getting updates for unmanaged Helm repositories...
...Successfully got an update from the "$U" chart repository
Saving 3 charts
Downloading web from repo $U
Dependency loc did not declare a repository. Assuming it exists in the charts directory
Already downloaded web from repo $U
Deleting outdated charts
EOF
t 'a repository is asked' update
head -n 7 out >got
t 'and told of' same want got
t 'the best version is rendered' sh -c 'grep -c "web: 1.1.0" out | grep -qx 2'
t 'archives are kept' cmp app/charts/web-1.1.0.tgz repo/web-1.1.0.tgz
judged 'a repository'
judged 'one template' --show-only templates/a.yaml
app <<EOF
- {name: web, version: ">=7", repository: "$U"}
EOF
t 'no version fits' status 1 update
t 'and nothing is written' sh -c '! grep -q Saving out && [ ! -e app/Chart.lock ] && ! ls app/charts/*.tgz'
judged 'no version fits'
app <<EOF
- {name: wab, version: ">=7", repository: "$U"}
EOF
judged 'no such chart'
app <<EOF
- {name: web, version: ">=0", repository: mine}
- {name: wab, version: ">=0", repository: "@other"}
EOF
judged 'no such repositories'
app <<EOF
- {name: side, version: ">=0", repository: "file://../nowhere"}
EOF
judged 'no such folder'
app <<EOF
- {name: side, version: ">=0", repository: "file://../nowhere"}
deprecated: true
EOF
judged 'no such folder for a chart that is deprecated'
app <<EOF
- {name: side, version: ">=0", repository: "file://../side"}
- {name: loc, version: ">=7", repository: ""}
EOF
judged 'what lies in charts/ does not fit'
app <<EOF
- {name: side, version: ">=0", repository: "file://../side"}
type: library
EOF
judged 'a library'
app <<EOF
- {name: web, version: ^1, repository: "$S/404"}
EOF
t 'a repository that cannot be read' status 1 update
t 'is told' has '...Unable to get an update from the "'"$S/404"'" chart repository:' out
t 'and why' has "$S/404" err
sed "s,web-1.1.0.tgz,$S/404/web-1.1.0.tgz," repo/index.yaml >index && mkdir -p repo/half && sed 's/digest: .*/digest: ""/' index >repo/half/index.yaml
app <<EOF
- {name: side, version: ">=0", repository: "file://../side"}
- {name: web, version: ^1, repository: "$U/half"}
EOF
t 'an archive that cannot be had' status 1 update
t 'is told' has 'Save error occurred:  ' out
t 'and nothing is half done' sh -c '[ ! -e app/Chart.lock ] && ! ls app/charts/*.tgz'

# Those that Helm knows.
mkdir -p "$XDG_CONFIG_HOME/helm"
cat >"$XDG_CONFIG_HOME/helm/repositories.yaml" <<EOF
apiVersion: ""
generated: "0001-01-01T00:00:00Z"
repositories:
- {name: mine, url: "$S/auth", username: me, password: secret}
EOF
app <<EOF
- {name: web, version: ^1, repository: "@mine"}
EOF
t 'a repository with a name and a password' update
t 'is told of by its name' has '...Successfully got an update from the "mine" chart repository' out
t 'its URL is locked' has "repository: $S/auth" app/Chart.lock
judged 'a repository that is known'
rm -r "$XDG_CONFIG_HOME/helm"

# A registry.
if ! command -v docker-registry >/dev/null; then
	skip 'a registry' 'no docker-registry'
	done_testing
	exit
fi
start_registry registry ''
R=oci://127.0.0.1:$PORT/charts
chart-package push -q --plain-http repo/web-1.0.0.tgz repo/web-1.1.0.tgz "$R" >/dev/null
app <<EOF
- {name: web, version: ^1, repository: "$R"}
EOF
t 'a registry is asked' update --plain-http
cat >want <<EOF
Saving 1 charts
Downloading web from repo $R
Deleting outdated charts
EOF
head -n 3 out >got
t 'and told of' same want got
t 'with what came' has "Pulled: 127.0.0.1:$PORT/charts/web:1.1.0" err
t 'and its digest' grep -qx 'Digest: sha256:[0-9a-f]*' err
judged 'a registry' --plain-http
done_testing
