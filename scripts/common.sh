# shellcheck shell=bash
# What the scripts share; not run by itself. Goes to the root of the checkout and keeps the
# compiler's cache below build/.

cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit
export CCACHE_DIR=$PWD/build/ccache CCACHE_MAXSIZE=2G
# shellcheck disable=SC2034  # used by the scripts
jobs=${AFFIX_JOBS:-2}

# configure PRESET [OPTION...]
configure() {
  if ! mkdir -p build || [[ ! -w build ]]; then
    echo "$PWD/build cannot be written" >&2
    return 1
  fi
  if ! cmake --preset "$@" >build/configure.log 2>&1; then
    cat build/configure.log >&2
    return 1
  fi
}
