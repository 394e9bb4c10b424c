#!/usr/bin/env bash
# Runs OPERATION of STACK (organisation/project/stack) at COMMIT in Pulumi Deployments, shows its log, and fails unless
# it succeeds. Asks Pulumi Cloud's API itself: `pulumi deployment run` sends empty preRunCommands and no agentPoolID,
# and these replace what the stack's deployment settings say of them.
# https://www.pulumi.com/docs/reference/cloud-rest-api/deployments/
set -euo pipefail

deployments="${PULUMI_API:-https://api.pulumi.com}/api/stacks/$STACK/deployments"
poll="${POLL_SECONDS:-10}"

# The token goes in by standard input, since other processes can read arguments.
ask() { # method, path, arguments of curl
  curl --config - --request "$1" --silent --show-error --fail-with-body --max-time 60 "${@:3}" "$deployments$2" <<<"
header = \"Authorization: token $PULUMI_ACCESS_TOKEN\"
header = \"Accept: application/vnd.pulumi+8\"
header = \"Content-Type: application/json\""
}

# A preview runs the code that is proposed, so it gets an identity and a token of its own, which can only read. What is
# sent of the operation's context is merged into the settings, property by property.
if [[ "$OPERATION" == preview && (-z "${CLIENT_ID:-}" || -z "${FLEET_TOKEN:-}") ]]; then
  echo "::error::A preview needs variable PREVIEW_CLIENT_ID and secret PREVIEW_GITHUB_TOKEN of environment preview (docs/ci.md)."
  exit 1
fi
body="$(jq --null-input '{operation: env.OPERATION, inheritSettings: true, sourceContext: {git: {commit: env.COMMIT}}}
  | if (env.CLIENT_ID // "") != "" then .operationContext.oidc.azure.clientId = env.CLIENT_ID else . end
  | if (env.FLEET_TOKEN // "") != "" then .operationContext.environmentVariables.GITHUB_TOKEN.secret = env.FLEET_TOKEN else . end')"
# The body goes in by a file descriptor, since it may have the token.
if ! created="$(ask POST "" --data @<(printf '%s' "$body"))"; then
  echo "::error::Pulumi Cloud started no deployment of $STACK (docs/ci.md): $created"
  exit 1
fi
id="$(jq --raw-output .id <<<"$created")"
number="$(jq --raw-output .version <<<"$created")"
echo "Deployment $number of $STACK: $(jq --raw-output .consoleUrl <<<"$created")"

log="$RUNNER_TEMP/deployment.log"
: >"$log"

# Pages of lines, each with the token of the next one; the last has none.
read_log() {
  local page next=""
  while :; do
    page="$(ask GET "/$id/logs" --get ${next:+--data-urlencode "continuationToken=$next"})" || return 1
    jq --join-output '.lines[]? | (if .header then "\n" + .header + "\n" else "" end) + (.line // "")' <<<"$page" | tee -a "$log"
    next="$(jq --raw-output '.nextToken // ""' <<<"$page")"
    if [[ -z "$next" ]]; then return; fi
  done
}

# A deployment goes on when Pulumi Cloud does not answer for a while, and so does this script: the job's time limit ends
# it.
while :; do
  status="$(ask GET "/$id" | jq --raw-output .status || true)"
  case "$status" in
    succeeded | failed | skipped) break ;;
  esac
  sleep "$poll"
done
read_log || echo "::warning::Pulumi Cloud gives no log of deployment $number."

{
  echo "### $OPERATION of $STACK (deployment $number): $status"
  echo '```'
  tail -c 60000 "$log"
  echo '```'
} >>"$GITHUB_STEP_SUMMARY"

if [[ "$status" != succeeded ]]; then
  echo "::error::Deployment $number of $STACK: $status."
  exit 1
fi
