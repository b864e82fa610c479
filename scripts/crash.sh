#!/usr/bin/env bash
# Kills processes at random moments while they change rows and files, again and again, and looks at
# what they leave behind (tests/crash): with the files in columns, then with the files in the media
# table, a third as often. Ends with a line of figures for each database, and with 0
# if nothing was wrong.
#
# usage: scripts/crash.sh [--long] [ROUNDS] [BACKEND...]
#   ROUNDS   how often all processes are killed; by default 300 times on SQLite and 50 on a server,
#            with --long (or AFFIX_LONG=1) 10,000 and 2,000
#   BACKEND  sqlite, pg, my or fb; by default those of AFFIX_BACKENDS, or else all. Their servers
#            are installed, started and stopped.
set -euo pipefail
# shellcheck source=scripts/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

if [[ ${1:-} == --long ]]; then
  export AFFIX_LONG=1
  shift
fi
rounds=
if [[ ${1:-} =~ ^[1-9][0-9]*$ ]]; then
  rounds=$1
  shift
fi
backends=("$@")
((${#backends[@]})) || read -ra backends <<<"${AFFIX_BACKENDS:-sqlite pg my fb}"
AFFIX_BACKENDS="${backends[*]}"
AFFIX_BACKENDS=${AFFIX_BACKENDS//odbc/} # Behind ODBC are the same databases.
choose_servers || exit 2

packages="test"
((${#servers[@]} == 0)) || packages=servers
scripts/deps.sh "$packages"
configure dev
cmake --build build/dev --parallel "$jobs" --target crash >build/crash-build.log || {
  cat build/crash-build.log >&2
  exit 1
}
start_servers "${servers[@]}"

# rounds_on BACKEND
rounds_on() {
  if [[ -n $rounds ]]; then
    echo "$rounds"
  elif [[ $1 == sqlite ]]; then
    [[ -n ${AFFIX_LONG:-} ]] && echo 10000 || echo 300
  else
    [[ -n ${AFFIX_LONG:-} ]] && echo 2000 || echo 50
  fi
}

# campaign BACKEND: both models, one after the other
campaign() {
  local start=$SECONDS count result=0
  export AFFIX_BACKENDS=$1
  count=$(rounds_on "$1")
  build/dev/tests/crash/crash --rounds "$count" || result=1
  build/dev/tests/crash/crash --rounds "$((count / 3 + 1))" --model table || result=1
  echo "  $((SECONDS - start)) s"
  return "$result"
}

# All databases at once, since most of the time something is waited for.
logs=()
running=()
for backend in $AFFIX_BACKENDS; do
  logs+=("build/crash-$backend.log")
  campaign "$backend" >"build/crash-$backend.log" 2>&1 &
  running+=($!)
done
failed=0
for i in "${!running[@]}"; do
  wait "${running[i]}" || failed=1
  cat "${logs[i]}"
done
printf '\n'
grep --no-filename '^backend=' "${logs[@]}" || failed=1
exit "$failed"
