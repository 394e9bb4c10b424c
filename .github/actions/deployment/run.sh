#!/usr/bin/env bash
# Runs OPERATION of STACK at COMMIT in Pulumi Deployments, shows its log, and fails unless it succeeds.
# `pulumi deployment run` of the pinned CLI exits with 0 even when the deployment fails, so this script asks for its
# status.
set -euo pipefail

log="$RUNNER_TEMP/deployment.log"

pulumi deployment run "$OPERATION" --stack "$STACK" --git-commit "$COMMIT" --inherit-settings \
  --suppress-stream-logs=false --color never --non-interactive 2>&1 | tee "$log" ||
  echo "::warning::The log of the deployment ended early; waiting for the deployment itself."

# The CLI prints the deployment's address, which ends in its number.
number="$(grep -oE '/deployments/[0-9]+' "$log" | head -n 1 | grep -oE '[0-9]+$' || true)"
if [[ -z "$number" ]]; then
  echo "::error::Pulumi Cloud started no deployment of $STACK; see the message above and docs/ci.md."
  exit 1
fi

{
  echo "### $OPERATION of $STACK (deployment $number)"
  echo '```'
  tail -c 60000 "$log"
  echo '```'
} >>"$GITHUB_STEP_SUMMARY"

while :; do
  status="$(pulumi deployment get "$number" --stack "$STACK" --output json --non-interactive | jq -r .status)"
  case "$status" in
    succeeded) exit 0 ;;
    failed | skipped)
      echo "::error::Deployment $number of $STACK: $status. All of its log: pulumi deployment log $number --stack $STACK --all"
      exit 1
      ;;
  esac
  sleep "${POLL_SECONDS:-10}"
done
