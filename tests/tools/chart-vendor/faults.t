#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Servers that stall, reset, truncate, refuse, lie and bomb; disks that are full or read-only.
. "$(dirname "$0")/../../lib/tap.sh"
# shellcheck source=tests/lib/servers.sh
. "$TOP/tests/lib/servers.sh"
# shellcheck source=tests/tools/chart-vendor/upstream.sh
. "$TOP/tests/tools/chart-vendor/upstream.sh"

if ! command -v python3 >/dev/null; then
	skip 'faults' 'no python3'
	done_testing
	exit
fi
unset http_proxy HTTP_PROXY https_proxy HTTPS_PROXY all_proxy ALL_PROXY
publish 1.0.0
publish 1.1.0
# Larger than what fits into a socket's buffers, so that the half of it is on the disk when it breaks off.
upstream_chart 2.0.0
python3 -c 'import random; random.seed(1); open("src/web/big.txt", "w").write("".join("%x\n" % random.getrandbits(250) for _ in range(60000)))'
tar -C src --mtime=@0 -czf www/web-2.0.0.tgz web
cat >>www/index.yaml <<EOF
  - apiVersion: v2
    name: web
    version: 2.0.0
    digest: $(sha256sum <www/web-2.0.0.tgz | cut -d' ' -f1)
    urls: [web-2.0.0.tgz]
EOF
start_any files python3 "$TOP/tests/lib/faulty-server.py" "$WORK/www"
U=http://127.0.0.1:$PORT
mkdir infra
cd infra || exit 1
git init -q -b main .
n=0
add() {
	n=$((n + 1))
	source=$1
	shift
	chart-vendor add "$source/web" "charts/c$n" "$@" >../out 2>&1
	code=$?
	cat ../out
	return $code
}
# fails TEXT SOURCE ARGS: exit status 2, that said, and nothing there.
fails() {
	text=$1
	shift
	before=$(digest .)
	add "$@"
	[ $code = 2 ] && [ ! -e charts/c$n ] && [ "$before" = "$(digest .)" ] && grep -q -e "$text" ../out
}
fresh() { rm -rf "$HOME/.cache"; }

t 'no fault' add "$U/ok" --version 1.0.0
fresh
t 'a server that falls silent' fails 'sends nothing any more' "$U/stall" --timeout 1 --retries 1
t 'was asked twice' has 'tried 2 times' ../out
fresh
t 'once silent' add "$U/once-stall" --version 2.0.0 --timeout 1
t 'the rest was asked for' grep -q '/once-stall/web-2.0.0.tgz.*bytes=[1-9]' ../www/.requests
t 'and people are told' has 'trying again' ../out
for fault in reset short; do
	fresh
	t "$fault for ever" fails 'tried 2 times' "$U/$fault" --retries 1
	fresh
	t "$fault once" add "$U/once-$fault" --version 2.0.0
	t 'the rest was asked for' grep -q "/once-$fault/web-2.0.0.tgz.*bytes=[1-9]" ../www/.requests
done
fresh
t '500 for ever' fails '500' "$U/500" --retries 1
t '500 once' add "$U/once-500" --version 1.0.0
fresh
t '429 with seconds' add "$U/429" --version 1.0.0
t 'as long as asked' has 'trying again in 1.0 s' ../out
fresh
t '429 with a date' add "$U/429-date" --version 1.0.0
t 'as long as asked' grep -q 'trying again in [12].0 s' ../out
t '429 until tomorrow is not waited for' fails 'asks to come back in 86400 s' "$U/429-long"
t '404 is not tried again' fails '404' "$U/404"
t 'once' lacks 'tried' ../out
t '401' fails '401' "$U/401"
t 'an index without end' fails 'larger than' "$U/endless"
case $OUT in
*/asan) skip 'a bomb' 'too much for the sanitizers' ;;
*) t 'an index that is a bomb' fails 'larger than' "$U/bomb" ;;
esac
t 'redirects in circles' fails 'redirect' "$U/loop"
t 'a redirect to a file' fails 'protocol' "$U/to-file"
cp ../www/index.yaml ../index.keep
echo '  - {{{' >>../www/index.yaml
t 'an index that is none' fails 'index.yaml' "$U/ok"
printf '<html>\n<body>Log in</body></html>' >../www/index.yaml
t 'a page instead of an index' fails 'index.yaml' "$U/ok"
: >../www/index.yaml
t 'nothing instead of an index' fails 'index.yaml' "$U/ok"
sed 's|web-1.1.0.tgz|../../../../etc/passwd|' ../index.keep >../www/index.yaml
t 'an index that names what is not there' fails '404' "$U/ok" --version 1.1.0
sed 's|web-1.1.0.tgz|file:///etc/passwd|' ../index.keep >../www/index.yaml
t "an index that names this machine's files" fails 'only http' "$U/ok" --version 1.1.0
cp ../index.keep ../www/index.yaml
cp ../www/web-1.1.0.tgz ../archive.keep
head -c 300 ../archive.keep >../www/web-1.1.0.tgz
fresh
t 'an archive that was cut when it was published' fails 'was promised' "$U/ok" --version 1.1.0
cp ../archive.keep ../www/web-1.1.0.tgz

# An update meets the same.
sed -i '0,/version: "1.0.0"/s//version: ^1/' chart-vendor.yaml
echo '# mine' >>charts/c1/values.yaml
before=$(digest .)
sed -i "s|$U/ok|$U/short|" chart-vendor.yaml
fresh
t 'an update whose archive never comes whole' status 2 chart-vendor update charts/c1 --retries 1
sed -i "s|$U/short|$U/ok|" chart-vendor.yaml
t 'leaves all as it was' test "$before" = "$(digest .)"
cp chart-vendor.yaml ../manifest.keep
sed -i "s|$U/ok|$U/once-short|" chart-vendor.yaml
t 'several at once, each interrupted' chart-vendor update --all --no-render
t 'come in' chart-vendor status --exit-code
t 'and agree' chart-vendor verify
cp ../www/index.yaml ../index.keep
sed -i "s/$(sha256sum <../www/web-1.1.0.tgz | cut -d' ' -f1)/$(printf x | sha256sum | cut -d' ' -f1)/" ../www/index.yaml
t 'a version that was published again is an alarm' sh -c 'chart-vendor status | grep ALARM'
t 'also as JSON' sh -c 'chart-vendor status -o json | grep -q "\"republished\": true"'
cp ../index.keep ../www/index.yaml
cd ..

# Disks.
disk=$WORK/disk
mkdir disk
if mount -t tmpfs -o size=400k none "$disk" 2>/dev/null; then
	at_exit "umount $disk"
	mkdir disk/infra
	cd disk/infra || exit 1
	chart-vendor -q add "$U/ok/web" web --version 1.0.0 >/dev/null
	sed -i 's/"1.0.0"/">=1"/' chart-vendor.yaml
	before=$(digest .)
	t 'a chart too large for the disk' status 2 chart-vendor update web --no-render
	t 'leaves all as it was' test "$before" = "$(digest .)"
	t 'and nothing unfinished' chart-vendor verify
	i=0
	while dd if=/dev/zero of=../fill$i bs=4096 count=1 2>/dev/null; do i=$((i + 1)); done
	t 'no room at all' sh -c '! chart-vendor update web --to 1.1.0 --no-render 2>../../said && grep -i "no space" ../../said'
	rm -f ../fill0 ../fill1 ../fill2
	t 'a little' sh -c 'chart-vendor update web --to 1.1.0 --no-render 2>../../said; :'
	rm -f ../fill*
	t 'it is old or new' sh -c 'chart-vendor verify || chart-vendor abort'
	mount -o remount,ro "$disk"
	t 'a read-only tree' sh -c '! chart-vendor reset web 2>../../said && grep -i "read-only" ../../said'
	t 'can be looked at' sh -c 'chart-vendor status && chart-vendor verify && chart-vendor diff && chart-vendor list'
	cd ../.. || exit
	mkdir cache && mount -t tmpfs -o size=16k none cache && at_exit "umount $WORK/cache"
	dd if=/dev/zero of=cache/fill bs=4096 2>/dev/null
	cd infra || exit 1
	export XDG_CACHE_HOME="$WORK/cache"
	t 'a cache that is full is no hindrance' add "$U/ok" --version 1.1.0
else
	skip 'full and read-only disks' 'no mount here'
fi
done_testing
