#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/../../lib/tap.sh"

if ! command -v python3 >/dev/null; then
	skip 'hostile archives are refused' 'no python3'
	done_testing
	exit
fi
mkdir evil jail
python3 "$TOP/tests/tools/chart-package/hostile.py" evil

# refused NAME WORDS: neither pull nor index takes it, the reason is told, nothing is written anywhere.
refused() {
	rm -rf jail && mkdir jail
	(
		cd jail || exit 1
		chart-package pull "file://$WORK/evil/$1.tgz" --untar --untardir out --no-cache >/dev/null 2>../err
		[ $? = 2 ] || { echo "pull: not refused"; exit 1; }
		has "$2" ../err || exit 1
		[ -z "$(find . ! -name . ! -name out)" ] || { find .; exit 1; }
	) || return 1
	rm -rf shelf && mkdir shelf && cp "evil/$1.tgz" shelf/
	status 2 chart-package index shelf 2>err || return 1
	has "$2" err && has "shelf/$1.tgz" err && [ ! -e shelf/index.yaml ]
}

while IFS="$(printf '\t')" read -r name words; do
	t "refused: $name" refused "$name" "$words"
done <evil/list
# What is odd only: as Helm reads it, and written inside.
odd() {
	rm -rf jail/un && chart-package pull "file://$WORK/evil/$1.tgz" --untar --untardir jail/un --no-cache >/dev/null || return 1
	[ "$(cat jail/un/c/files/odd)" = odd ] || { find jail/un; return 1; }
	[ -z "$(find jail/un -type f -perm /7133)" ]
}
as_helm() {
	"$2" show chart "evil/$1.tgz" >want && chart-package show chart "evil/$1.tgz" >got && diff want got
}
HELM=$(command -v helm4 || :)
while read -r name; do
	t "taken: $name" odd "$name"
	[ -z "$HELM" ] || t "and by Helm: $name" as_helm "$name" "$HELM"
done <evil/fine
t 'nothing appeared outside' sh -c '[ "$(ls /tmp/chart-tools-hostile ../x x 2>/dev/null)" = "" ]'
t 'the same chart unharmed is taken' sh -c 'cd jail && chart-package pull "file://$WORK/evil/good.tgz" --untar && [ -f c/values.yaml ]'
rm -rf shelf && mkdir shelf && cp evil/good.tgz evil/crc.tgz shelf/
t '--skip-bad leaves bad archives out' sh -c 'chart-package index --skip-bad shelf 2>err && grep -q "name: c" shelf/index.yaml'
t 'and warns' has 'crc.tgz' err
done_testing
