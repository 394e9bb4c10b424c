#!/usr/bin/env bash
# Refuses images with known vulnerabilities that have a fix.
set -euo pipefail

trivy=aquasec/trivy:0.69.3@sha256:bcc376de8d77cfe086a917230e818dc9f8528e3c852f7b1aff648949b6258d1c
for program in front back; do
    docker run --rm --volume "$PWD/out:/out:ro" "$trivy" image --input "/out/$program" \
        --exit-code 1 --severity HIGH,CRITICAL --ignore-unfixed --no-progress
done
