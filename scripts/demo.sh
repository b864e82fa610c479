#!/usr/bin/env bash
# Stores pictures with their thumbnails and shows them: builds the first example and runs it with
# the given pictures, or with the photographs of the tests. Writes to build/demo.
#
# usage: scripts/demo.sh [IMAGE...]
set -euo pipefail
images=()
for image in "$@"; do
  if [[ ! -f $image || ! -r $image ]]; then
    echo "usage: scripts/demo.sh [IMAGE...]; this is no file that can be read: $image" >&2
    exit 2
  fi
  images+=("$(realpath -- "$image")")
done
# shellcheck source=scripts/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
((${#images[@]})) || images=(tests/data/*.jpg tests/data/*.png)

scripts/deps.sh demo
configure release -DAFFIX_BUILD_BENCH=OFF
cmake --build build/release --parallel "$jobs" --target 01_avatar
build/release/examples/01_avatar --output build/demo "${images[@]}"
echo "open $PWD/build/demo/index.html"
