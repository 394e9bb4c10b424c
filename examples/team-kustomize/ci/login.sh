#!/usr/bin/env bash
# Logs skopeo in to the registry $REGISTRY, as whoever az is logged in as. There is no password: the token is of the
# registry, and lasts three hours.
set -euo pipefail

az acr login --name "${REGISTRY%%.*}" --expose-token --query accessToken --output tsv |
    skopeo login "$REGISTRY" --username 00000000-0000-0000-0000-000000000000 --password-stdin
