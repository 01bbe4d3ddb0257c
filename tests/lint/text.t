# SPDX-License-Identifier: Apache-2.0
# Scripts, man pages and words.
. "$(dirname "$0")/../lib/tap.sh"
cd "$TOP" || exit 1

scripts() {
	git ls-files -co --exclude-standard | while read -r f; do
		case $f in
		*.t | *.sh) echo "$f" ;;
		*.* | Makefile | LICENSE) ;;
		*) [ -f "$f" ] && sed -n 1p "$f" | grep -qE '^#!.*\b(ba)?sh\b' && echo "$f" ;;
		esac
	done >"$WORK/scripts"
	# Those with a shebang say their shell; the others are sourced or run by sh.
	xargs grep -lE '^#!.*bash' <"$WORK/scripts" >"$WORK/bash"
	grep -vxFf "$WORK/bash" "$WORK/scripts" >"$WORK/sh"
	not='SC1007,SC1090,SC1091,SC2034,SC2154,SC2254,SC3043'
	xargs shellcheck -x -s sh -S warning -e $not <"$WORK/sh" && xargs shellcheck -x -s bash -S warning -e $not <"$WORK/bash"
}

pages() {
	bad=0
	for f in "$OUT"/man/*.1; do
		[ -f "$f" ] || { echo "no man pages in $OUT/man"; return 1; }
		mandoc -T lint -W warning "$f" || bad=1
	done
	return $bad
}

every_tool_has_a_page() {
	bad=0
	for d in tools/chart-*/; do
		d=${d%/}
		[ -f "$d/${d##*/}.1.in" ] || { echo "$d has no man page"; bad=1; }
	done
	return $bad
}

formatted() {
	git ls-files -co --exclude-standard '*.c' '*.h' | xargs clang-format --dry-run -Werror
}

no_machine_paths() {
	# The patterns are split so that this file does not match itself.
	! git grep -nIE '/wor''k/|/ro''ot/|/tm''p/wt' -- . ':!tests/lint/text.t'
}

if command -v shellcheck >/dev/null; then
	t 'shell scripts pass shellcheck' scripts
else
	skip 'shell scripts pass shellcheck' 'no shellcheck'
fi
t 'every tool has a man page' every_tool_has_a_page
if command -v mandoc >/dev/null; then
	t 'man pages pass mandoc' pages
else
	skip 'man pages pass mandoc' 'no mandoc'
fi
if command -v clang-format >/dev/null && clang-format --version | grep -q 'version 14'; then
	t 'all C is formatted' formatted
else
	skip 'all C is formatted' 'no clang-format 14'
fi
t 'no path of one machine is in the tree' no_machine_paths
done_testing
