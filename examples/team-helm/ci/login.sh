#!/usr/bin/env bash
# Logs helm and skopeo in to the registry $REGISTRY, as whoever az is logged in as. There is no password: the token is of
# the registry, and lasts three hours.
set -euo pipefail

token=$(az acr login --name "${REGISTRY%%.*}" --expose-token --query accessToken --output tsv)
for client in "helm registry" skopeo; do
    $client login "$REGISTRY" --username 00000000-0000-0000-0000-000000000000 --password-stdin <<< "$token"
done
