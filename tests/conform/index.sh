#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# index.sh: chart-package index against `helm repo index` (each of helm3, helm4 that there is), byte for byte but for times: the charts of
# SHARED, repository by repository, and ARCHIVES=20000 generated ones. Ends with 'N passed, N failed'.
set -u
here=$(cd "$(dirname "$0")" && pwd)
tests=$here/../tools/chart-package
passed=0 failed=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export HOME="$work/home" XDG_CACHE_HOME="$work/cache"
mkdir -p "$HOME"

# compare TITLE FOLDER: the folder's index by all of them.
compare() {
	"$OUT/chart-package" -q index --skip-bad "$2" 2>"$work/said" || cat "$work/said"
	mv "$2/index.yaml" "$work/ours.yaml"
	for helm in helm3 helm4; do
		command -v $helm >/dev/null || continue
		$helm repo index "$2" && mv "$2/index.yaml" "$work/$helm.yaml"
		if said=$(python3 "$tests/same-index.py" "$work/ours.yaml" "$work/$helm.yaml"); then
			passed=$((passed + 1))
			echo "ok $1, $helm: $(echo "$said" | tail -n 1)"
		else
			failed=$((failed + 1))
			echo "not ok $1, $helm"
			echo "$said" | head -n 40
		fi
	done
}

for repository in "$SHARED"/corpus/charts/*/ "$SHARED"/upstreams/http/*/; do
	name=$(basename "$repository")
	mkdir "$work/$name" 2>/dev/null || continue
	cp "$repository"*.tgz "$work/$name/" 2>/dev/null || continue
	chmod -R u+w "$work/$name"
	compare "$name" "$work/$name"
done
python3 "$tests/make-archives.py" "${ARCHIVES:-20000}" "$work/generated"
compare "${ARCHIVES:-20000} generated archives" "$work/generated"
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
