#!/usr/bin/env bash
# Formats all C++ files of the repository, or with --check says which are not formatted.
#
# usage: scripts/format.sh [--check]
set -euo pipefail
# shellcheck source=scripts/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

case ${1:-} in
  '') how=(-i) ;;
  --check) how=(--dry-run -Werror) ;;
  *) echo "usage: scripts/format.sh [--check]" >&2 && exit 2 ;;
esac
# The checkout may belong to somebody else, e.g. in a container.
git -c safe.directory='*' ls-files -z --cached --others --exclude-standard '*.cpp' '*.hpp' |
  xargs -0 --no-run-if-empty --max-procs=2 --max-args=20 clang-format-14 "${how[@]}"
