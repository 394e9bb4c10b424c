#!/usr/bin/env bash
# Builds images and charts into out/. Argument: the version.
set -euo pipefail

version=$1
mkdir -p out
for program in front back; do
    docker build --build-arg "PROGRAM=$program" --build-arg "VERSION=$version" --tag "team-helm/$program:$version" .
    # From here on the image is a folder whose digest no later step changes.
    skopeo copy "docker-daemon:team-helm/$program:$version" "oci:out/$program:$version"
    helm package "charts/$program" --version "$version" --app-version "$version" --destination out
done
