#!/usr/bin/env bash
# Runs clang-tidy over the sources of library, tools and examples, or over those that are given.
#
# Nearly all of its time goes to the headers that a source includes. So where it is to look at
# everything, a dozen sources of a target are put together as one (CMake's unity build), without
# clang's static analyzer, which looks at one source only. Sources whose private names clash stay
# alone.
#
# usage: scripts/tidy.sh [FILE...]
#
# AFFIX_LONG  1: every source alone, and with the analyzer; so are those that are given
set -euo pipefail
# shellcheck source=scripts/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

alone=build/tidy
together=build/tidy/together

# tidy OPTION... : looks at the sources whose names come in, as many at once as there are jobs
tidy() {
  xargs --no-run-if-empty --max-procs="$jobs" --max-args=1 clang-tidy-14 --quiet "$@" 2>&1 |
    sed '/^[0-9]* warnings\? generated\.$/d'
}

# clashing BATCH...: the sources that do not compile behind others
clashing() {
  printf '%s\n' "$@" | tidy -p "$together" --checks='-*,readability-duplicate-include' |
    sed --quiet --regexp-extended 's/^([^ :]*\.cpp):[0-9]+:[0-9]+: error: .*/\1/p' | sort --unique
}

# part BATCH...: takes out of them the sources that clash
part() {
  local source behind clashes=("$@")
  while ((${#clashes[@]})); do
    mapfile -t behind < <(clashing "${clashes[@]}")
    ((${#behind[@]})) || break
    mapfile -t clashes < <(printf '%s\n' "${behind[@]}" |
      xargs -I{} grep --files-with-matches '"{}"' "$@" | sort --unique)
    for source in "${behind[@]}"; do
      sed --in-place "\\|#include \"$source\"|d" "${clashes[@]}"
    done
  done
}

# Without precompiled headers: they are of another compiler, and would hide what a source forgets
# to include.
options=(-DCMAKE_DISABLE_PRECOMPILE_HEADERS=ON)
configure dev -B "$alone" "${options[@]}"
sources=("$@")
if ((${#sources[@]} == 0)); then
  mapfile -t sources < <(find src serializers tools examples -name '*.cpp' | sort)
fi
if (($#)) || [[ -n ${AFFIX_LONG:-} ]]; then
  printf '%s\n' "${sources[@]}" | tidy -p "$alone"
  exit
fi

rm -rf "$together"
configure dev -B "$together" "${options[@]}" -DCMAKE_UNITY_BUILD=ON -DCMAKE_UNITY_BUILD_BATCH_SIZE=12
mapfile -t batches < <(find "$together"/{CMakeFiles,tools,examples} -name 'unity_*.cxx' | sort)
part "${batches[@]}"
mapfile -t rest < <(printf '%s\n' "${sources[@]/#/$PWD/}" |
  grep --invert-match --fixed-strings --line-regexp \
    --file=<(sed --quiet --regexp-extended 's/^#include "(.*)"$/\1/p' "${batches[@]}"))
echo "$((${#sources[@]} - ${#rest[@]})) sources in ${#batches[@]} batches, ${#rest[@]} alone"
failed=0
printf '%s\n' "${batches[@]}" | tidy -p "$together" --checks='-bugprone-suspicious-include,-clang-analyzer-*' \
  --header-filter='/(include/affix|serializers|src|tools|examples)/.*\.[ch]pp$' || failed=1
printf '%s\n' "${rest[@]#"$PWD/"}" | tidy -p "$alone" || failed=1
exit "$failed"
