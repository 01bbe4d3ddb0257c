# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# upstream.sh: sourced by *.t. Makes a chart repository in $WORK/www, version by version.
#
#	upstream_chart VERSION       writes the chart as it was at that version to $WORK/src/web
#	publish VERSION              packs it and adds it to www/index.yaml
#	publish_all                  1.0.0, 1.1.0, 1.2.0, 2.0.0

upstream_chart() {
	rm -rf "$WORK/src/web"
	mkdir -p "$WORK/src/web/templates" "$WORK/src/web/ci"
	tag=7.0.1 replicas=1 extra='' port='port: 80'
	case $1 in
	1.1.0) tag=7.0.2 extra='
## How many seconds a pod may take to stop
grace: 30
' ;;
	1.2.0) tag=7.2.0 extra='
## How many seconds a pod may take to stop
grace: 30
' replicas=2 ;;
	2.0.0) tag=8.0.0 extra='
## How many seconds a pod may take to stop
grace: 30
' replicas=3 port='ports: {http: 80}' ;;
	esac
	cat >"$WORK/src/web/Chart.yaml" <<END
apiVersion: v2
name: web
version: $1
appVersion: "$tag"
description: A web server
END
	cat >"$WORK/src/web/values.yaml" <<END
## How many pods
replicas: $replicas
image:
  repository: docker.example.org/web
  tag: $tag
  pullPolicy: IfNotPresent
$extra
service:
  $port
  type: ClusterIP
END
	cat >"$WORK/src/web/templates/_helpers.tpl" <<'END'
{{- define "web.name" -}}
{{ .Release.Name }}-web
{{- end }}
END
	cat >"$WORK/src/web/templates/deployment.yaml" <<END
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ include "web.name" . }}
  labels:
    version: "$1"
spec:
  replicas: {{ .Values.replicas }}
  selector:
    matchLabels: {app: web}
  template:
    metadata:
      labels: {app: web}
    spec:
      containers:
        - name: web
          image: "{{ .Values.image.repository }}:{{ .Values.image.tag }}"
END
	echo "Talk to web $1" >"$WORK/src/web/README.md"
	echo "replicas: 1" >"$WORK/src/web/ci/one-values.yaml"
}

publish() {
	upstream_chart "$1"
	mkdir -p "$WORK/www"
	tar -C "$WORK/src" --sort=name --mtime=@0 --owner=0 --group=0 -cf - web | gzip -n >"$WORK/www/web-$1.tgz"
	[ -e "$WORK/www/index.yaml" ] || printf 'apiVersion: v1\nentries:\n  web:\n' >"$WORK/www/index.yaml"
	cat >>"$WORK/www/index.yaml" <<END
  - apiVersion: v2
    name: web
    version: $1
    created: "2026-01-01T00:00:00Z"
    digest: $(sha256sum <"$WORK/www/web-$1.tgz" | cut -d' ' -f1)
    urls: [web-$1.tgz]
END
}

publish_all() {
	for v in 1.0.0 1.1.0 1.2.0 2.0.0; do
		publish $v
	done
}

# What a folder holds, as one line a file.
digest() {
	(cd "$1" && find . -path ./.git -prune -o -type f ! -name state.lock -print | LC_ALL=C sort | tr '\n' '\0' | xargs -0 sha256sum)
}
