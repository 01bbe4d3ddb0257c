#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/../../lib/tap.sh"
. "$TOP/tests/tools/chart-package/charts.sh"

chart web 1.2.3
chart dep 0.1.0
mkdir web/charts
mv dep web/charts/
printf 'dependencies:\n- name: dep\n  version: 0.1.x\n  repository: ""\n' >>web/Chart.yaml
printf 'generated: "2024-01-01T00:00:00Z"\ndigest: sha256:aa\ndependencies: []\n' >web/Chart.lock

t 'the path of the archive is printed' sh -c 'chart-package web >out && same=$(cat out) && [ "$same" = web-1.2.3.tgz ]'

lines web/Chart.yaml web/Chart.lock web/values.yaml web/values.schema.json web/templates/_h.tpl web/templates/a.yaml \
	web/templates/sub/b.txt web/.helmignore web/README.md web/crds/c.yaml web/files/data \
	web/charts/dep/Chart.yaml web/charts/dep/values.yaml web/charts/dep/values.schema.json \
	web/charts/dep/templates/_h.tpl web/charts/dep/templates/a.yaml web/charts/dep/templates/sub/b.txt \
	web/charts/dep/.helmignore web/charts/dep/README.md web/charts/dep/crds/c.yaml web/charts/dep/files/data \
	web/charts/dep/files/secret >want
tar tzf web-1.2.3.tgz >got
t 'entries are in the order of helm package, what .helmignore hides is absent' same want got

cat >want <<'EOF'
apiVersion: v2
appVersion: "7.0"
dependencies:
- name: dep
  repository: ""
  version: 0.1.x
description: the web of the tests
name: web
version: 1.2.3
EOF
tar xzOf web-1.2.3.tgz web/Chart.yaml >got
t 'Chart.yaml is written anew: sorted, without comments and unknown keys' same want got
tar xzOf web-1.2.3.tgz web/values.yaml >got
t 'values.yaml keeps its bytes' same web/values.yaml got

lines 'mode=-rw-r--r--' 'owner=0/0' 'time=1970-01-01' >want
tar tvzf web-1.2.3.tgz --numeric-owner | awk 'NR == 1 { print "mode=" $1; print "owner=" $2; print "time=" $4 }' >got
t 'modes, owners and times are fixed' same want got

mkdir three
printf 'apiVersion: v3\nname: three\nversion: 1.0.0\nmaintainers: {}\n' >three/Chart.yaml
t 'a broken chart of version 3 is told of in its types' sh -c '! chart-package three 2>err && grep -q "field Metadata.maintainers of type \[\]\*v3.Maintainer$" err'

mkdir -p elsewhere/deep
cp -R web elsewhere/deep/
find elsewhere -exec touch -d 2001-02-03 {} +
chmod -R go-rwx elsewhere
(
	umask 077
	cd elsewhere/deep && TZ=Asia/Tokyo LC_ALL=C chart-package web >/dev/null
)
t 'another folder, other times, modes, umask and zone give the same bytes' cmp web-1.2.3.tgz elsewhere/deep/web-1.2.3.tgz
# Made the other way round, with links for files and another sort of names.
chart plain 1.0.0
for n in a B c Z _ - .x 'ä' 'Ä' 'ß' '日' 'a b'; do printf '%s\n' "$n" >"plain/files/$n"; done
printf '#!/bin/sh\n' >plain/files/run
chart-package -q -d straight plain >/dev/null
mkdir linked
(cd plain && find . -type d | sort -r) | while read -r d; do mkdir -p "linked/plain/$d"; done
(cd plain && find . -type f | sort -r) | while read -r f; do cp "plain/$f" "linked/plain/$f"; done
chmod 700 linked/plain/files/run
chmod 400 linked/plain/values.yaml
mv linked/plain/templates/a.yaml linked/a.yaml && ln linked/a.yaml linked/plain/templates/a.yaml
mv linked/plain/README.md linked/README.md && ln -s ../README.md linked/plain/README.md
mv linked/plain/templates/sub linked/sub && ln -s ../../sub linked/plain/templates/sub
for locale in C C.UTF-8 POSIX tr_TR.UTF-8; do
	t "links, modes and the order of the disk change no byte ($locale)" sh -c 'LC_ALL=$0 chart-package -q -d "linked/$0" linked/plain >/dev/null 2>&1; cmp straight/plain-1.0.0.tgz "linked/$0/plain-1.0.0.tgz"' $locale
done
ln -s nowhere linked/plain/files/dangling
t 'a link to nothing is an error' sh -c '! chart-package -d linked linked/plain 2>err && grep -q dangling err'
rm linked/plain/files/dangling
mkfifo linked/plain/files/pipe
t 'a pipe is no file, and nobody waits for it' sh -c '! timeout 10 chart-package -d linked/pipe linked/plain 2>err && grep -qi "pipe" err'
rm linked/plain/files/pipe
ln -s .. linked/plain/files/loop
t 'a link in a circle ends' sh -c 'timeout 20 chart-package -d linked/loop linked/plain >/dev/null 2>err; [ $? = 2 ]'
t 'packing again is no change' sh -c 'chart-package web 2>err && grep -q "the same already" err'

printf 'b: 2\n' >>web/values.yaml
t 'a version is not replaced by other bytes' sh -c '! chart-package web 2>err'
t 'and the message says what to do' has 'a published version must not change' err
t 'nothing was written' sh -c '! tar xzOf web-1.2.3.tgz web/values.yaml | grep -q b:'
t 'unless --force is given' sh -c 'chart-package --force web && tar xzOf web-1.2.3.tgz web/values.yaml | grep -q b:'

t '--check finds the same bytes' sh -c 'chart-package --check web-1.2.3.tgz web | grep -q "same bytes"'
tar xzf web-1.2.3.tgz -C elsewhere
tar czf other.tgz -C elsewhere web
t '--check finds the same files, packed by another' sh -c 'chart-package --check other.tgz web | grep -q "same files"'
printf 'c: 3\n' >>web/values.yaml
rm web/README.md
printf 'new\n' >web/NEW
t '--check tells an archive that differs' status 1 sh -c 'chart-package --check other.tgz web >out'
lines 'differs: web/values.yaml' 'only in the folder: web/NEW' 'only in the archive: web/README.md' >want
t 'and names what differs' same want out

t 'the version and appVersion can be given' sh -c 'chart-package --version 9.9.9-rc.1+b --app-version 8 web -d new/dir >out'
lines new/dir/web-9.9.9-rc.1+b.tgz >want
t 'and are in the name' same want out
t 'and in the archive' sh -c 'tar xzOf new/dir/*.tgz web/Chart.yaml | grep -qx "version: 9.9.9-rc.1+b"'
t 'appVersion stays text' sh -c 'tar xzOf new/dir/*.tgz web/Chart.yaml | grep -qx "appVersion: \"8\""'
t 'a version that is none is refused' sh -c '! chart-package --version one web 2>err && grep -qi "invalid semantic version" err'

chart two 2.0.0
t 'charts can be listed on standard input' sh -c 'echo two | chart-package -d list - >out && [ -f list/two-2.0.0.tgz ]'
t '-o json tells digest and size' sh -c 'chart-package -o json -d list two >out && python3 - <<-EOF
	import hashlib, json
	d = json.load(open("out"))[0]
	b = open(d["path"], "rb").read()
	assert d["digest"] == hashlib.sha256(b).hexdigest() and d["size"] == len(b)
	assert (d["name"], d["version"], d["written"]) == ("two", "2.0.0", False), d
EOF'

t 'SOURCE_DATE_EPOCH is the time of all files and locks' sh -c '
	SOURCE_DATE_EPOCH=1700000000 chart-package -d epoch web >/dev/null &&
	tar tvzf epoch/web-1.2.3.tgz | awk "{ print \$4 }" | sort -u | grep -qx 2023-11-14 &&
	tar xzOf epoch/web-1.2.3.tgz web/Chart.lock | grep -qx "generated: \"2023-11-14T22:13:20Z\""'
t 'a broken SOURCE_DATE_EPOCH is refused' sh -c '! SOURCE_DATE_EPOCH=-1 chart-package web 2>err && grep -q SOURCE_DATE_EPOCH err'

git init -q repo
cp -R two repo/
(
	cd repo && git add two && GIT_COMMITTER_DATE='1500000000 +0000' git commit -qm one &&
		echo x >other && git add other && GIT_COMMITTER_DATE='1600000000 +0000' git commit -qm two
)
t 'in a git repository the time is that of the newest commit of the chart' sh -c '
	chart-package -d git repo/two >/dev/null &&
	tar tvzf git/two-2.0.0.tgz | awk "{ print \$4 }" | sort -u | grep -qx 2017-07-14'

chart large 1.0.0
head -c 5242880 /dev/zero >large/files/fits
t 'five megabytes are fine' sh -c 'chart-package -d large.d large 2>err && ! [ -s err ]'
echo >>large/files/fits
t 'a file that Helm 3 does not read is warned of' sh -c 'chart-package --force -d large.d large 2>err && grep -q "files/fits has 5242881 bytes: Helm 3 reads no chart" err'
if command -v helm3 >/dev/null; then
	t 'Helm 3 says so' sh -c '! helm3 show chart large.d/large-1.0.0.tgz 2>err && grep -q "maximum file size 5242880" err'
fi
t 'a missing folder is an error' status 2 sh -c 'chart-package nowhere 2>err'
t 'with the words of stat' has 'stat nowhere: no such file or directory' err
t 'no argument is an error' status 2 chart-package
chart broken 1.0.0
echo '{' >broken/values.schema.json
t 'a broken schema is refused' sh -c '! chart-package broken 2>err && grep -q "invalid JSON in values.schema.json" err'
chart lonely 1.0.0
printf 'dependencies:\n- name: gone\n  version: 1.x\n  repository: https://charts.example.org\n' >>lonely/Chart.yaml
t 'a missing dependency is named' sh -c '! chart-package lonely 2>err && grep -q "missing in charts/ directory: gone" err'
t 'no temporary file is left' sh -c '! find . -name ".*.tgz.*" | grep .'
done_testing
