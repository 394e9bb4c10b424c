#!/usr/bin/env bash
# Installs the charts with the images that were built in a cluster of their own, and runs their tests. Argument: the
# version.
set -euo pipefail

version=$1
kind create cluster --wait 2m --image kindest/node:v1.35.0@sha256:452d707d4862f52530247495d180205e029056831160e22870e37e3f6c1ac31f
trap 'kind delete cluster' EXIT
# Pods of the charts run on nodes for workloads, as AKS labels them.
kubectl label nodes --all --overwrite kubernetes.azure.com/mode=user
for program in back front; do
    kind load docker-image "team-helm/$program:$version"
    helm install "$program" "out/$program-$version.tgz" --wait --timeout 3m
    helm test "$program" --timeout 3m
done
