#!/usr/bin/env bash
# Runs clang-tidy over the sources of library, tools and examples, or over those that are given.
#
# usage: scripts/tidy.sh [FILE...]
set -euo pipefail
# shellcheck source=scripts/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

configure dev
files=("$@")
((${#files[@]})) || mapfile -t files < <(find src serializers tools examples -name '*.cpp' | sort)
printf '%s\0' "${files[@]}" |
  xargs -0 --max-procs="$jobs" --max-args=1 clang-tidy-14 --quiet -p build/dev 2>&1 |
  sed '/^[0-9]* warnings\? generated\.$/d'
