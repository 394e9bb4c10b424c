{{/* Named templates that every generated chart holds. Each takes a dict with the chart's context as "root". */}}

{{/* A release named like the chart gives its name to the objects; another one is put in front of the chart's. */}}
{{- define "sandbox.fullname" -}}
{{- $name := .Values.nameOverride | default .Chart.Name -}}
{{- $full := ternary .Release.Name (printf "%s-%s" .Release.Name $name) (contains $name .Release.Name) -}}
{{- .Values.fullnameOverride | default $full | trunc 63 | trimSuffix "-" -}}
{{- end }}

{{/* Takes optionally app (the chart's name) and component, as all those below do. */}}
{{- define "sandbox.selector" -}}
app.kubernetes.io/name: {{ .app | default .root.Chart.Name }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
{{- with .component }}
app.kubernetes.io/component: {{ . }}
{{- end }}
{{- end }}

{{- define "sandbox.labels" -}}
{{ include "sandbox.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" | trunc 63 }}
{{- with .root.Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/*
Takes name, values (replicaCount, podLabels, podAnnotations, resources, and fields of the pod), container, image, and
optionally kind, serviceAccount, args, env, ports (by name), volumeMounts and volumes.
*/}}
{{- define "sandbox.workload" }}
{{- $kind := .kind | default "Deployment" }}
---
apiVersion: apps/v1
kind: {{ $kind }}
metadata:
  name: {{ .name }}
  namespace: {{ .root.Release.Namespace }}
  labels: {{- include "sandbox.labels" . | nindent 4 }}
spec:
  {{- if ne $kind "DaemonSet" }}
  replicas: {{ hasKey .values "replicaCount" | ternary .values.replicaCount 1 }}
  {{- end }}
  {{- if eq $kind "StatefulSet" }}
  serviceName: {{ .name }}
  {{- end }}
  selector:
    matchLabels: {{- include "sandbox.selector" . | nindent 6 }}
  template:
    metadata:
      labels:
        {{- include "sandbox.labels" . | nindent 8 }}
        {{- with .values.podLabels }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      {{- with .values.podAnnotations }}
      annotations: {{- toYaml . | nindent 8 }}
      {{- end }}
    spec:
      {{- with .serviceAccount }}
      serviceAccountName: {{ . }}
      {{- end }}
      {{- with .values.securityContext }}
      securityContext: {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- range $field := list "initContainers" "priorityClassName" "nodeSelector" "tolerations" "affinity"
          "topologySpreadConstraints" }}
      {{- with get $.values $field }}
      {{ $field }}: {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- end }}
      containers:
        - name: {{ .container }}
          image: {{ .image }}
          imagePullPolicy: IfNotPresent
          {{- range $field, $value := dict "args" .args "env" .env "volumeMounts" .volumeMounts
              "resources" .values.resources "securityContext" .values.containerSecurityContext
              "livenessProbe" .values.livenessProbe "readinessProbe" .values.readinessProbe }}
          {{- if and $value (not (and (hasSuffix "Probe" $field) (not (hasKey $value "httpGet")))) }}
          {{ $field }}: {{- toYaml $value | nindent 12 }}
          {{- end }}
          {{- end }}
          {{- with .ports }}
          ports:
            {{- range $name, $port := . }}
            - { name: {{ $name }}, containerPort: {{ $port }}, protocol: TCP }
            {{- end }}
          {{- end }}
      {{- with .volumes }}
      volumes: {{- toYaml . | nindent 8 }}
      {{- end }}
{{- end }}

{{/* Takes name, and optionally values (labels, annotations). */}}
{{- define "sandbox.serviceAccount" }}
---
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ .name }}
  namespace: {{ .root.Release.Namespace }}
  labels:
    {{- include "sandbox.labels" . | nindent 4 }}
    {{- with (.values).labels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- with (.values).annotations }}
  annotations: {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end }}

{{/*
Takes name, ports (by the name of the container's port), and optionally spec, annotations, and select: a dict of the
pods' app and component where they are not the service's own.
*/}}
{{- define "sandbox.service" }}
---
apiVersion: v1
kind: Service
metadata:
  name: {{ .name }}
  namespace: {{ .root.Release.Namespace }}
  labels: {{- include "sandbox.labels" . | nindent 4 }}
  {{- with .annotations }}
  annotations: {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  {{- with .spec }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
  selector: {{- include "sandbox.selector" (merge (dict "root" .root) (.select | default (omit . "root"))) | nindent 4 }}
  ports:
    {{- range $name, $port := .ports }}
    - { name: {{ $name }}, port: {{ $port }}, targetPort: {{ $name }}, protocol: TCP }
    {{- end }}
{{- end }}

{{/* Takes name and values (enabled, minAvailable, maxUnavailable). */}}
{{- define "sandbox.disruptionBudget" }}
{{- if .values.enabled }}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: {{ .name }}
  namespace: {{ .root.Release.Namespace }}
  labels: {{- include "sandbox.labels" . | nindent 4 }}
spec:
  {{- if ne (toString .values.maxUnavailable) "<nil>" }}
  maxUnavailable: {{ .values.maxUnavailable }}
  {{- else }}
  minAvailable: {{ ne (toString .values.minAvailable) "<nil>" | ternary .values.minAvailable 1 }}
  {{- end }}
  selector:
    matchLabels: {{- include "sandbox.selector" . | nindent 6 }}
{{- end }}
{{- end }}

{{/* Takes name, port (of a service) and values (enabled, interval, labels). */}}
{{- define "sandbox.serviceMonitor" }}
{{- if .values.enabled }}
---
apiVersion: monitoring.coreos.com/v1
kind: ServiceMonitor
metadata:
  name: {{ .name }}
  namespace: {{ .root.Release.Namespace }}
  labels:
    {{- include "sandbox.labels" . | nindent 4 }}
    {{- with .values.labels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  selector:
    matchLabels: {{- include "sandbox.selector" . | nindent 6 }}
  endpoints:
    - port: {{ .port }}
      {{- with .values.interval }}
      interval: {{ . }}
      {{- end }}
{{- end }}
{{- end }}
