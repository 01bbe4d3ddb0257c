#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Old versions leave a repository; and the images of a chart.
. "$(dirname "$0")/../../lib/tap.sh"
. "$TOP/tests/tools/chart-package/charts.sh"

fails() {
	fails_text=$1
	shift
	! "$@" >fails.out 2>&1 || { echo 'it succeeded'; return 1; }
	has "$fails_text" fails.out
}

chart web 1.0.0
chart db 0.1.0
mkdir full
for v in 1.0.0 1.2.0 1.10.0 2.0.0-rc.1; do
	chart-package -q -d full --version $v web >/dev/null
done
chart-package -q -d full/db db >/dev/null
SOURCE_DATE_EPOCH=1700000000 chart-package -q index full
cp full/index.yaml one.yaml
chart-package -q -d full --version 1.11.0 web >/dev/null
SOURCE_DATE_EPOCH=1750000000 chart-package -q index full
printf 'signature\n' >full/web-1.0.0.tgz.prov
cp -r full repo

lines repo/web-1.10.0.tgz repo/web-1.2.0.tgz repo/web-1.0.0.tgz >want
chart-package -q prune repo --keep 2 --dry-run >got
t 'a dry run tells what would go: all but the last by version' same want got
t 'and removes nothing' diff -r full repo
t 'keeping two leaves two' chart-package prune repo --keep 2
(cd repo && find . -name '*.tgz*' | sort) >got
lines ./db/db-0.1.0.tgz ./web-1.11.0.tgz ./web-2.0.0-rc.1.tgz >want
t 'other archives and provenance are gone, other charts stay' same want got
t 'the index names what is there' sh -c \
	'[ "$(grep "^    version:" repo/index.yaml | tr -d " \n")" = "version:0.1.0version:2.0.0-rc.1version:1.11.0" ]'
t 'created stays' has 'created: "2023-11-14T22:13:20Z"' repo/index.yaml
cp repo/index.yaml before
chart-package -q index repo
t 'index finds the same afterwards' sh -c 'sed /^generated/d before >a; sed /^generated/d repo/index.yaml | diff -u a -'
cp -r repo again
chart-package -q prune repo --keep 2 >got
t 'doing it again removes nothing' test ! -s got
t 'and changes nothing' diff -r again repo

rm -r repo
cp -r full repo
lines repo/db/db-0.1.0.tgz repo/web-2.0.0-rc.1.tgz repo/web-1.10.0.tgz repo/web-1.2.0.tgz repo/web-1.0.0.tgz >want
chart-package -q prune repo --newer-than 2024-01-01 --dry-run >got
t 'a date keeps what was published later' same want got
lines repo/web-1.10.0.tgz repo/web-1.2.0.tgz repo/web-1.0.0.tgz >want
chart-package -q prune repo --newer-than 2024-01-01 --keep 2 --dry-run >got
t 'with both, the last versions stay too' same want got
chart-package -q prune repo --newer-than 2023-11-14T22:13:20Z --dry-run >got
t 'the very second is new enough' test ! -s got
chart-package -q prune repo --newer-than 2023-11-15T01:13:20+03:00 --dry-run >got
t 'zones count' test ! -s got
for d in 2024 2024-02-31 2024-01-01x 2024-01-01T10:00:00 yesterday ''; do
	t "\"$d\" is no date" status 2 chart-package prune repo --newer-than "$d"
done
t 'something has to be asked for' status 2 chart-package prune repo
t 'to keep nothing is refused' status 2 chart-package prune repo --keep 0
t 'negative counts too' status 2 chart-package prune repo --keep -1

printf 'no archive\n' >repo/bad-1.0.0.tgz
printf 'no archive\n' >repo/bad-2.0.0.tgz
t 'what is no chart is left alone' sh -c 'chart-package prune repo --keep 1 2>err && grep -q "bad-1.0.0.tgz is left alone" err'
t 'really' test -f repo/bad-1.0.0.tgz

rm -r repo
cp -r full repo
sed 's/^  web:/  far:\n  - apiVersion: v2\n    name: far\n    version: 1.0.0\n    urls:\n    - https:\/\/far.example.org\/..\/..\/far-1.0.0.tgz\n  - apiVersion: v2\n    name: far\n    version: 2.0.0\n    urls:\n    - https:\/\/far.example.org\/far-2.0.0.tgz\n  web:/' \
	full/index.yaml >repo/index.yaml
chart-package -q prune repo --keep 1 >got
t 'versions that are elsewhere leave the index' has 'far 1.0.0 (only in the index)' got
t 'their last stays' has 'far-2.0.0.tgz' repo/index.yaml
t 'an index that would lose entries is not touched' sh -c '
	printf "apiVersion: v1\nentries:\n  x:\n  - name: x\n    version: nonsense\n" >repo/index.yaml
	! chart-package prune repo --keep 1 2>err && grep -q "would be lost" err'

rm -r repo
cp -r full repo
rm repo/index.yaml
t 'a folder without index is pruned too' sh -c \
	'chart-package -q prune repo --keep 1 -o json >out && grep -q "\"version\": \"1.0.0\"" out && [ ! -e repo/web-1.0.0.tgz ]'
t 'and gets none' test ! -e repo/index.yaml

cat >web/templates/a.yaml <<'END'
apiVersion: v1
kind: Pod
metadata:
  name: a
spec:
  initContainers:
  - name: i
    image: example.org/init:1
  containers:
  - name: a
    image: "example.org/web:{{ .Values.tag }}"
  - name: b
    image: example.org/init:1
  volumes:
  - name: v
    image:
      reference: example.org/data:2
END
printf 'tag: "3"\n' >web/values.yaml
lines example.org/data:2 example.org/init:1 example.org/web:3 >want
chart-package show images web >got
t 'show images prints every image once' same want got
t 'with other values' sh -c 'chart-package show images web --set tag=9 | grep -qx example.org/web:9'
printf 'tag: "8"\n' >v.yaml
t 'from a file too' sh -c 'chart-package show images web -f v.yaml | grep -qx example.org/web:8'
t 'as JSON' sh -c 'chart-package show images web -o json | grep -q "\"example.org/data:2\""'
printf '{{ required "say it" .Values.missing }}\n' >web/templates/b.yaml
t 'a chart that does not render is an error' fails 'say it' chart-package show images web
done_testing
