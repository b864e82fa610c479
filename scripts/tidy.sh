#!/usr/bin/env bash
# Runs clang-tidy over the sources of library, tools and examples, or over those that are given.
#
# usage: scripts/tidy.sh [FILE...]
set -euo pipefail
# shellcheck source=scripts/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

# Without precompiled headers: they are of another compiler, and would hide what a source forgets
# to include.
configure dev -B build/tidy -DCMAKE_DISABLE_PRECOMPILE_HEADERS=ON
files=("$@")
((${#files[@]})) || mapfile -t files < <(find src serializers tools examples -name '*.cpp' | sort)
printf '%s\0' "${files[@]}" |
  xargs -0 --max-procs="$jobs" --max-args=1 clang-tidy-14 --quiet -p build/tidy 2>&1 |
  sed '/^[0-9]* warnings\? generated\.$/d'
