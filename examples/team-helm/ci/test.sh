#!/usr/bin/env bash
# All that needs neither an image nor a cluster.
set -euo pipefail

unformatted=$(gofmt -l cmd internal)
[ -z "$unformatted" ] || { echo "gofmt -w $unformatted" >&2 && exit 1; }
go vet ./...
go test ./...
for chart in charts/*; do
    helm lint --strict --quiet "$chart"
done
for environment in staging production; do
    kustomize build "deploy/$environment" > /dev/null
done
