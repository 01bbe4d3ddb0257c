# SPDX-License-Identifier: Apache-2.0
# Every file begins with its licence, every header with its sentence, and every function is documented.
. "$(dirname "$0")/../lib/tap.sh"
cd "$TOP" || exit 1

begins() {
	bad=0
	for f in libcommon/*/*.h; do
		sed -n 2p "$f" | grep -qE '^/\* [A-Za-z0-9_/-]+: ' || { echo "$f:2: no sentence '/* NAME: what it is. */'"; bad=1; }
	done
	for f in libcommon/*/*.[ch] tools/*/*.[ch] tests/*/*.[ch] tests/unit/*/*.c; do
		[ ! -f "$f" ] || sed -n 1p "$f" | grep -qF 'SPDX-License-Identifier: Apache-2.0' || { echo "$f:1: no SPDX line"; bad=1; }
	done
	return $bad
}

# A prototype needs a comment above it or on its line; prototypes that follow each other share one.
documented() {
	awk '
	FNR == 1 { said = 0; inside = 0 }
	/\/\*/ { inside = 1; said = 1 }
	inside { if (/\*\//) inside = 0; next }
	/^[[:space:]]*$/ { said = 0; next }
	/^(}|#)/ || /^(struct|enum|union|extern|typedef)[^(]*[{;]/ { said = 0 }
	/^[a-z_].*[a-z_0-9]\(/ && !/^(typedef|static inline|#)/ {
		if (!said) { print FILENAME ":" FNR ": no comment: " $0; bad = 1 }
	}
	END { exit bad }' libcommon/*/*.h tools/*/*.h
}

# What is in a header is for other files. Each name counts once a file; its own header and source are two. One that an inline
# function calls stands in the header twice.
shared() {
	bad=0
	sed -nE '/^(typedef|static|#)/d; s/^[a-z_][a-z_0-9 *]*[ *]([a-z_0-9]+)\(.*/\1/p' libcommon/*/*.h tools/*/*.h | sort -u >"$WORK/names"
	git ls-files -co --exclude-standard '*.c' '*.h' | xargs grep -owFf "$WORK/names" >"$WORK/uses"
	for name in $(sort -u "$WORK/uses" | cut -d: -f2 | sort | uniq -c | awk '$1 < 3 { print $2 }'); do
		[ "$(grep -c "\.h:$name\$" "$WORK/uses")" -gt 1 ] || { echo "$name is used in its own file alone"; bad=1; }
	done
	return $bad
}

t 'every file begins with its licence, every header with what it is' begins
t 'every function in a header has a comment' documented
t 'every function in a header is used elsewhere' shared
done_testing
