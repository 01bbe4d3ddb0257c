{{- define "redis-ha.redis.conf" -}}
dir /data
port {{ .Values.redis.port }}
{{- range $key, $value := .Values.redis.config }}
{{ $key }} {{ $value }}
{{- end }}
{{- end -}}

{{- define "redis-ha.sentinel.conf" -}}
dir /data
port {{ .Values.sentinel.port }}
{{- $master := .Values.redis.masterGroupName }}
{{- range $key, $value := .Values.sentinel.config }}
sentinel {{ $key }} {{ $master }} {{ $value }}
{{- end }}
{{- end -}}

{{- define "redis-ha.haproxy.cfg" -}}
defaults
  mode tcp
  timeout connect {{ .Values.haproxy.timeout.connect }}
  timeout server {{ .Values.haproxy.timeout.server }}
  timeout client {{ .Values.haproxy.timeout.client }}

frontend redis
  bind :{{ .Values.haproxy.containerPort }}
  default_backend master

# The one node that says it is the master gets the connections.
backend master
  option tcp-check
  tcp-check send info\ replication\r\n
  tcp-check expect string role:master
{{- $name := include "redis-ha.fullname" . }}
{{- range $i := until (int .Values.replicas) }}
  server r{{ $i }} {{ $name }}-announce-{{ $i }}:{{ $.Values.redis.port }} check inter 3s fall 1 rise 1
{{- end }}
{{- if .Values.haproxy.metrics.enabled }}

frontend metrics
  mode http
  bind :{{ .Values.haproxy.metrics.port }}
  http-request use-service prometheus-exporter
{{- end }}
{{- end -}}
