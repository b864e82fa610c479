#!/usr/bin/env bash
# Measures: builds a benchmark optimised and runs it. The results go to build/bench/SUITE.jsonl.
#
# usage: scripts/bench.sh SUITE [--quick]
#        scripts/bench.sh           lists the suites
set -euo pipefail
# shellcheck source=scripts/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

if (($# == 0)); then
  basename --suffix=.cpp bench/*.cpp
  exit
fi
if [[ ! -f bench/$1.cpp ]]; then
  echo "there is no suite $1; the suites: $(basename --suffix=.cpp bench/*.cpp | tr '\n' ' ')" >&2
  exit 2
fi
scripts/deps.sh build
configure release
cmake --build build/release --parallel "$jobs" --target "bench_$1"
mkdir -p build/bench
"build/release/bench/bench_$1" --out "build/bench/$1.jsonl" "${@:2}"
