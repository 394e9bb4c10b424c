#!/usr/bin/env bash
# All that needs neither an image nor a cluster.
set -euo pipefail

unformatted=$(gofmt -l .)
[ -z "$unformatted" ] || { echo "gofmt -w $unformatted" >&2 && exit 1; }
go vet ./...
go test ./...
for environment in staging production; do
    kustomize build "deploy/$environment" > /dev/null
done
