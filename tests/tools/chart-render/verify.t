#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# --verify and --keyring: what is not signed is not rendered.
. "$(dirname "$0")/../../lib/tap.sh"
# shellcheck source=tests/lib/servers.sh
. "$TOP/tests/lib/servers.sh"

for need in gpg python3; do
	command -v $need >/dev/null && continue
	skip 'archives are verified' "no $need"
	done_testing
	exit
done
unset http_proxy HTTP_PROXY https_proxy HTTPS_PROXY GNUPGHOME
# LeakSanitizer crashes where a library that was opened late has thread-local data, as libgpgme has.
export LSAN_OPTIONS="${LSAN_OPTIONS:+$LSAN_OPTIONS:}use_tls=0"

key() {
	mkdir -m 700 "$1"
	at_exit "gpgconf --homedir '$WORK/$1' --kill all 2>/dev/null"
	gpg --homedir "$1" --batch --quiet --pinentry-mode loopback --passphrase '' --quick-generate-key "$2" ed25519 sign never 2>/dev/null
	gpg --homedir "$1" --export >"$1.gpg" 2>/dev/null
}
key ed 'Ed <ed@example.org>'
key eve 'Eve <eve@example.org>'
mkdir -p c/templates
printf 'apiVersion: v2\nname: c\nversion: 1.0.0\n' >c/Chart.yaml
echo 'a: 1' >c/templates/a.yaml
chart-package -q -d repo --sign --key Ed --keyring ed c >/dev/null
chart-package -q index repo
A=c-1.0.0.tgz
chart-render c >plain

# says TEXT COMMAND...: fails with that text and prints nothing.
says() {
	says_text=$1
	shift
	status 1 "$@" >out 2>err && [ ! -s out ] && has "$says_text" err
}
# judged OPTION...: what Helm says of it is what we say.
judged() {
	for v in helm4 helm3; do
		if ! command -v $v >/dev/null; then
			skip "as $v: $*" "no $v"
			continue
		fi
		$v template "$@" >theirs 2>&1
		chart-render --compat $v "$@" >ours 2>&1
		t "as $v: $*" same theirs ours
	done
}
t 'what was signed is rendered' sh -c 'chart-render repo/$0 --verify --keyring ed.gpg >out && cmp out plain' $A
t 'with a GnuPG folder too' sh -c 'chart-render repo/$0 --verify --keyring ed >out && cmp out plain' $A
t 'and with the own one' sh -c 'GNUPGHOME=$PWD/ed chart-render repo/$0 --verify >out && cmp out plain' $A
t 'a keyring alone changes nothing' sh -c 'chart-render c --keyring none >out && cmp out plain'
t 'of somebody else' says 'openpgp: signature made by unknown entity' chart-render repo/$A --verify --keyring eve.gpg
mkdir -p bad old none
sed 's/name: c/name: d/' repo/$A.prov >bad/$A.prov
cp repo/$A bad/
t 'changed text' says 'openpgp: invalid signature' chart-render bad/$A --verify --keyring ed.gpg
cp repo/$A.prov old/
echo 'b: 1' >>c/templates/a.yaml
chart-package -q -d old c >/dev/null
cp repo/$A none/
cp repo/$A x.tgz
cp repo/$A.prov x.tgz.prov
echo hi >none/y.tgz.prov
cp x.tgz none/y.tgz
touch f.txt
t 'another archive' says 'sha256 sum does not match for c-1.0.0.tgz' chart-render old/$A --verify --keyring ed.gpg
t 'standard input is not taken' says 'a provenance file beside it' chart-render - --verify --keyring ed.gpg
judged repo/$A --verify --keyring ed.gpg
judged old/$A --verify --keyring ed.gpg
judged none/$A --verify --keyring ed.gpg
judged none/y.tgz --verify --keyring ed.gpg
judged x.tgz --verify --keyring ed.gpg
judged repo/$A --verify --keyring nowhere.gpg
judged repo/$A --verify
judged f.txt --verify --keyring ed.gpg
judged ./c --verify --keyring ed.gpg

# From elsewhere.
start_any files python3 "$TOP/tests/lib/faulty-server.py" "$WORK"
S=http://127.0.0.1:$PORT
rm -rf c
t 'by URL' sh -c 'chart-render "$0" --verify --keyring ed.gpg >out && cmp out plain' "$S/ok/repo/$A"
t 'by name' sh -c 'chart-render c --repo "$0" --verify --keyring ed.gpg >out && cmp out plain' "$S/ok/repo"
t 'by URL, of somebody else' says 'unknown entity' chart-render "$S/ok/repo/$A" --verify --keyring eve.gpg
t 'without provenance' says "failed to fetch provenance \"$S/ok/none/$A.prov\"" chart-render "$S/ok/none/$A" --verify --keyring ed.gpg
judged "$S/ok/repo/$A" --verify --keyring ed.gpg
judged c --repo "$S/ok/repo" --verify --keyring ed.gpg
done_testing
