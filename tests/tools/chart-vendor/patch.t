#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Local edits as patches, for quilt, patch, git and charts-build-scripts, and back.
. "$(dirname "$0")/../../lib/tap.sh"
# shellcheck source=tests/tools/chart-vendor/upstream.sh
. "$TOP/tests/tools/chart-vendor/upstream.sh"

publish 1.0.0
publish 1.1.0
upstream_chart 1.0.0
printf '\000\001icon' >src/web/icon.png
printf 'no newline at the end' >src/web/NOTES
printf '#!/bin/sh\n' >src/web/run.sh
tar -C src --mtime=@0 -czf web.tgz web
mkdir infra
cd infra || exit 1
git init -q -b main .
chart-vendor -q add ../web.tgz charts/web >/dev/null
cp -a charts/web ../pristine
edit() {
	sed -i -e 's/^replicas: 1/replicas: 4/' -e 's/ClusterIP/NodePort/' charts/web/values.yaml
	rm charts/web/README.md
	mkdir -p 'charts/web/templates/more'
	printf '{{/* new */}}\n' >'charts/web/templates/more/a b.yaml'
	printf 'another line\nno newline at the end, still' >charts/web/NOTES
	chmod +x charts/web/run.sh
}
edit
cp -a charts/web ../edited

t 'export' chart-vendor patch export charts/web ../series
printf '0001-NOTES.patch\n0002-README.md.patch\n0003-run.sh.patch\n0004-templates-more-a-b.yaml.patch\n0005-values.yaml.patch\n' >../want
t 'one patch a file' same ../want ../series/series
t 'an export is not replaced' status 1 chart-vendor patch export charts/web ../series
t 'but with --force' chart-vendor patch export charts/web ../series --force
t 'not into a copy' status 2 chart-vendor patch export charts/web charts/web/patches
cp -a ../pristine ../by-patch
t 'patch takes them' sh -c 'cd ../by-patch && while read -r p; do patch -s -p1 <"../series/$p" || exit 1; done <../series/series'
t 'and gives the copy' diff -r ../by-patch charts/web
cp -a ../pristine ../by-git
t 'git apply takes them' sh -c 'cd ../by-git && git init -q . && git apply ../series/*.patch && rm -rf .git'
t 'and gives the copy' diff -r ../by-git charts/web
if command -v quilt >/dev/null; then
	cp -a ../pristine ../by-quilt
	t 'quilt takes them' sh -c 'cd ../by-quilt && QUILT_PATCHES=../series quilt push -a -q && rm -rf .pc'
	t 'and gives the copy' diff -r ../by-quilt charts/web
	# A series that quilt made.
	mkdir ../q
	cp -a ../pristine ../q/web
	(
		cd ../q/web || exit
		export QUILT_PATCHES=../patches
		mkdir ../patches
		quilt new first.patch
		quilt add values.yaml README.md
		sed -i 's/^replicas: 1/replicas: 9/' values.yaml
		rm README.md
		quilt refresh
		quilt new second.patch
		quilt add values.yaml extra.yaml
		sed -i 's/^replicas: 9/replicas: 10/' values.yaml
		echo 'a: 1' >extra.yaml
		quilt refresh -p ab
		rm -rf .pc
	) >/dev/null
	chart-vendor -q reset charts/web
	t 'a series of quilt is imported' chart-vendor patch import charts/web ../q/patches
	t 'and gives what quilt gives' diff -r ../q/web charts/web
else
	skip 'quilt' 'no quilt here'
fi
chart-vendor -q reset charts/web
t 'import' chart-vendor patch import charts/web ../series
t 'gives the edits back' diff -r ../edited charts/web
t 'with their modes' test -x charts/web/run.sh
t 'all agrees' chart-vendor verify
t 'again, with the same edits there' chart-vendor patch import charts/web ../series
echo 'other: 1' >>charts/web/values.yaml
t 'other edits are not lost' status 1 chart-vendor patch import charts/web ../series
t 'but with --force' chart-vendor patch import charts/web ../series --force
t 'then they are' diff -r ../edited charts/web

# Patches that do not fit, or want too much.
before=$(digest .)
sed -i 's/^-replicas: 1/-replicas: 77/' ../series/0005-values.yaml.patch
chart-vendor patch import charts/web ../series --force >out 2>&1
t 'a hunk that does not apply is named' has 'hunk 1 of "values.yaml" does not apply' out
rm out
t 'and nothing has changed' test "$before" = "$(digest .)"
printf -- '--- a/../../x\n+++ b/../../x\n@@ -0,0 +1 @@\n+x\n' >../series/0005-values.yaml.patch
t 'a patch that leaves the chart is refused' status 2 chart-vendor patch import charts/web ../series --force
printf 'diff --git a/icon.png b/icon.png\nBinary files a/icon.png and b/icon.png differ\n' >../series/0005-values.yaml.patch
t 'a binary one too' status 2 chart-vendor patch import charts/web ../series --force
t 'nothing has changed' test "$before" = "$(digest .)"

# The layout of charts-build-scripts.
printf '\000\002other icon' >charts/web/icon.png
chmod -x charts/web/run.sh
rm -rf ../edited
cp -a charts/web ../edited
t 'a series cannot hold a picture' status 2 chart-vendor patch export charts/web ../series2
t 'export for charts-build-scripts' chart-vendor patch export charts/web ../package --layout rancher
(cd ../package && find . -type f | LC_ALL=C sort) >../have
cat >../want <<'END2'
./generated-changes/exclude/README.md
./generated-changes/exclude/icon.png
./generated-changes/overlay/icon.png
./generated-changes/overlay/templates/more/a b.yaml
./generated-changes/patch/NOTES.patch
./generated-changes/patch/values.yaml.patch
./package.yaml
END2
t 'its files' same ../want ../have
t 'patches are between charts-original and charts' has '--- charts-original/values.yaml' ../package/generated-changes/patch/values.yaml.patch
cp -a ../pristine ../by-rancher
t 'which patch takes' sh -c 'cd ../by-rancher && for p in NOTES values.yaml; do patch -s -E -p1 <../package/generated-changes/patch/$p.patch || exit 1; done && rm README.md && cp -r ../package/generated-changes/overlay/. .'
t 'and gives the copy' diff -r ../by-rancher charts/web
chart-vendor -q reset charts/web
t 'import it' chart-vendor patch import charts/web ../package
t 'gives the edits back' diff -r ../edited charts/web
chart-vendor -q rm charts/web
t 'a package brings its chart along' chart-vendor patch import charts/web ../package
t 'with all edits' diff -r ../edited charts/web
t 'and its source' has 'source: {path: ../web.tgz}' chart-vendor.yaml
t 'all agrees' chart-vendor verify
git init -q -b main ../up
cp -a ../pristine ../up/web
(cd ../up && git add -A && git commit -q -m one)
commit=$(git -C ../up rev-parse HEAD)
chart-vendor -q rm charts/web
mkdir -p ../gitpkg/generated-changes/overlay
echo x >../gitpkg/generated-changes/overlay/new.txt
printf 'url: file://%s/up/.git\ncommit: %s\nsubdirectory: web\npackageVersion: 1\n' "$WORK" "$commit" >../gitpkg/package.yaml
t 'also from git' chart-vendor patch import charts/web ../gitpkg
t 'with the overlay' test -e charts/web/new.txt
t 'at its commit' has "commit: $commit" chart-vendor.lock
rm -rf ../out
t 'and exported again' chart-vendor patch export charts/web ../out --layout rancher
sed 's/"//g' ../out/package.yaml | sort >b
t 'it says the same' sh -c 'sort ../gitpkg/package.yaml | diff - b'
done_testing
