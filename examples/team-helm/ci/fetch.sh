#!/usr/bin/env bash
# Fetches a release from the registry $REGISTRY into out/, with the digests that it has there. Argument: the version.
set -euo pipefail

version=$1
if [[ ! $version =~ ^[0-9]+\.[0-9]+\.[0-9]+$ ]]; then
    echo "$version is no release, and production takes nothing else: push the tag v${version%%-*} first" >&2
    exit 1
fi
ci/login.sh
mkdir -p out/charts
# Charts too: helm would push what it pulled under another digest.
for name in front back charts/front charts/back; do
    skopeo copy --preserve-digests "docker://$REGISTRY/team-helm/$name:$version" "oci:out/$name:$version"
done
