#!/usr/bin/env bash
# Measures: builds a benchmark optimised and runs it. The results go to build/bench/SUITE.jsonl.
#
# usage: scripts/bench.sh SUITE [--quick]
#        scripts/bench.sh variants [--quick] [--only 'SET SOURCE']
#        scripts/bench.sh           lists the suites
#
# The suite `variants` compares with other programs, which are installed, and with sharp, for which
# npm is asked; rows of a peer that is missing say so.
#
# AFFIX_BACKENDS  the databases to measure with, see scripts/test.sh, for suites that use them; by
#                 default all for `serialize`, all but ODBC for `orm` and `lifecycle`, SQLite and
#                 PostgreSQL for `media`, otherwise SQLite. Their servers are installed, started and
#                 stopped.
set -euo pipefail
# shellcheck source=scripts/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

# Copies the programs in JavaScript to build/bench/peers, and installs what they need there.
install_peers() {
  mkdir -p build/bench/peers
  cp bench/peers/*.mjs build/bench/peers
  install_node_packages bench/peers build/bench/peers || echo "so there is no sharp" >&2
}

if (($# == 0)); then
  basename --suffix=.cpp bench/*.cpp
  exit
fi
if [[ ! -f bench/$1.cpp ]]; then
  echo "there is no suite $1; the suites: $(basename --suffix=.cpp bench/*.cpp | tr '\n' ' ')" >&2
  exit 2
fi
backends=sqlite
[[ $1 != serialize ]] || backends="sqlite pg my fb odbc"
[[ $1 != orm && $1 != lifecycle ]] || backends="sqlite pg my fb"
[[ $1 != media ]] || backends="sqlite pg"
export AFFIX_BACKENDS=${AFFIX_BACKENDS:-$backends}
choose_servers || exit 2
packages=build
((${#servers[@]} == 0)) || packages=servers
[[ $1 != variants ]] || packages=peers
scripts/deps.sh "$packages"
configure release
cmake --build build/release --parallel "$jobs" --target "bench_$1"
mkdir -p build/bench
[[ $1 != variants ]] || install_peers
start_servers "${servers[@]}"
"build/release/bench/bench_$1" --out "build/bench/$1.jsonl" "${@:2}"
