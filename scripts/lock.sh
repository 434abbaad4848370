#!/usr/bin/env bash
# Makes the lock files in requirements/ anew: the newest versions that pyproject.toml allows, with hashes, for every
# platform and Python we serve. The smaller files are cut from the largest, so that all agree.
set -euo pipefail
cd "$(dirname "$0")/.."
uv=${UV:-uv}

compile() {
    local target=$1
    shift
    "$uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
        --no-header --no-annotate --output-file "requirements/$target.txt" "$@"
}

rm -f requirements/dev.txt
compile dev pyproject.toml --extra demo --extra spark --group dev
compile demo pyproject.toml --extra demo --constraint requirements/dev.txt
compile base pyproject.toml --constraint requirements/dev.txt
# What the build needs, by the table [build-system] of pyproject.toml.
sed -n 's/^requires = \[\(.*\)\]$/\1/p' pyproject.toml | tr -d '" ' | tr ',' '\n' > requirements/build.in
compile build requirements/build.in
rm requirements/build.in
