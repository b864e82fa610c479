#!/usr/bin/env bash
# Measures: builds a benchmark optimised and runs it. The results go to build/bench/SUITE.jsonl.
#
# usage: scripts/bench.sh SUITE [--quick]
#        scripts/bench.sh           lists the suites
#
# AFFIX_BACKENDS  the databases to measure with, see scripts/test.sh, for suites that use them; by
#                 default `sqlite`. Their servers are installed, started and stopped.
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
export AFFIX_BACKENDS=${AFFIX_BACKENDS:-sqlite}
choose_servers || exit 2
packages=build
((${#servers[@]} == 0)) || packages=servers
scripts/deps.sh "$packages"
configure release
cmake --build build/release --parallel "$jobs" --target "bench_$1"
mkdir -p build/bench
start_servers "${servers[@]}"
"build/release/bench/bench_$1" --out "build/bench/$1.jsonl" "${@:2}"
