# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# shop.sh: sourced by the tests of chart-migrate: a small shop whose services use "store", and a plan to move them to "store-two".

# file NAME: writes standard input to a file, making its folder.
file() {
	mkdir -p "$(dirname "$1")"
	cat >"$1"
}

# digest DIR: names, modes and contents of everything in DIR but runs.
digest() {
	(
		cd "$1" || exit 1
		find . -path ./.chart-migrate -prune -o -printf '%p %y %m\n' | LC_ALL=C sort
		find . -path ./.chart-migrate -prune -o -type f -exec sha256sum {} + | LC_ALL=C sort
	)
}

# shop DIR: makes the shop with its charts, plans, and the releases of dev.
shop() {
	mkdir -p "$1"
	(
		cd "$1" || exit 1
		file infra/store/Chart.yaml <<-'END'
			apiVersion: v2
			name: store
			version: 0.3.1
		END
		file infra/store/values.yaml <<-'END'
			size: 1Gi
		END
		file infra/store/templates/service.yaml <<-'END'
			apiVersion: v1
			kind: Service
			metadata:
			  name: {{ .Release.Name }}
			spec:
			  ports: [{port: 7000}]
			---
			apiVersion: v1
			kind: PersistentVolumeClaim
			metadata:
			  name: {{ .Release.Name }}-data
			  annotations: {helm.sh/resource-policy: keep}
			spec:
			  accessModes: [ReadWriteOnce]
			  resources: {requests: {storage: {{ .Values.size }}}}
		END
		file infra/store/templates/pods.yaml <<-'END'
			apiVersion: apps/v1
			kind: StatefulSet
			metadata:
			  name: {{ .Release.Name }}
			spec:
			  serviceName: {{ .Release.Name }}
			  selector: {matchLabels: {app: store}}
			  template:
			    metadata: {labels: {app: store}}
			    spec:
			      containers: [{name: store, image: "store:1.4"}]
		END
		file infra/store-two/Chart.yaml <<-'END'
			apiVersion: v2
			name: store-two
			version: 1.0.0
		END
		file infra/store-two/values.yaml <<-'END'
			replicas: 3
		END
		file infra/store-two/templates/all.yaml <<-'END'
			apiVersion: v1
			kind: Service
			metadata:
			  name: {{ .Release.Name }}
			spec:
			  ports: [{port: 7001}]
			---
			apiVersion: apps/v1
			kind: StatefulSet
			metadata:
			  name: {{ .Release.Name }}
			spec:
			  replicas: {{ .Values.replicas }}
			  serviceName: {{ .Release.Name }}
			  selector: {matchLabels: {app: store-two}}
			  template:
			    metadata: {labels: {app: store-two}}
			    spec:
			      containers: [{name: store-two, image: "store-two:2.0"}]
		END
		file infra/store-two/templates/NOTES.txt <<-'END'
			It is there.
		END
		file values/store-two/dev.yaml <<-'END'
			replicas: 1
		END
		for s in cart api; do
			file services/$s/helm/Chart.yaml <<-END
				apiVersion: v2
				name: $s
				version: 1.0.0
			END
			file services/$s/helm/templates/deployment.yaml <<-'END'
				apiVersion: apps/v1
				kind: Deployment
				metadata:
				  name: {{ .Release.Name }}
				spec:
				  replicas: {{ .Values.replicas }}
				  selector: {matchLabels: {app: {{ .Chart.Name }}}}
				  template:
				    metadata: {labels: {app: {{ .Chart.Name }}}}
				    spec:
				      containers:
				        - name: main
				          image: "{{ .Chart.Name }}:{{ .Chart.Version }}"
				          env:
				            {{- range $k, $v := .Values.env }}
				            - name: {{ $k }}
				              value: {{ $v | quote }}
				            {{- end }}
				            {{- with .Values.store }}
				            - name: STORE_HOST
				              value: {{ .host }}
				            - name: STORE_PORT
				              value: {{ .port | quote }}
				            {{- end }}
			END
		done
		file services/cart/helm/values.yaml <<-'END'
			replicas: 2   # two are enough

			# Where carts are kept.
			store:
			  host: store   # in this namespace
			  port: 7000
			env: {}
		END
		file services/cart/helm/values/dev.yaml <<-'END'
			replicas: 1
		END
		file services/cart/helm/values/prod.yaml <<-'END'
			store:
			  host: store.prod.svc
		END
		file services/api/helm/values.yaml <<-'END'
			replicas: 3
			env:
			  SESSION_URL: "store://user:hunter2@store.shop.svc.cluster.local:7000/1"  # full name
			  FALLBACK: 'store-ha:7000'
			  IMAGE: store:1.4
		END
		file services/api/helm/values/dev.yaml <<-'END'
			replicas: 1
		END
		chmod 640 services/cart/helm/values.yaml
		file setup.yaml <<-'END'
			apiVersion: chart-tools/v1
			kind: Migration
			metadata: {name: setup}
			targets:
			  dev: {driver: files, path: clusters/dev, namespace: shop}
			steps:
			  - install: {release: store, chart: infra/store}
			  - install: {release: cart, chart: services/cart/helm, values: ["services/cart/helm/values/{{ .env }}.yaml"]}
			  - install: {release: api, chart: services/api/helm, values: ["services/api/helm/values/{{ .env }}.yaml"]}
		END
		file healthy.sh <<-'END'
			#!/bin/sh
			test ! -e sick
		END
		chmod +x healthy.sh
		file move.yaml <<-'END'
			apiVersion: chart-tools/v1
			kind: Migration
			metadata: {name: move}
			targets:
			  dev: {driver: files, path: clusters/dev, namespace: shop}
			  prod: {driver: files, path: clusters/prod, namespace: shop, approve: true}
			vars: {old: store, new: store-two}
			steps:
			  - install: {release: "{{ .new }}", chart: infra/store-two, values: ["values/store-two/{{ .env }}.yaml"], wait: 5m}
			  - exec: {run: [./healthy.sh], retry: 0s, timeout: 10s}
			  - repoint: {find: {service: "{{ .old }}"}, set: {host: "{{ .new }}", port: 7001}, in: [services/*/helm], review: true}
			  - upgrade: {release: [cart, api]}
			  - verify: {no-references-to: "{{ .old }}", ready: [cart, api]}
			  - soak: {for: 10ms, while: {exec: ./healthy.sh}}
			  - purge: {release: "{{ .old }}", keep: [PersistentVolumeClaim], backup: backups/}
		END
		chart-migrate plan setup.yaml --env dev | chart-migrate apply - -q && rm -rf .chart-migrate
	)
}
