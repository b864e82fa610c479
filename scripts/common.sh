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

# choose_servers: sets servers, those that the databases of AFFIX_BACKENDS need; fails, after it has
# said so, if there is no such database
choose_servers() {
  local backend unknown=0
  servers=()
  for backend in $AFFIX_BACKENDS; do
    case $backend in
      sqlite) ;;
      odbc) servers+=(pg my) ;;
      pg | my | fb) servers+=("$backend") ;;
      *)
        echo "there is no backend $backend" >&2
        unknown=1
        ;;
    esac
  done
  return "$unknown"
}

# start_servers [SERVER...]: starts them until the script ends, and sets what reaches them
start_servers() {
  (($#)) || return 0
  servers_to_stop=("$@")
  trap 'scripts/services.sh stop "${servers_to_stop[@]}" >/dev/null' EXIT
  scripts/services.sh start "$@" || return
  local variables
  variables=$(scripts/services.sh env "$@") && eval "$variables"
}

# install_node_packages FROM TO: installs what FROM/package-lock.json names to TO/node_modules, unless
# that has been done; fails, after it has said so, if it cannot
install_node_packages() {
  mkdir -p "$2"
  if [[ ! -d $2/node_modules ]] || ! cmp --silent "$1/package-lock.json" "$2/installed.json"; then
    cp "$1/package.json" "$1/package-lock.json" "$2"
    if ! npm ci --prefix "$2" --no-audit --no-fund >"$2/npm.log" 2>&1; then
      echo "packages of Node.js could not be installed, see $2/npm.log" >&2
      return 1
    fi
    cp "$1/package-lock.json" "$2/installed.json"
  fi
}
