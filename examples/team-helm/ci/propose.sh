#!/usr/bin/env bash
# Pushes a branch that promotes a release to production. Argument: the version. Prints the branch.
set -euo pipefail

version=$1
branch=promote/$version
git fetch --quiet origin main
git checkout --quiet -B "$branch" FETCH_HEAD
echo "$version" > deploy/production/version
git add deploy/production/version
if git diff --cached --quiet; then
    echo "production has $version already" >&2
    exit 1
fi
git -c user.name="$(basename "$0")" -c user.email=pipeline@example.org commit --quiet --message "Promote $version"
git push --quiet --force origin "$branch"
echo "$branch"
