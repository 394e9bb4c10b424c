#!/usr/bin/env bash
# Fetches a release from the registry $REGISTRY into out/, with the digests that it has there. Argument: the version.
set -euo pipefail

version=$1
if [[ ! $version =~ ^[0-9]+\.[0-9]+\.[0-9]+$ ]]; then
    echo "$version is no release, and production takes nothing else: push the tag v${version%%-*} first" >&2
    exit 1
fi
ci/login.sh
mkdir -p out
for program in front back; do
    skopeo copy --preserve-digests "docker://$REGISTRY/team-helm/$program:$version" "oci:out/$program:$version"
    helm pull "oci://$REGISTRY/team-helm/charts/$program" --version "$version" --destination out
done
