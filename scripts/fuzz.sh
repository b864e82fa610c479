#!/usr/bin/env bash
# Looks for inputs that break a promise: builds the fuzz targets of tests/fuzz and runs them. What it finds goes to build/fuzz/findings, what it learns to build/fuzz/corpus,
# where the next run goes on.
#
# usage: scripts/fuzz.sh [--seconds N] [TARGET...]     by default all targets
#        scripts/fuzz.sh --merge [TARGET...]
#   --seconds N  how long each target runs; by default 60, with AFFIX_LONG=1 600
#   --merge      runs nothing, but adds to tests/fuzz/corpus the fewest learned inputs that reach
#                what those there do not
set -euo pipefail
# shellcheck source=scripts/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

usage() {
  echo "usage: scripts/fuzz.sh [--seconds N | --merge] [TARGET...]" >&2
  exit 2
}

seconds=60
[[ -z ${AFFIX_LONG:-} ]] || seconds=600
how=run
while [[ ${1:-} == --* ]]; do
  case $1 in
    --seconds)
      [[ ${2:-} =~ ^[1-9][0-9]*$ ]] || usage
      seconds=$2
      shift
      ;;
    --merge) how=merge ;;
    *) usage ;;
  esac
  shift
done

scripts/deps.sh fuzz
configure fuzz
cmake --build build/fuzz --parallel "$jobs" >build/fuzz/build.log || {
  cat build/fuzz/build.log >&2
  exit 1
}
programs=build/fuzz/tests/fuzz
mapfile -t all < <(basename --suffix=.seeds "$programs"/*.seeds)
targets=("$@")
((${#targets[@]})) || targets=("${all[@]}")
for target in "${targets[@]}"; do
  [[ " ${all[*]} " == *" $target "* ]] || {
    echo "there is no target $target; the targets: ${all[*]}" >&2
    exit 2
  }
done
# A finding is to end the run with a stack, not to be explained away.
export UBSAN_OPTIONS=print_stacktrace=1
export ASAN_SYMBOLIZER_PATH=/usr/lib/llvm-14/bin/llvm-symbolizer

# prepare TARGET: sets corpus, learned, seeds and options
prepare() {
  corpus=tests/fuzz/corpus/$1
  learned=build/fuzz/corpus/$1
  mkdir -p "$corpus" "$learned" build/fuzz/findings
  mapfile -t seeds <"$programs/$1.seeds"
  options=(-max_len=16384 -timeout=10 "-artifact_prefix=build/fuzz/findings/$1-")
  [[ ! -f tests/fuzz/$1.dict ]] || options+=("-dict=tests/fuzz/$1.dict")
}

# stat NAME: a figure that libFuzzer has printed in the end
stat() { sed --quiet "s/^stat::$1: *//p" "$log"; }

run() {
  prepare "$1"
  log=build/fuzz/$1.log
  if "$programs/fuzz_$1" "${options[@]}" -max_total_time="$seconds" -print_final_stats=1 \
    "$learned" "$corpus" "${seeds[@]}" >"$log" 2>&1; then
    echo "$1: nothing found, $(stat number_of_executed_units) executions," \
      "$(stat average_exec_per_sec) a second"
  else
    tail --lines=60 "$log"
    echo "$1: FOUND, see $log and build/fuzz/findings"
    return 1
  fi
}

merge() {
  prepare "$1"
  # Which branches are taken is what counts here, not how often.
  "$programs/fuzz_$1" "${options[@]}" -use_counters=0 -set_cover_merge=1 \
    "$corpus" "${seeds[@]}" "$learned" 2>&1 | tail --lines=1
}

# As many at once as there are jobs, each in a process of its own.
failed=0
running=0
for target in "${targets[@]}"; do
  if ((running == jobs)); then
    wait -n || failed=1
    running=$((running - 1))
  fi
  case $how in
    run) run "$target" & ;;
    merge) merge "$target" & ;;
  esac
  running=$((running + 1))
done
for ((; running > 0; running--)); do
  wait -n || failed=1
done
exit "$failed"
