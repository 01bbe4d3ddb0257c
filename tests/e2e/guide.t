#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The user guide's chapter on tracking charts, command by command as it is written, on a repository with copies of ours.
. "$(dirname "$0")/../lib/tap.sh"
# shellcheck source=tests/lib/servers.sh
. "$TOP/tests/lib/servers.sh"

# A chart repository, version by version.
mkdir www
: >www/index
chart() {
	rm -rf "src/$1"
	mkdir -p "src/$1/templates"
	printf 'apiVersion: v2\nname: %s\nversion: %s\nappVersion: "%s"\n' "$1" "$2" "$3" >"src/$1/Chart.yaml"
	cat >"src/$1/values.yaml" <<EOF
# How many replicas
replicas: 3
image:
  repository: docker.example.org/$1
  tag: $3

## Checks
exporter:
  enabled: $4
EOF
	cat >"src/$1/templates/set.yaml" <<'EOF'
apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: {{ .Release.Name }}
spec:
  serviceName: {{ .Release.Name }}
  replicas: {{ .Values.replicas }}
  selector: {matchLabels: {app: {{ .Chart.Name }}}}
  template:
    metadata: {labels: {app: {{ .Chart.Name }}}}
    spec:
      containers:
        - name: main
          image: "{{ .Values.image.repository }}:{{ .Values.image.tag }}"
        {{- if .Values.exporter.enabled }}
        - name: exporter
          image: docker.example.org/exporter:1
        {{- end }}
EOF
	chart-package -q -d www "src/$1" >/dev/null
}
chart redis-ha 4.25.0 6.0.1 false
chart redis-ha 4.26.0 6.0.7 false
chart memo 1.0.0 1.5 false
mkdir -p infra/infra infra/values
cp -a src/redis-ha infra/infra/redis-ha
cp -a src/memo infra/infra/cache
chart redis-ha 4.27.0 6.2.5 true
chart redis-ha 5.0.0 7.0.0 true
chart memo 1.1.0 1.6 false
chart-package -q index www >/dev/null
rm -f www/index
start_any files python3 "$TOP/tests/lib/faulty-server.py" www

# What people did to their copies.
sed -i -e 's/^name: memo/name: cache/' -e 's/^version: 1.0.0/version: 0.1.0/' infra/infra/cache/Chart.yaml
sed -i -e 's/^replicas: 3/replicas: 5/' -e 's|docker.example.org/redis-ha|mirror.example.net/redis-ha|' infra/infra/redis-ha/values.yaml
echo 'replicas: 1' >infra/values/dev.yaml
echo 'exporter: {enabled: true}' >infra/values/prod.yaml
cd infra || exit 1
git init -q -b main .
git add -A
git commit -q -m 'Charts, copied'

# The chapter's code, block by block: steps/1.sh, steps/2.yaml, ...
mkdir ../steps
awk '
	/^## / { on = /From copied charts to tracked charts/ }
	on && /^ *```/ {
		if (open) { open = 0; close(file); next }
		kind = $0; sub(/^ *```/, "", kind)
		file = sprintf("../steps/%02d.%s", ++n, kind); open = 1; next
	}
	open { sub(/^   /, ""); print >file }' "$TOP/docs/user-guide.md"
sed -i "s|https://charts.example.org|http://127.0.0.1:$PORT/ok|g" ../steps/*
t 'the chapter has steps' test "$(find ../steps -name '*.sh' | wc -l)" -ge 8

# step N: runs a block; its output is in ../out/N.
mkdir ../out
for step in ../steps/*; do
	name=$(basename "$step")
	case $name in
	*.yaml) # the lines are put where the guide says: below the source of the first chart
		sed -i "0,/^    source: /{/^    source: /r $step
		}" chart-vendor.yaml
		t "step $name is a manifest" chart-vendor list
		continue
		;;
	esac
	# --exit-code says that there is news.
	want=0
	! grep -q -e '--exit-code' "$step" || want=1
	t "step $name: $(tail -n 1 "$step")" sh -c "sh -e $step >../out/$name 2>&1; code=\$?; cat ../out/$name; [ \$code = $want ]"
done
cat ../out/* >all
mv all ../all
t 'the origin was found' has 'redis-ha 4.26.0' ../all
t 'the renamed one too' has 'memo 1.0.0' ../all
t 'the edit was shown' has '+replicas: 5' ../all
t 'each environment was shown' has 'values/prod.yaml:' ../all
t 'the new version came in' has 'tag: 6.2.5' infra/redis-ha/values.yaml
t 'not the one that is not allowed' lacks '5.0.0' infra/redis-ha/Chart.yaml
t 'local edits stay' has 'replicas: 5' infra/redis-ha/values.yaml
t 'the mirror too' has 'mirror.example.net/redis-ha' infra/redis-ha/values.yaml
t 'the commit says what came' test "$(git log --format=%s -n 1 track-charts)" = 'infra/redis-ha: update redis-ha from 4.26.0 to 4.27.0'
t 'this week has a branch' test "$(git symbolic-ref --short HEAD)" = charts-this-week
t 'with the other chart' has 'version: 1.1.0' .chart-vendor/../chart-vendor.lock
t 'its local name stays' has 'name: cache' infra/cache/Chart.yaml
t 'everything agrees' chart-vendor verify
t 'and is committed' test -z "$(git status --porcelain | grep -v charts.svg)"
done_testing
