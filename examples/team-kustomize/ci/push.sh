#!/usr/bin/env bash
# Pushes what is in out/ to the registry $REGISTRY, below the team's own name, where alone it may push. Argument: the
# version.
set -euo pipefail

version=$1
ci/login.sh
skopeo copy --preserve-digests "oci:out/app:$version" "docker://$REGISTRY/team-kustomize/app:$version"
