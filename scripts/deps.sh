#!/usr/bin/env bash
# Installs the Debian 12 packages that are missing, and says nothing if none is.
#
# usage: scripts/deps.sh [build|demo|test|servers|fuzz|peers|ci]
#   build, demo  what the library and its examples need
#   test         and what the tests need (the default)
#   servers      and the database servers and ODBC drivers that the tests of backends need; they are
#                installed only, not started
#   fuzz         what the fuzz targets need
#   peers        what the library needs, and the programs that the benchmark of variants compares it
#                with
#   ci           all of them, and the checkers
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
  libsqlite3-dev       # each backend asks its client about transactions and errors: SQLite's,
  libpq-dev            # PostgreSQL's,
  libmariadb-dev       # MariaDB's and MySQL's,
  firebird-dev         # Firebird's,
  unixodbc-dev         # and that of ODBC
  libssl-dev           # SHA-256
  libmagic-dev         # types by content
  libvips-dev          # variants of pictures
  libwebp-dev          # WebP among them
  libisal-dev          # unpacks PNG faster than zlib
  libseccomp-dev       # what the program that makes risky ones may do
)
test=(
  catch2               # the tests
  librapidcheck-dev    # tests whose cases are made at random
  clang-14             # the second compiler of the header tests
  imagemagick-6.q16    # makes the pictures that colours are compared with
  libimage-exiftool-perl # hides metadata in pictures, and looks for it in variants
  spin                 # checks the models of the crash protocol
)
servers=(
  postgresql           # the server
  mariadb-server       # the server
  firebird3.0-server   # the server
  firebird3.0-utils    # isql-fb and gfix, which make its database
  unixodbc             # loads the drivers
  odbc-postgresql      # PostgreSQL's driver
  odbc-mariadb         # MariaDB's driver
  libsqliteodbc        # SQLite's driver
  procps               # pgrep, with which services.sh ends a server and its children
)
fuzz=(
  clang-14             # the compiler that has libFuzzer,
  libclang-rt-14-dev   # and its libraries
  llvm-14              # names the functions in a report
)
peers=(
  libvips-tools        # vipsthumbnail
  imagemagick          # convert
)
# For programs in JavaScript. A Node.js that does not come from Debian brings its own npm.
if ! command -v npm >/dev/null; then
  peers+=(nodejs npm)
  test+=(nodejs npm)
fi
ci=(
  git                  # the list of files to check
  clang-format-14      # the format
  clang-tidy-14        # the linter
  shellcheck           # the linter of these scripts
)

case ${1:-test} in
  build | demo) packages=("${build[@]}") ;;
  test) packages=("${build[@]}" "${test[@]}") ;;
  servers) packages=("${build[@]}" "${test[@]}" "${servers[@]}") ;;
  fuzz) packages=("${build[@]}" "${fuzz[@]}") ;;
  peers) packages=("${build[@]}" "${peers[@]}") ;;
  ci) packages=("${build[@]}" "${test[@]}" "${servers[@]}" "${fuzz[@]}" "${ci[@]}") ;;
  *) echo "usage: scripts/deps.sh [build|demo|test|servers|fuzz|peers|ci]" >&2 && exit 2 ;;
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
# A server that is installed is started where a system runs; the tests start their own. A policy
# that is there already is left alone.
policy=/usr/sbin/policy-rc.d
allow_starts() { :; }
if [[ ! -e $policy ]]; then
  allow_starts() { "${as_root[@]}" rm -f "$policy"; }
  trap allow_starts EXIT
  printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee "$policy" >/dev/null
  "${as_root[@]}" chmod +x "$policy"
fi

apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get --quiet --quiet)
echo "installing ${missing[*]}"
"${apt[@]}" update
"${apt[@]}" install --yes --no-install-recommends "${missing[@]}" >/dev/null
