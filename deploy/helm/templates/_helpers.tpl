{{- define "carto.labels" -}}
app.kubernetes.io/name: {{ .name }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/part-of: cartoplatform
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
app.kubernetes.io/version: {{ include "carto.tag" .root | trunc 63 | regexFind "^.*[A-Za-z0-9]" | quote }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
{{- end }}

{{- define "carto.selector" -}}
app.kubernetes.io/name: {{ .name }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
{{- end }}

{{/* What a pod belongs to: network policies go by these. */}}
{{- define "carto.networks" -}}
{{- range .networks }}
cartoplatform.org/network-{{ . }}: "true"
{{- end }}
{{- end }}

{{/* A tag of digits alone is a number to whoever reads values. */}}
{{- define "carto.tag" -}}
{{- include "carto.text" (.Values.image.tag | default .Chart.AppVersion) }}
{{- end }}

{{- define "carto.image" -}}
{{ .root.Values.image.prefix }}{{ .name }}:{{ include "carto.tag" .root }}
{{- end }}

{{- define "carto.podSecurity" -}}
runAsNonRoot: true
runAsUser: 1654
runAsGroup: 1654
fsGroup: 1654
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{- define "carto.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end }}

{{/* Text of a value: numbers out of a file arrive as floating point, and 268435456 must not be written 2.68435456e+08. */}}
{{- define "carto.text" -}}
{{- if kindIs "float64" . }}{{ if eq . (floor .) }}{{ printf "%.0f" . }}{{ else }}{{ . }}{{ end }}{{ else }}{{ . }}{{ end }}
{{- end }}

{{/* Which Redis: "own", which the topology brings; "external", redis.external; or "" for none. */}}
{{- define "carto.redis" -}}
{{- if .Values.redis.enabled }}
{{- if .Values.redis.external }}external{{ else if index (.Values.stores | default dict) "redis" }}own{{ end }}
{{- end }}
{{- end }}

{{/* Those that use Redis where there is one. */}}
{{- define "carto.usesRedis" -}}
{{- if and (has .name (list "standalone" "edge" "cache")) (include "carto.redis" .root) }}true{{ end }}
{{- end }}

{{/* Port of a URL, or of HOST:PORT. */}}
{{- define "carto.port" -}}
{{- $port := regexFind "[0-9]+" (regexFind ":[0-9]+(/.*)?$" .) }}
{{- if $port }}{{ $port }}{{ else if hasPrefix "https" . }}443{{ else if hasPrefix "redis" . }}6379{{ else }}80{{ end }}
{{- end }}

{{/* Settings of a service, each once: those of the records, those that follow from the values, and over them what extraEnvironment says. */}}
{{- define "carto.environment" -}}
{{- $values := .root.Values }}
{{- $settings := dict }}
{{- range $name, $value := .service.environment }}
{{- if not (and (hasPrefix "Redis__" $name) (ne (include "carto.redis" $.root) "own")) }}
{{- $_ := set $settings $name $value }}
{{- end }}
{{- end }}
{{- /* Instances of the cache are asked by name: as many as there are. */}}
{{- $cache := index $values.services "cache" | default dict }}
{{- if and $cache.identity (hasKey $settings "Edge__Cache") }}
{{- $urls := list }}
{{- range $number := until (int $cache.replicas) }}{{ $urls = append $urls (printf "http://cache-%d.cache:8080" $number) }}{{ end }}
{{- $_ := set $settings "Edge__Cache" (required "services.cache.replicas must be at least 1" (join ";" $urls)) }}
{{- end }}
{{- range $index, $network := list "10.0.0.0/8" "172.16.0.0/12" "192.168.0.0/16" "100.64.0.0/10" "fc00::/7" }}
{{- $_ := set $settings (printf "Proxies__Trusted__%d" $index) $network }}
{{- end }}
{{- /* Every pod is replaced by another that is there already, while proxies and nodes still learn of it: longer than among instances that probe. */}}
{{- $_ := set $settings "Drain__Time" "00:00:10" }}
{{- $_ := set $settings "Drain__Limit" "00:01:05" }}
{{- /* Of both families: a pod may have an address of IPv6 alone. */}}
{{- $_ := set $settings "ASPNETCORE_URLS" "http://*:8080" }}
{{- $_ := set $settings "Internal__Bind" "*" }}
{{- if and (eq (include "carto.redis" .root) "external") (include "carto.usesRedis" .) }}
{{- $_ := set $settings "Redis__ConnectionString" $values.redis.external }}
{{- with $values.redis.user }}{{ $_ := set $settings "Redis__User" . }}{{ end }}
{{- if $values.redis.tls }}{{ $_ := set $settings "Redis__Tls" "true" }}{{ end }}
{{- if $values.redis.authorityKey }}{{ $_ := set $settings "Redis__CertificateAuthorityFile" "/run/authorities/redis.crt" }}{{ end }}
{{- end }}
{{- with $values.otlpEndpoint }}{{ $_ := set $settings "OTEL_EXPORTER_OTLP_ENDPOINT" . }}{{ end }}
{{- if $values.proxy.url }}
{{- $_ := set $settings "HTTP_PROXY" $values.proxy.url }}
{{- $_ := set $settings "HTTPS_PROXY" $values.proxy.url }}
{{- $_ := set $settings "NO_PROXY" $values.proxy.noProxy }}
{{- end }}
{{- range $name, $value := index ($values.extraEnvironment | default dict) .name }}{{ $_ := set $settings $name $value }}{{ end }}
{{- range $name, $value := $settings }}
- name: {{ $name }}
  value: {{ include "carto.text" $value | quote }}
{{- end }}
{{- end }}

{{/* Which keys of the secret a service is given, by the settings that they are. */}}
{{- define "carto.secrets" -}}
{{- range $setting, $key := .service.secrets }}
{{- if not (hasPrefix "Redis__" $setting) }}
{{ $setting }}: {{ $key }}
{{- end }}
{{- end }}
{{- if and (include "carto.usesRedis" .) (or (eq (include "carto.redis" .root) "own") .root.Values.redis.passwordKey) }}
Redis__Password: {{ .root.Values.redis.passwordKey | default "redis-password" }}
{{- end }}
{{- end }}

{{- define "carto.secretVolume" -}}
- name: tmp
  emptyDir: {}
{{- $name := required "existingSecret names the secret with the platform's keys and logins" .root.Values.existingSecret }}
{{- with include "carto.secrets" . | fromYaml }}
- name: secrets
  projected:
    defaultMode: 0440
    sources:
      - secret:
          name: {{ $name }}
          items:
{{- range $setting, $key := . }}
{{- if not (contains "Replica" $setting) }}
            - key: {{ $key }}
              path: {{ $setting }}
{{- end }}
{{- end }}
{{- range $setting, $key := . }}
{{- if contains "Replica" $setting }}
      # One for each replica that the database has.
      - secret:
          name: {{ $name }}
          optional: true
          items:
            - key: {{ $key }}
              path: {{ $setting }}
{{- end }}
{{- end }}
{{- end }}
{{- if and .root.Values.redis.authorityKey (eq (include "carto.redis" .root) "external") (include "carto.usesRedis" .) }}
- name: authorities
  secret:
    secretName: {{ $name }}
    defaultMode: 0440
    items:
      - key: {{ .root.Values.redis.authorityKey }}
        path: redis.crt
{{- end }}
{{- end }}

{{- define "carto.secretMount" -}}
- name: tmp
  mountPath: /tmp
{{- if include "carto.secrets" . | fromYaml }}
- name: secrets
  mountPath: /run/secrets
  readOnly: true
{{- end }}
{{- if and .root.Values.redis.authorityKey (eq (include "carto.redis" .root) "external") (include "carto.usesRedis" .) }}
- name: authorities
  mountPath: /run/authorities
  readOnly: true
{{- end }}
{{- end }}

{{/* Where a pod may run, and what runs there needs from the registry. */}}
{{- define "carto.placement" -}}
automountServiceAccountToken: false
# Variables of the cluster's own for each Service are nothing that anybody here reads.
enableServiceLinks: false
{{- with .Values.image.pullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with .Values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- define "carto.podTemplate" -}}
metadata:
  labels:
    {{- include "carto.labels" . | nindent 4 }}
    {{- include "carto.networks" .service | indent 4 }}
  annotations:
    {{- merge (dict) (.root.Values.podAnnotations | default dict) (dict "prometheus.io/scrape" "true" "prometheus.io/port" "8081") | toYaml | nindent 4 }}
spec:
  {{- include "carto.placement" .root | nindent 2 }}
  # Drain__Time, Drain__Limit and a little.
  terminationGracePeriodSeconds: 80
  securityContext:
    {{- include "carto.podSecurity" . | nindent 4 }}
  {{- if gt (int .service.replicas) 1 }}
  topologySpreadConstraints:
    - maxSkew: 1
      topologyKey: kubernetes.io/hostname
      whenUnsatisfiable: ScheduleAnyway
      labelSelector:
        matchLabels:
          {{- include "carto.selector" . | nindent 10 }}
  {{- end }}
  containers:
    - name: {{ .name }}
      image: {{ include "carto.image" . | trim | quote }}
      imagePullPolicy: {{ .root.Values.image.pullPolicy }}
      securityContext:
        {{- include "carto.containerSecurity" . | nindent 8 }}
      env:
        {{- include "carto.environment" . | indent 8 }}
      ports:
        - name: http
          containerPort: 8080
        - name: internal
          containerPort: 8081
      # Until it has started, nobody judges it: migrations take their time.
      startupProbe:
        httpGet: {path: /health, port: internal}
        periodSeconds: 2
        failureThreshold: 60
      # Lives: asks nobody. A database that is down is no reason to start again.
      livenessProbe:
        httpGet: {path: /health, port: internal}
        periodSeconds: 10
        timeoutSeconds: 5
        failureThreshold: 6
      # Works, and does not end just now.
      readinessProbe:
        httpGet: {path: /health/ready, port: internal}
        periodSeconds: 2
        timeoutSeconds: 5
        failureThreshold: 1
      resources:
        requests:
          cpu: {{ .service.resources.cpu | quote }}
          memory: {{ .service.resources.memory | quote }}
        limits:
          memory: {{ .service.resources.memory | quote }}
      volumeMounts:
        {{- include "carto.secretMount" . | nindent 8 }}
  volumes:
    {{- include "carto.secretVolume" . | nindent 4 }}
{{- end }}
