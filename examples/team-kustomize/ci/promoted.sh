#!/usr/bin/env bash
# The version that production is to run.
set -euo pipefail

sed -n 's/^ *newTag: *\([^ ]*\).*/\1/p' deploy/production/kustomization.yaml
