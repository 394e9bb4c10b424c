#!/usr/bin/env bash
# Fetches a release from the registry $REGISTRY into out/, with the digest that it has there. Argument: the version.
set -euo pipefail

version=$1
if [[ ! $version =~ ^[0-9]+\.[0-9]+\.[0-9]+$ ]]; then
    echo "$version is no release, and production takes nothing else: push the tag v${version%%-*} first" >&2
    exit 1
fi
ci/login.sh
mkdir -p out
skopeo copy --preserve-digests "docker://$REGISTRY/team-kustomize/app:$version" "oci:out/app:$version"
