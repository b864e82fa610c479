#!/usr/bin/env bash
# Builds the library and runs all its tests. The last line is `N passed, N failed, N skipped`; ends
# with 0 if tests have run and none has failed.
#
# usage: scripts/test.sh [--preset NAME] [--long]
#   --preset NAME  what to build, see CMakePresets.json; by default dev
#   --long         also what takes long (the tests see AFFIX_LONG=1)
#
# AFFIX_BACKENDS  the databases to test with, separated by blanks; by default `sqlite pg my fb odbc`.
#                 Their servers are installed, started and stopped; odbc needs those of pg and my.
#                 One that is not there is a failure. With sqlite alone there is no server.
# AFFIX_NODE      required: without Node.js and the packages of tests/interop these tests fail, and are
#                 not skipped
# AFFIX_JOBS      how many jobs at once, by default 2; of tests, which mostly wait for disks and
#                 servers, twice as many
# AFFIX_BATCHES   1: many sources are compiled as one, which takes a fraction of the time if all of
#                 them have to be; after a change it takes longer
set -euo pipefail
# shellcheck source=scripts/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

preset=dev
limits=(-DAFFIX_TEST_SECONDS=600 -DAFFIX_TEST_EVERYTHING=OFF)
while (($#)); do
  case $1 in
    --preset) preset=${2:?--preset needs a name} && shift ;;
    --long) export AFFIX_LONG=1 ;;
    *) echo "usage: scripts/test.sh [--preset NAME] [--long]" >&2 && exit 2 ;;
  esac
  shift
done
[[ -z ${AFFIX_LONG:-} ]] || limits=(-DAFFIX_TEST_SECONDS=7200 -DAFFIX_TEST_EVERYTHING=ON)
[[ -z ${AFFIX_BATCHES:-} ]] || limits+=(-DAFFIX_BATCHES=ON)
export AFFIX_BACKENDS=${AFFIX_BACKENDS:-sqlite pg my fb odbc}
failed=0
choose_servers || failed=1
packages="test"
((${#servers[@]} == 0)) || packages="servers"
for backend in sqlite pg my fb odbc; do
  [[ " $AFFIX_BACKENDS " == *" $backend "* ]] || echo "not tested with $backend"
done

# finish PASSED FAILED SKIPPED
finish() {
  echo "$1 passed, $2 failed, $3 skipped"
  (($2 == 0 && $1 > 0))
  exit
}

# The thread sanitizer of g++ 12 does not start where addresses are too random.
steady=()
if [[ $preset == tsan ]] && setarch --addr-no-randomize true 2>/dev/null; then
  steady=(setarch --addr-no-randomize)
fi

build() {
  configure "$preset" "${limits[@]}" &&
    "${steady[@]}" cmake --build "build/$preset" --parallel "$jobs"
}
if ! { scripts/deps.sh "$packages" && build; }; then
  echo "the build failed"
  finish 0 $((failed + 1)) 0
fi

# Without them the tests against nestjs-media are skipped, or fail: AFFIX_NODE.
install_node_packages tests/interop build/interop || true

if ! start_servers "${servers[@]}"; then
  echo "the servers of the databases could not be started"
  finish 0 $((failed + 1)) 0
fi

# Tests of backends run one after the other on the same servers: with a second set two run at once.
if ((${#servers[@]} > 0)); then
  second=(env "AFFIX_SERVICES_DIR=$AFFIX_SERVICES_DIR-2" scripts/services.sh)
  trap '{ "${second[@]}" stop; scripts/services.sh stop "${servers[@]}"; } >/dev/null' EXIT
  if "${second[@]}" start "${servers[@]}"; then
    export AFFIX_SECOND_SERVERS=$PWD/build/second_servers
    "${second[@]}" env "${servers[@]}" | sed "s/^export \([^=]*\)='\(.*\)'$/\1=\2/" \
      >"$AFFIX_SECOND_SERVERS"
  fi
fi

# ctest's own totals count a test that could not be started as skipped.
results=$PWD/build/$preset/tests.xml
rm -f "$results"
"${steady[@]}" ctest --test-dir "build/$preset" --parallel "$((2 * jobs))" --output-on-failure \
  --output-junit "$results" || true
count() { grep --count --extended-regexp "$1" "$results" || true; }
passed=$(count '<testcase .* status="run"')
broken=$(count '<testcase .* status="fail"|<skipped message="([^S]|S[^K])')
skipped=$(count '<testcase .* status="disabled"|<skipped message="SK')
sed --quiet --regexp-extended \
  's/.*<testcase name="([^"]*)".* status="fail".*/failed: \1/p' "$results"
# What the first of them said, once more and behind everything else: the others may follow from it.
awk -v tests=3 -v lines=30 '
  /<testcase .* status="fail"/ { failed = ++seen <= tests; count = 0 }
  failed { said[++count % lines] = $0 }
  /<\/testcase>/ && failed {
    for (i = count < lines ? 1 : count - lines + 1; i <= count; ++i) print "said: " said[i % lines]
    failed = 0
  }' "$results"
finish "$passed" $((failed + broken)) "$skipped"
