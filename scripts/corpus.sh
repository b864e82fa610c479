#!/usr/bin/env bash
# Converts the test pictures of other projects, broken and hostile ones among them, each in a process
# with limits, and prints `converted N refused N crashed N over_time N over_memory N`. Ends with 0 if
# the last three are 0; else it names the files.
#
# The pictures come from Debian's source packages, whose signatures apt checks with state of its own
# in build/corpus; nothing else on the system is changed. What has been fetched is kept there.
#
# usage: scripts/corpus.sh [--preset NAME] [PACKAGE...]
#   --preset NAME  what to build, see CMakePresets.json; by default dev
#   PACKAGE        some of the source packages; by default all
set -euo pipefail
# shellcheck source=scripts/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

# Which folders of a source package hold its pictures.
declare -A folders=(
  [exiv2]=test/data
  [gdk-pixbuf]=tests
  [giflib]=pic
  [golang-golang-x-image]=testdata
  [lcms2]=testbed
  [libexif]=test/testdata
  [libheif]=fuzzing/corpus
  [libjpeg-turbo]=testimages
  [libpng1.6]=contrib
  [pillow]=Tests/images
  [tiff]=test/images
)

preset=dev
if [[ ${1:-} == --preset ]]; then
  preset=${2:?--preset needs a name}
  shift 2
fi
packages=("$@")
((${#packages[@]})) || mapfile -t packages < <(printf '%s\n' "${!folders[@]}" | sort)
for package in "${packages[@]}"; do
  [[ -n ${folders[$package]:-} ]] || {
    echo "there is no corpus $package; the corpora: ${!folders[*]}" >&2
    exit 2
  }
done

scripts/deps.sh test
configure "$preset"
cmake --build "build/$preset" --parallel "$jobs" --target convert_corpus >build/corpus.log || {
  cat build/corpus.log >&2
  exit 1
}

corpus=$PWD/build/corpus
mkdir -p "$corpus"/{lists/partial,cache/archives/partial,packages}
echo "deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]" \
  "http://deb.debian.org/debian bookworm main" >"$corpus/sources.list"
apt=(apt-get --quiet --quiet
  -o "Dir::Etc::sourcelist=$corpus/sources.list" -o Dir::Etc::sourceparts=-
  -o "Dir::State::lists=$corpus/lists" -o "Dir::Cache=$corpus/cache"
  -o "APT::Sandbox::User=$(id --user --name)" -o Acquire::Languages=none)

# fetch PACKAGE: unpacks what upstream has released below packages/PACKAGE
fetch() {
  local archives=$corpus/packages/$1/archives
  [[ ! -f $archives/complete ]] || return 0
  mkdir -p "$archives"
  if [[ ! -f $corpus/lists/complete ]]; then
    "${apt[@]}" update
    touch "$corpus/lists/complete"
  fi
  (cd "$archives" && "${apt[@]}" source --download-only "$1" >/dev/null)
  (cd "$archives" && sha256sum -- *.tar.* >SHA256SUMS)
  local archive
  for archive in "$archives"/*.orig*.tar.*; do
    [[ $archive == *.asc ]] || tar --extract --no-same-owner --file "$archive" --directory "$archives/.."
  done
  touch "$archives/complete"
}

pictures=()
for package in "${packages[@]}"; do
  fetch "$package"
  mapfile -t found < <(find "$corpus/packages/$package" -mindepth 2 -maxdepth 5 -type d \
    -path "*/${folders[$package]}")
  ((${#found[@]})) || {
    echo "$package has no folder ${folders[$package]}" >&2
    exit 1
  }
  pictures+=("${found[@]}")
done
"build/$preset/tests/corpus/convert_corpus" "${pictures[@]}"
