#!/usr/bin/env bash
# Pushes what is in out/ to the registry $REGISTRY, below the team's own name, where alone it may push. Images first,
# since the push of a chart is the deployment. Argument: the version.
set -euo pipefail

version=$1
ci/login.sh
for program in front back; do
    skopeo copy --preserve-digests "oci:out/$program:$version" "docker://$REGISTRY/team-helm/$program:$version"
done
for chart in charts/back charts/front; do
    if [ -d "out/$chart" ]; then # by fetch.sh
        skopeo copy --preserve-digests "oci:out/$chart:$version" "docker://$REGISTRY/team-helm/$chart:$version"
    else
        helm push "out/${chart##*/}-$version.tgz" "oci://$REGISTRY/team-helm/charts"
    fi
done
