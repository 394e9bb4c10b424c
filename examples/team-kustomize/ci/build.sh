#!/usr/bin/env bash
# Builds the image into out/. Argument: the version.
set -euo pipefail

version=$1
mkdir -p out
docker build --build-arg "VERSION=$version" --tag "team-kustomize/app:$version" .
# From here on the image is a folder whose digest no later step changes.
skopeo copy "docker-daemon:team-kustomize/app:$version" "oci:out/app:$version"
