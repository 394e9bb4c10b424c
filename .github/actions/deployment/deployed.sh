#!/usr/bin/env bash
# Fails unless an update of stack $1 at commit $2 has succeeded: the workflow that ran it has set a status of the commit,
# as GitHub Actions. A person's status does not count.
# https://docs.github.com/rest/commits/statuses
set -euo pipefail

# The token goes in by standard input, since other processes can read arguments. The newest status comes first.
if ! statuses="$(curl --config - --silent --show-error --fail-with-body --max-time 60 \
  "$GITHUB_API_URL/repos/$GITHUB_REPOSITORY/commits/$2/statuses?per_page=100" <<<"
header = \"Authorization: Bearer $GH_TOKEN\"
header = \"Accept: application/vnd.github+json\"")"; then
  echo "::error::GitHub does not say what was deployed at $2: $statuses"
  exit 1
fi
creator="$(jq --raw-output --arg context "deployed/$1" \
  '[.[] | select(.context == $context)] | first | select(.state == "success") | .creator.login' <<<"$statuses")"
if [[ "$creator" != "github-actions[bot]" ]]; then
  echo "::error::$1 has not been deployed at $2. Merge it to main, wait for the workflow 'deploy $1', and run this again."
  exit 1
fi
