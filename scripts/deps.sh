#!/usr/bin/env bash
# Installs the Debian 12 packages that are missing, and says nothing if none is.
#
# usage: scripts/deps.sh [build|demo|test|ci]
#   build, demo  what the library and its examples need
#   test         and what the tests need (the default)
#   ci           and the checkers
set -euo pipefail

build=(
  g++                  # the compiler
  cmake                # the build
  ninja-build          # the generator of the presets
  pkg-config           # finds libmagic and libvips
  ccache               # makes the second build fast
  nlohmann-json3-dev   # the JSON of attachments
  libboost-dev         # Boost.Uuid
  libsoci-dev          # the database layer, all backends
  libsqlite3-dev       # the SQLite backend asks SQLite itself about transactions
  libssl-dev           # SHA-256
  libmagic-dev         # types by content
  libvips-dev          # variants of pictures
)
test=(
  catch2               # the tests
  clang-14             # the second compiler of the header tests
)
ci=(
  git                  # the list of files to check
  clang-format-14      # the format
  clang-tidy-14        # the linter
  shellcheck           # the linter of these scripts
)

case ${1:-test} in
  build | demo) packages=("${build[@]}") ;;
  test) packages=("${build[@]}" "${test[@]}") ;;
  ci) packages=("${build[@]}" "${test[@]}" "${ci[@]}") ;;
  *) echo "usage: scripts/deps.sh [build|demo|test|ci]" >&2 && exit 2 ;;
esac

missing=()
for package in "${packages[@]}"; do
  status=$(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null || true)
  [[ $status == installed ]] || missing+=("$package")
done
((${#missing[@]})) || exit 0

as_root=()
if ((EUID != 0)); then
  if ! command -v sudo >/dev/null; then
    echo "these packages are missing, and only root can install them: ${missing[*]}" >&2
    exit 1
  fi
  as_root=(sudo)
fi
apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get --quiet --quiet)
echo "installing ${missing[*]}"
"${apt[@]}" update
"${apt[@]}" install --yes --no-install-recommends "${missing[@]}" >/dev/null
