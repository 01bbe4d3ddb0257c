# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# tap.sh: sourced by *.t. Each test runs in a fresh folder with a HOME of its own.
#
#	. "$(dirname "$0")/../../lib/tap.sh"     (TOP is the top of the source tree, OUT the build folder)
#	t 'title' command...                     passes when the command succeeds
#	status 2 command...                      succeeds when the command exits with that status
#	same want got                            succeeds when two files are equal, else shows the difference
#	has TEXT FILE / lacks TEXT FILE          fixed text in a file
#	skip 'title' reason
#	done_testing                             must be last

TOP=$(cd "$(dirname "$0")" && pwd)
while [ ! -f "$TOP/mk/rules.mk" ]; do TOP=$(dirname "$TOP"); done
OUT=${OUT:-$TOP/build/debug}
PATH=$OUT:$PATH
tap_n=0
tap_failed=0
WORK=$(mktemp -d "${TMPDIR:-/tmp}/chart-tools-test.XXXXXX")
tap_cleanup=:
trap 'tap_status=$?; eval "$tap_cleanup"; cd /; rm -rf "$WORK"; exit $tap_status' EXIT
trap 'exit 1' HUP INT TERM
cd "$WORK" || exit 1
export HOME="$WORK/home" XDG_CACHE_HOME="$WORK/home/.cache" XDG_CONFIG_HOME="$WORK/home/.config"
export GIT_CONFIG_NOSYSTEM=1 GIT_AUTHOR_NAME=tester GIT_AUTHOR_EMAIL=tester@example.org
export GIT_COMMITTER_NAME=tester GIT_COMMITTER_EMAIL=tester@example.org
mkdir -p "$HOME"
export OUT TOP PATH WORK

# at_exit COMMAND: run it at the end, before what was registered earlier.
at_exit() {
	tap_cleanup="$1; $tap_cleanup"
}

t() {
	tap_n=$((tap_n + 1))
	tap_title=$1
	shift
	if "$@" >"$WORK/.tap.out" 2>&1; then
		echo "ok $tap_n - $tap_title"
	else
		tap_failed=$((tap_failed + 1))
		echo "not ok $tap_n - $tap_title"
		sed 's/^/# /' "$WORK/.tap.out" | head -n 40
	fi
}

skip() {
	tap_n=$((tap_n + 1))
	echo "ok $tap_n # SKIP $1: $2"
}

status() {
	tap_want=$1
	shift
	"$@"
	tap_got=$?
	[ "$tap_got" = "$tap_want" ] || { echo "exit status $tap_got, want $tap_want: $*"; return 1; }
}

same() {
	diff -u "$1" "$2"
}

has() {
	grep -qF -e "$1" "$2" || { echo "no '$1' in $2:"; cat "$2"; return 1; }
}

lacks() {
	! grep -F -e "$1" "$2" || { echo "'$1' must not be in $2"; return 1; }
}

done_testing() {
	echo "1..$tap_n"
	[ "$tap_failed" = 0 ] || exit 1
}
