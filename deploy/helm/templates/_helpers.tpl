{{- define "carto.labels" -}}
app.kubernetes.io/name: {{ .name }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/part-of: cartoplatform
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
app.kubernetes.io/version: {{ .root.Values.image.tag | default .root.Chart.AppVersion | quote }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version }}
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

{{- define "carto.image" -}}
{{ .root.Values.image.prefix }}{{ .name }}:{{ .root.Values.image.tag | default .root.Chart.AppVersion }}
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

{{- define "carto.environment" -}}
{{- range $name, $value := .service.environment }}
- name: {{ $name }}
  value: {{ $value | quote }}
{{- end }}
{{- range $index, $network := list "10.0.0.0/8" "172.16.0.0/12" "192.168.0.0/16" "100.64.0.0/10" }}
- name: Proxies__Trusted__{{ $index }}
  value: {{ $network | quote }}
{{- end }}
- name: Drain__Limit
  value: "00:01:05"
{{- with .root.Values.otlpEndpoint }}
- name: OTEL_EXPORTER_OTLP_ENDPOINT
  value: {{ . | quote }}
{{- end }}
{{- if .root.Values.proxy.url }}
{{- range list "HTTP_PROXY" "HTTPS_PROXY" }}
- name: {{ . }}
  value: {{ $.root.Values.proxy.url | quote }}
{{- end }}
- name: NO_PROXY
  value: {{ .root.Values.proxy.noProxy | quote }}
{{- end }}
{{- range $name, $value := index (.root.Values.extraEnvironment | default dict) .name }}
- name: {{ $name }}
  value: {{ $value | quote }}
{{- end }}
{{- end }}

{{- define "carto.secretVolume" -}}
- name: tmp
  emptyDir: {}
{{- if .service.secrets }}
- name: secrets
  secret:
    secretName: {{ required "existingSecret names the secret with the platform's keys and logins" .root.Values.existingSecret }}
    defaultMode: 0440
    items:
{{- range $setting, $key := .service.secrets }}
      - key: {{ $key }}
        path: {{ $setting }}
{{- end }}
{{- end }}
{{- end }}

{{- define "carto.secretMount" -}}
- name: tmp
  mountPath: /tmp
{{- if .service.secrets }}
- name: secrets
  mountPath: /run/secrets
  readOnly: true
{{- end }}
{{- end }}

{{- define "carto.podTemplate" -}}
metadata:
  labels:
    {{- include "carto.labels" . | nindent 4 }}
    {{- include "carto.networks" .service | indent 4 }}
  annotations:
    prometheus.io/scrape: "true"
    prometheus.io/port: "8081"
    {{- with .root.Values.podAnnotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  automountServiceAccountToken: false
  # The drain, and the minute that a request may take.
  terminationGracePeriodSeconds: 80
  {{- with .root.Values.image.pullSecrets }}
  imagePullSecrets:
    {{- toYaml . | nindent 4 }}
  {{- end }}
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
  {{- with .root.Values.nodeSelector }}
  nodeSelector:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .root.Values.tolerations }}
  tolerations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  volumes:
    {{- include "carto.secretVolume" . | nindent 4 }}
{{- end }}
