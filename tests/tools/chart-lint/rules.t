# SPDX-License-Identifier: Apache-2.0
# Our own rules: each finds what is wrong, at its place, and is silent about what is right.
. "$(dirname "$0")/../../lib/tap.sh"

n=0
fresh() { # a chart in c
	n=$((n + 1))
	rm -rf c && mkdir -p c/templates
	printf 'apiVersion: v2\nname: c\nversion: 1.0.0\nicon: https://example.org/i.png\n' >c/Chart.yaml
	: >c/values.yaml
}

file() { # PATH: text on stdin
	mkdir -p "$(dirname "c/$1")" && cat >"c/$1"
}

finds() { # LINE ARGUMENTS...: exactly that finding of its rule
	want=$1
	shift
	chart-lint "$@" >out 2>err
	[ $? -le 1 ] || { cat err; return 1; }
	rule=${want##*[}
	grep -F "[$rule" out >got || :
	echo "$want" >want
	same want got
}

silent() { # RULE ARGUMENTS...
	rule=$1
	shift
	chart-lint "$@" >out 2>err
	[ $? -le 1 ] || { cat err; return 1; }
	lacks "[$rule]" out
}

deployment() { # IMAGE SELECTOR LABELS
	cat <<-X
	apiVersion: apps/v1
	kind: Deployment
	metadata:
	  name: web
	spec:
	  selector:
	    matchLabels: {app: $2}
	  template:
	    metadata:
	      labels: {app: $3}
	    spec:
	      containers:
	        - name: web
	          image: $1
	X
}

image_tag() {
	fresh && deployment '{{ .Values.image }}' a a | file templates/d.yaml && echo 'image: web:latest' >c/values.yaml &&
		finds 'c/templates/d.yaml:14:11: warning: image "web:latest" has the tag latest [kube/image-tag]' c &&
		finds 'c/templates/d.yaml:14:11: warning: image "host:5000/web" has no tag [kube/image-tag]' c --set image=host:5000/web &&
		silent kube/image-tag c --set image=web:1.0 && silent kube/image-tag c --set image=web@sha256:00
}

selector() {
	fresh && deployment web:1 '{{ .Values.a }}' b | file templates/d.yaml &&
		finds 'c/templates/d.yaml:7:5: error: the selector of Deployment "web" does not match its own pods: app is "a" in the selector and "b" in the pods [kube/selector-mismatch]' c --set a=a &&
		silent kube/selector-mismatch c --set a=b
}

service() {
	fresh && deployment web:1 a a | file templates/d.yaml
	file templates/s.yaml <<-'X'
	apiVersion: v1
	kind: Service
	metadata:
	  name: s
	spec:
	  selector:
	    app: {{ .Values.app }}
	X
	finds 'c/templates/s.yaml:6:3: info: no pod of the chart matches the selector of Service "s" [kube/service-selector]' c --set app=b &&
		silent kube/service-selector c --set app=a
}

removed_api() {
	fresh && file templates/p.yaml <<-'X'
	# a budget
	apiVersion: {{ .Values.api }}
	kind: PodDisruptionBudget
	metadata:
	  name: p
	X
	finds 'c/templates/p.yaml:2:1: error: policy/v1beta1 PodDisruptionBudget is deprecated in v1.21+, unavailable in v1.25+; use policy/v1 PodDisruptionBudget [kube/removed-api]' c --set api=policy/v1beta1 &&
		finds 'c/templates/p.yaml:2:1: warning: policy/v1beta1 PodDisruptionBudget is deprecated in v1.21+, unavailable in v1.25+; use policy/v1 PodDisruptionBudget [kube/deprecated-api]' c --set api=policy/v1beta1 --kube-version 1.22 &&
		silent kube/removed-api c --set api=policy/v1 && silent helm/deprecated-api c --set api=policy/v1beta1
}

hidden_api() {
	fresh && file templates/p.yaml <<-'X'
	{{- if .Capabilities.APIVersions.Has "example.org/v1" }}
	apiVersion: policy/v1beta1
	kind: PodDisruptionBudget
	metadata:
	  name: p
	{{- end }}
	X
	finds 'c/templates/p.yaml:2:1: warning: policy/v1beta1 PodDisruptionBudget is deprecated in v1.21+, unavailable in v1.25+; use policy/v1 PodDisruptionBudget; the branch is for clusters that serve it, on others the PodDisruptionBudget silently is not there [kube/hidden-api]' c || return 1
	file templates/p.yaml <<-'X'
	{{- if .Capabilities.APIVersions.Has "policy/v1" }}
	apiVersion: policy/v1
	{{- else }}
	apiVersion: policy/v1beta1
	{{- end }}
	kind: PodDisruptionBudget
	metadata:
	  name: p
	X
	silent kube/hidden-api c && silent kube/removed-api c || return 1
	file templates/p.yaml <<-'X'
	{{- if .Values.never }}
	apiVersion: policy/v1beta1
	kind: PodDisruptionBudget
	metadata:
	  name: p
	{{- end }}
	X
	finds 'c/templates/p.yaml:2:1: warning: policy/v1beta1 PodDisruptionBudget is deprecated in v1.21+, unavailable in v1.25+; use policy/v1 PodDisruptionBudget; these values do not take the branch, others may [kube/hidden-api]' c
}

duplicate() {
	fresh && deployment web:1 a a | file templates/a.yaml && deployment web:2 a a | file templates/b.yaml &&
		finds 'c/templates/b.yaml:4:3: error: Deployment "web" is there twice; the other one is in templates/a.yaml [kube/duplicate-resource]' c &&
		sed -i 's/name: web/name: other/' c/templates/b.yaml && silent kube/duplicate-resource c
}

hooks() {
	fresh && file templates/j.yaml <<-'X'
	apiVersion: batch/v1
	kind: Job
	metadata:
	  name: j
	  annotations:
	    helm.sh/hook: {{ .Values.hook }}
	    {{ .Values.key }}: hook-succeeded
	X
	finds 'c/templates/j.yaml:6:5: error: Helm skips a hook of the unknown event "post-instal"; did you mean "post-install"? [kube/hook]' c --set hook=post-instal,key=helm.sh/hook-delete-policy &&
		finds 'c/templates/j.yaml:7:5: error: unknown annotation "helm.sh/hook-delete-polcy"; did you mean "helm.sh/hook-delete-policy"? [kube/hook]' c --set hook=test,key=helm.sh/hook-delete-polcy &&
		silent kube/hook c --set hook=post-install,key=helm.sh/hook-delete-policy
}

strings() {
	fresh && file templates/m.yaml <<-'X'
	apiVersion: v1
	kind: ConfigMap
	metadata:
	  name: m
	  labels:
	    a: {{ .Values.a }}
	data:
	  port: "80"
	X
	finds 'c/templates/m.yaml:6:5: error: label a of ConfigMap "m" must be a string, but is a number [kube/needs-string]' c --set a=5 &&
		silent kube/needs-string c --set a=five &&
		finds 'c/templates/m.yaml:5:3: error: label a of ConfigMap "m" has an invalid value: "-x" [kube/label-value]' c --set a=-x &&
		silent kube/label-value c --set a=x
}

parse_errors() {
	fresh && printf 'a: b\nc: {{ nope }}\n' >c/templates/a.yaml && printf '{{ if }}\n' >c/templates/b.yaml && chart-lint c >out
	[ $? = 1 ] && has 'c/templates/a.yaml:2:1: error: ' out && has 'function "nope" not defined [template/parse]' out &&
		has 'c/templates/b.yaml:1:1: error: ' out && has 'missing value for if [template/parse]' out
}

exec_errors() {
	fresh && printf 'a: 1\nb: {{ .Values.x.y }}\n' >c/templates/a.yaml && printf 'c: {{ index .Values.l 3 }}\n' >c/templates/b.yaml &&
		echo 'l: []' >c/values.yaml && chart-lint c >out
	[ $? = 1 ] && has 'c/templates/a.yaml:2:' out && has 'c/templates/b.yaml:1:' out && has '[template/exec]' out &&
		[ "$(grep -cF '[template/exec]' out)" = 2 ]
}

undefined() {
	fresh && printf '{{- define "c.labels" -}}\na: b\n{{- end }}\n' >c/templates/_helpers.tpl
	file templates/m.yaml <<-'X'
	apiVersion: v1
	kind: ConfigMap
	metadata:
	  name: m
	  labels: {{- include "c.labels" . | nindent 4 }}
	{{- if .Values.never }}
	data: {{ include "c.lables" . }}
	{{- end }}
	{{/* include "in.a.comment" */}}
	X
	finds 'c/templates/m.yaml:7:18: error: template "c.lables" is not defined; did you mean "c.labels"? [template/undefined]' c &&
		sed -i 's/c.lables/c.labels/' c/templates/m.yaml && silent template/undefined c
}

overrides() {
	fresh && printf 'persistence:\n  size: 1Gi\nresources: {}\n' >c/values.yaml
	file templates/m.yaml <<-'X'
	apiVersion: v1
	kind: ConfigMap
	metadata:
	  name: m
	data:
	  size: {{ .Values.persistence.size }}
	  hidden: {{ .Values.secret | default "x" }}
	  resources: {{ toYaml .Values.resources | quote }}
	X
	printf 'persistance:\n  size: 2Gi\n' >bad.yaml
	printf '# all of it\npersistence:\n  sise: 2Gi\n' >worse.yaml
	printf 'persistence:\n  size: 2Gi\nsecret: y\nresources:\n  limits: {cpu: 1}\nglobal: {a: 1}\n' >good.yaml
	finds 'bad.yaml:1:1: warning: the chart has no value persistance; did you mean persistence? [values/unknown-override]' c -f bad.yaml &&
		finds 'worse.yaml:3:3: warning: the chart has no value persistence.sise; did you mean size? [values/unknown-override]' c -f worse.yaml &&
		silent values/unknown-override c -f good.yaml
}

required() {
	fresh && printf 'kind: X\nmetadata: {name: x}\na: {{ required "give me x" .Values.x }}\n' >c/templates/a.yaml &&
		finds 'c/values.yaml: info: a value must be given: give me x [values/required]' c && silent values/required c --set x=1
}

places() {
	fresh && printf 'apiVersion: v2\nname: c\nversion: 1.0.0\nicon: nowhere\nmaintainers:\n  - name: a\n  - email: b\n' >c/Chart.yaml &&
		finds "c/Chart.yaml:4:1: error: invalid icon URL 'nowhere' [helm/chart-icon]" c && status 1 chart-lint c >out &&
		has 'c/Chart.yaml:7:5: error: each maintainer requires a name [helm/chart-maintainers]' out &&
		printf 'a: {{ .Values.a }}\nb: {{ include "x" . }}\nc: d: e\n{{- define "x" }}1{{ end }}\n' >c/templates/a.yaml && status 1 chart-lint c >out &&
		has 'c/templates/a.yaml:3:1: error: unable to parse YAML' out
}

# Of neighbouring lines that print something, the one with the key is meant.
neighbours() {
	fresh && deployment '{{ .Values.image }}' a a | sed 's/- name: web/{{- $who := .Values.who }}\n        - name: {{ $who }}/' | file templates/d.yaml &&
		printf 'image: web:latest\nwho: web\n' >c/values.yaml &&
		finds 'c/templates/d.yaml:15:11: warning: image "web:latest" has the tag latest [kube/image-tag]' c
}

comments() {
	fresh && deployment 'web:latest # chart-lint: ignore kube/image-tag' a a | file templates/d.yaml && silent kube/image-tag c &&
		deployment web:latest a a | sed 's/^\( *\)image:/\1# chart-lint: ignore kube\/\n&/' | file templates/d.yaml && silent kube/image-tag c &&
		deployment 'web:latest # chart-lint: ignore kube/hook' a a | file templates/d.yaml &&
		finds 'c/templates/d.yaml:14:11: warning: image "web:latest" has the tag latest [kube/image-tag]' c &&
		{ echo '# chart-lint: ignore-file kube/image-tag'; deployment web:latest a a; } | file templates/d.yaml && silent kube/image-tag c
}

config() {
	fresh && deployment web:latest a a | file templates/d.yaml && cat >.chart-lint.yaml <<-'X'
	rules:
	  kube/image-tag: error
	X
	finds 'c/templates/d.yaml:14:11: error: image "web:latest" has the tag latest [kube/image-tag]' c &&
		printf 'rules: {kube/: off}\n' >.chart-lint.yaml && silent kube/image-tag c &&
		printf 'ignore:\n- {path: templates/d*, rule: kube/image-tag}\n' >.chart-lint.yaml && silent kube/image-tag c &&
		printf 'rules:\n  kube/image-tga: off\n' >.chart-lint.yaml && status 2 chart-lint c 2>err && has '.chart-lint.yaml:2:3: no rule "kube/image-tga"' err
	r=$?
	rm -f .chart-lint.yaml
	return $r
}

t 'kube/image-tag' image_tag
t 'kube/selector-mismatch' selector
t 'kube/service-selector' service
t 'kube/removed-api and kube/deprecated-api' removed_api
t 'kube/hidden-api' hidden_api
t 'kube/duplicate-resource' duplicate
t 'kube/hook' hooks
t 'kube/needs-string and kube/label-value' strings
t 'template/parse names every file' parse_errors
t 'template/exec names every file' exec_errors
t 'template/undefined looks into every branch' undefined
t 'values/unknown-override' overrides
t 'values/required' required
t "Helm's rules have places" places
t 'neighbouring lines are told apart by their keys' neighbours
t 'comments switch rules off' comments
t '.chart-lint.yaml sets severities and exceptions' config
done_testing
