# SPDX-License-Identifier: Apache-2.0
# The rules of the tree: layers, quarantine, a quiet library.
. "$(dirname "$0")/../lib/tap.sh"
cd "$TOP" || exit 1

# A folder of libcommon includes only folders of a lower layer, or of its own layer in one direction.
layers() {
	awk '
	BEGIN {
		n = split("base:0 io:1 cli:1 value:1 yaml:2 json:2 semver:2 tarball:3 template:3 crypto:3 markdown:3 redis:3 net:4 git:5 merge:3 journal:3 funcs:4 chart:5 kube:5 index:6", row, " ")
		for (i = 1; i <= n; i++) { split(row[i], f, ":"); level[f[1]] = f[2] }
	}
	FNR == 1 {
		split(FILENAME, part, "/")
		own = part[2]
		if (!(own in level)) { print FILENAME ": folder " own " has no layer"; bad = 1 }
	}
	match($0, /^#include "[a-z]+\//) {
		dep = substr($0, RSTART + 10, RLENGTH - 11)
		if (dep == own || dep == "tests") next
		if (!(dep in level)) { print FILENAME ":" FNR ": unknown folder " dep; bad = 1 }
		else if (level[dep] > level[own]) { print FILENAME ":" FNR ": " own " must not include " dep; bad = 1 }
		else if (level[dep] == level[own]) pair[own " " dep] = FILENAME ":" FNR
	}
	END {
		for (p in pair) {
			split(p, x, " ")
			if ((x[2] " " x[1]) in pair && x[1] < x[2]) { print pair[p] ": " x[1] " and " x[2] " include each other"; bad = 1 }
		}
		exit bad
	}' libcommon/*/*.c libcommon/*/*.h
}

# quarantine HEADER-REGEX FOLDER: only FOLDER includes it.
quarantine() {
	! grep -nE "^#include <$1" libcommon/*/*.[ch] tools/*/*.[ch] | grep -v "^libcommon/$2/"
}

tools_apart() {
	for d in tools/chart-*/; do
		d=${d%/}
		! grep -nE '^#include "tools/' "$d"/*.[ch] | grep -v "\"$d/" || return 1
	done
}

# libcommon never prints or exits (cli/ and out of memory apart).
library_is_quiet() {
	! grep -nE '(^|[^_a-z.>])(printf|puts|putchar|exit|getopt|getopt_long) ?\(' libcommon/*/*.c | grep -vE '^libcommon/(cli/|base/mem)|:[[:space:]]*(/\*|\*)'
}

t 'a folder includes only lower ones' layers
t 'archive.h stays in tarball/' quarantine 'archive' tarball
t 'libdeflate stays in tarball/' quarantine 'libdeflate' tarball
t 'curl stays in net/' quarantine 'curl/' net
t 'yaml.h stays in yaml/' quarantine 'yaml\.h' yaml
t 'git2 stays in git/' quarantine 'git2' git
t 'openssl stays in crypto/' quarantine 'openssl/' crypto
t 'hiredis stays in redis/' quarantine 'hiredis' redis
t 'cmark stays in markdown/' quarantine 'cmark' markdown
t 'tools do not include each other' tools_apart
t 'the library does not print or exit' library_is_quiet
done_testing
