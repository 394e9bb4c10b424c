#!/usr/bin/env bash
# Fails unless an update of stack $1 at commit $2 has succeeded: the workflow that ran it has set a status of the commit,
# as GitHub Actions. A person's status does not count.
set -euo pipefail

creator="$(gh api "repos/$GITHUB_REPOSITORY/commits/$2/statuses?per_page=100" \
  --jq "[.[] | select(.context == \"deployed/$1\" and .state == \"success\")] | first | .creator.login // \"\"")"
if [[ "$creator" != "github-actions[bot]" ]]; then
  echo "::error::$1 has not been deployed at $2. Merge it to main, wait for the workflow 'deploy $1', and run this again."
  exit 1
fi
