{{- define "redis.labels" -}}
app: redis
release: {{ .Release.Name }}
chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end }}

{{- define "redis.selector" -}}
app: redis
release: {{ .Release.Name }}
{{- end }}
