#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Charts that upstream signs.
. "$(dirname "$0")/../../lib/tap.sh"
# shellcheck source=tests/lib/servers.sh
. "$TOP/tests/lib/servers.sh"
# shellcheck source=tests/tools/chart-vendor/upstream.sh
. "$TOP/tests/tools/chart-vendor/upstream.sh"

if ! command -v gpg >/dev/null; then
	skip 'signatures' 'no gpg here'
	done_testing
	exit
fi
export GNUPGHOME="$WORK/gnupg" LSAN_OPTIONS="$LSAN_OPTIONS:detect_leaks=0"
mkdir -m 700 gnupg
at_exit 'gpgconf --kill all 2>/dev/null'
for who in upstream other; do
	gpg --batch -q --passphrase '' --quick-gen-key "$who <$who@example.org>" ed25519 sign 2>/dev/null
	gpg --armor --export "$who@example.org" >$who.asc
done
publish 1.0.0
publish 1.1.0
publish 1.2.0
publish 2.0.0
# signed VERSION KEY: writes the provenance of an archive as Helm does.
signed() {
	{
		tar -xzOf www/web-$1.tgz web/Chart.yaml
		printf '\n...\nfiles:\n  web-%s.tgz: sha256:%s\n' "$1" "$(sha256sum <www/web-$1.tgz | cut -d' ' -f1)"
	} | gpg --batch --yes -q --passphrase '' -u "$2@example.org" --clearsign >www/web-$1.tgz.prov 2>/dev/null
}
signed 1.0.0 upstream
signed 1.1.0 upstream
signed 1.2.0 other
mkdir -p infra/keys
cp upstream.asc infra/keys
cd infra || exit 1
git init -q -b main .

t 'a signed chart comes in' chart-vendor add ../www/web charts/web --version 1.0.0 --keyring keys/upstream.asc
t 'the manifest names the keys' has 'keyring: keys/upstream.asc' chart-vendor.yaml
t 'the lock says by whom' grep -q 'signer: [0-9A-F]\{40\} upstream <upstream@example.org>' chart-vendor.lock
sed -i 's/version: "1.0.0"/version: ">=1"/' chart-vendor.yaml
before=$(digest .)
refused() {
	chart-vendor update charts/web --to "$1" --no-render >../out 2>&1
	code=$?
	cat ../out
	[ $code != 0 ] && [ "$before" = "$(digest .)" ]
}
t 'an update too' chart-vendor update charts/web --to 1.1.0 --no-render
before=$(digest .)
t "another's signature does not do" refused 1.2.0
t 'and what to do is said' has 'check its fingerprint' ../out
t 'none does not do' refused 2.0.0
t 'and what to do is said' has 'take `keyring` out of the manifest' ../out
cp ../www/web-1.1.0.tgz.prov ../www/web-2.0.0.tgz.prov
t 'that of another version does not do' refused 2.0.0
cd .. && signed 2.0.0 upstream && sed -i 's/^name: web/name: wub/' www/web-2.0.0.tgz.prov && cd infra || exit
t 'a changed one does not do' refused 2.0.0
cd .. && signed 2.0.0 upstream && sed -i "s/sha256:..../sha256:0000/" www/web-2.0.0.tgz.prov && cd infra || exit
t 'nor one with another digest' refused 2.0.0
cp keys/upstream.asc ../keep
rm keys/upstream.asc
before=$(digest .)
t 'a keyring that is gone is said' refused 2.0.0
cp ../keep keys/upstream.asc
cd .. && signed 2.0.0 upstream && cd infra || exit
t 'with the right one it comes in' chart-vendor update charts/web --to 2.0.0 --no-render
t 'an archive by name has it beside it' chart-vendor add ../www/web-1.0.0.tgz charts/archive --keyring keys/upstream.asc
t 'a folder has none' sh -c 'chart-vendor add ../src/web charts/folder --keyring keys/upstream.asc 2>&1 | grep "is for what upstream signs"'
t 'nothing came in' test ! -e charts/folder

# Tags and commits of git.
cd ..
git init -q -b main up
git -C up config user.signingkey upstream@example.org
release() {
	upstream_chart "$1"
	rm -rf up/web
	cp -a src/web up/web
	git -C up add -A
	git -C up commit -q -m "web $1"
	[ "$2" = none ] && git -C up tag -a -m "web $1" "web-$1" && return
	git -C up tag -s -u "$2@example.org" -m "web $1" "web-$1"
}
release 1.0.0 upstream
release 1.1.0 upstream
release 1.2.0 none
release 2.0.0 other
git -C up update-ref refs/tags/web-1.3.0 "$(git -C up rev-parse web-1.0.0)"
git -C up checkout -q -b signed web-1.0.0
git -C up commit -q -S --allow-empty -m signed
git -C up checkout -q main
unset http_proxy HTTP_PROXY https_proxy HTTPS_PROXY all_proxy ALL_PROXY
start_any git python3 "$TOP/tests/tools/chart-vendor/git-server.py" "$WORK" "$WORK/log"
cd infra || exit 1
# shellcheck disable=SC2043
for up in "git+$WORK/up//web" "git+http://127.0.0.1:$PORT/plain/up/.git//web"; do
	kind=here
	case $up in *http*) kind=http ;; esac
	from() {
		chart-vendor add "$up" "charts/g" --keyring keys/upstream.asc "$@" >../out 2>&1
		code=$?
		cat ../out
		return $code
	}
	t "$kind: a signed tag" from --ref 'web-*' --version 1.0.0
	t "$kind: the lock says by whom" sh -c "sed -n '/charts.g:/,\$p' chart-vendor.lock | grep 'signer: .*upstream@example.org'"
	t "$kind: an update to a signed tag" chart-vendor update charts/g --to 1.1.0 --no-render
	t "$kind: one that is not signed is refused" sh -c '! chart-vendor update charts/g --to 1.2.0 --no-render >../out 2>&1'
	t "$kind: and it is said" has 'neither the tag nor the commit is signed' ../out
	t "$kind: another's signature does not do" sh -c '! chart-vendor update charts/g --to 2.0.0 --no-render >../out 2>&1'
	t "$kind: and it is said" has 'is not in the keyring' ../out
	t "$kind: nor another tag's" sh -c '! chart-vendor update charts/g --to 1.3.0 --no-render >../out 2>&1'
	t "$kind: and it is said" has 'says that it is "web-1.0.0"' ../out
	t "$kind: nothing has changed" grep -q 'version: 1.1.0' charts/g/Chart.yaml
	chart-vendor -q rm charts/g
	t "$kind: a signed tag by its name" from --ref web-1.1.0
	chart-vendor -q rm charts/g
	t "$kind: a signed commit" from --ref signed
	chart-vendor -q rm charts/g
	t "$kind: one that is not" status 2 from --ref main
	rm -rf charts/g
done
done_testing
