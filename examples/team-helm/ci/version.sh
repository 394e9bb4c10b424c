#!/usr/bin/env bash
# The version that a commit is built as. Arguments: the Git reference, and the number of the pipeline's run.
# A tag v1.2.3 is the release 1.2.3; anything else a candidate for it, which production does not take.
set -euo pipefail

release=$(cat VERSION)
case "$1" in
    refs/tags/"v$release") echo "$release" ;;
    refs/tags/*)
        echo "$1 is not v$release, which VERSION says is the next release" >&2
        exit 1
        ;;
    *) echo "$release-rc.$2" ;;
esac
