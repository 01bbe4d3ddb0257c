#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Provenance: signed and checked with every kind of keyring, by us and by real Helm.
. "$(dirname "$0")/../../lib/tap.sh"
. "$TOP/tests/tools/chart-package/charts.sh"

if ! command -v gpg >/dev/null; then
	skip 'provenance' 'no gpg'
	done_testing
	exit
fi
HELM=$(command -v helm4 || :)
# LeakSanitizer crashes where a library that was opened late has thread-local data, as libgpgme has.
export LSAN_OPTIONS="${LSAN_OPTIONS:+$LSAN_OPTIONS:}use_tls=0"

# key HOME UID ALGORITHM PASSPHRASE: makes a key in a GnuPG folder.
key() {
	mkdir -p "$1"
	chmod 700 "$1"
	at_exit "gpgconf --homedir '$WORK/$1' --kill all 2>/dev/null"
	gpg --homedir "$1" --batch --quiet --pinentry-mode loopback --passphrase "$4" --quick-generate-key "$2" "$3" sign never \
		2>/dev/null
}

# fails TEXT COMMAND...: fails with that text.
fails() {
	fails_text=$1
	shift
	! "$@" >fails.out 2>&1 || { echo 'it succeeded'; return 1; }
	has "$fails_text" fails.out
}

key ed 'Ed Tester <ed@example.org>' ed25519 ''
key rsa 'Rosa Tester (packages) <rosa@example.org>' rsa2048 'open sesame'
key other 'Other Tester <other@example.org>' ed25519 ''
printf 'open sesame\n' >pass
printf 'wrong\n' >wrong-pass
gpg --homedir ed --export >ed.gpg 2>/dev/null
gpg --homedir ed --export --armor >both.asc 2>/dev/null
gpg --homedir rsa --export --armor >>both.asc 2>/dev/null
gpg --homedir rsa --export >rosa.gpg 2>/dev/null
gpg --homedir other --export >other.gpg 2>/dev/null
gpg --homedir rsa --batch --pinentry-mode loopback --passphrase 'open sesame' --export-secret-keys >secring.gpg 2>/dev/null
fingerprint() {
	gpg --homedir "$1" --with-colons --list-keys 2>/dev/null | sed -n 's/^fpr:*\([0-9A-F]*\):/\1/p' | head -n 1
}
ED=$(fingerprint ed)

chart web 1.2.3
printf 'keywords:\n- a\n' >>web/Chart.yaml
t 'packaging signs' chart-package -d repo --sign --key 'Ed Tester' --keyring ed web
t 'there is a provenance file' test -f repo/web-1.2.3.tgz.prov
HASH=$(sha256sum repo/web-1.2.3.tgz | cut -d ' ' -f 1)
cat >want <<END
-----BEGIN PGP SIGNED MESSAGE-----
Hash: SHA512

apiVersion: v2
appVersion: "7.0"
description: the web of the tests
keywords:
- - a
name: web
version: 1.2.3

...
files:
  web-1.2.3.tgz: sha256:$HASH

-----BEGIN PGP SIGNATURE-----
END
sed '/BEGIN PGP SIGNATURE/q' repo/web-1.2.3.tgz.prov >got
t 'it says what Helm says, with SHA-512' same want got
t 'no newline follows its last line' sh -c '[ "$(tail -c 1 repo/web-1.2.3.tgz.prov)" = - ]'

lines 'Signed by: Ed Tester <ed@example.org>' "Using Key With Fingerprint: $ED" "Chart Hash Verified: sha256:$HASH" >want
chart-package verify repo/web-1.2.3.tgz --keyring ed.gpg >got
t 'verify with a ring file of GnuPG 1 prints what Helm prints' same want got
for ring in ed ed/pubring.kbx both.asc; do
	chart-package verify repo/web-1.2.3.tgz --keyring "$ring" >got
	t "verify with $ring does too" same want got
done
cp ed/pubring.kbx moved.kbx
chart-package verify repo/web-1.2.3.tgz --keyring moved.kbx >got
t 'verify with a keybox under another name does too' same want got
GNUPGHOME=$WORK/ed chart-package verify repo/web-1.2.3.tgz >got
t 'without --keyring the keys of the user count' same want got
chart-package verify -o json repo/web-1.2.3.tgz --keyring ed >got
t 'JSON has the key' has "\"fingerprint\": \"$ED\"" got
t 'JSON has the user' has '"Ed Tester <ed@example.org>"' got

cp -r repo rosa
t 'sign with a secret ring of GnuPG 1 and a passphrase file' \
	chart-package sign rosa/web-1.2.3.tgz --key rosa@example.org --keyring secring.gpg --passphrase-file pass
t 'its signature is good' sh -c 'chart-package verify rosa/web-1.2.3.tgz --keyring rosa.gpg >out && grep -q "Signed by: Rosa" out'
rm rosa/*.prov
t 'sign by way of the public ring of a GnuPG folder, passphrase from standard input' sh -c \
	'chart-package sign rosa/web-1.2.3.tgz --key Rosa --keyring rsa/pubring.kbx --passphrase-file - <pass'
t 'its signature is good too' chart-package verify rosa/web-1.2.3.tgz --keyring both.asc
rm rosa/*.prov
t 'a wrong passphrase is refused' fails 'ad passphrase' \
	chart-package sign rosa/web-1.2.3.tgz --key Rosa --keyring secring.gpg --passphrase-file wrong-pass
t 'and nothing was written' test ! -e rosa/web-1.2.3.tgz.prov
t 'the end of a fingerprint names a key' chart-package -q sign rosa/web-1.2.3.tgz --key "$(echo "$ED" | tail -c 17)" --keyring ed

t 'a key that is not there is refused' fails 'private key not found' \
	chart-package sign rosa/web-1.2.3.tgz --key Nobody --keyring ed
t 'so is a public key' fails 'not a private key' chart-package sign rosa/web-1.2.3.tgz --key Ed --keyring ed.gpg
key two 'Tester One <1@example.org>' ed25519 ''
key two 'Tester Two <2@example.org>' ed25519 ''
t 'and a name that two keys have' fails 'more than one key contain the id "Tester"' \
	chart-package sign rosa/web-1.2.3.tgz --key Tester --keyring two
t '--sign needs --key' fails '--key is required for signing a package' chart-package -d x --sign web

t 'a stranger'\''s signature is refused' fails "signature made by unknown entity: key $ED" \
	chart-package verify repo/web-1.2.3.tgz --keyring other.gpg
cp -r repo bad
sed 's/appVersion: "7.0"/appVersion: "7.1"/' repo/web-1.2.3.tgz.prov >bad/web-1.2.3.tgz.prov
t 'changed metadata is refused' fails 'invalid signature' chart-package verify bad/web-1.2.3.tgz --keyring ed.gpg
cp repo/web-1.2.3.tgz.prov bad/
printf x >>bad/web-1.2.3.tgz
t 'a changed archive is refused' fails 'sha256 sum does not match for web-1.2.3.tgz' \
	chart-package verify bad/web-1.2.3.tgz --keyring ed.gpg
mv bad/web-1.2.3.tgz bad/web-9.tgz
mv bad/web-1.2.3.tgz.prov bad/web-9.tgz.prov
t 'a renamed archive is refused' fails 'does not contain a SHA for a file named "web-9.tgz"' \
	chart-package verify bad/web-9.tgz --keyring ed.gpg
# Text around the signed block is not signed and must not count.
{ printf 'x\n...\nfiles:\n  web-9.tgz: sha256:%s\n' "$(sha256sum bad/web-9.tgz | cut -d ' ' -f 1)"; cat repo/web-1.2.3.tgz.prov; } \
	>bad/web-9.tgz.prov
t 'what stands before the signed text does not count' fails 'does not contain a SHA for a file named "web-9.tgz"' \
	chart-package verify bad/web-9.tgz --keyring ed.gpg
gpg --homedir ed --batch --quiet --armor --sign --output bad/web-9.tgz.prov --yes want 2>/dev/null
t 'a message that is not signed in the clear is refused' fails 'signature block not found' \
	chart-package verify bad/web-9.tgz --keyring ed.gpg
t 'a folder cannot be verified' fails 'unpacked charts cannot be verified' chart-package verify web --keyring ed.gpg
rm bad/web-9.tgz.prov
t 'a missing provenance file is told' fails 'could not load provenance file bad/web-9.tgz.prov' \
	chart-package verify bad/web-9.tgz --keyring ed.gpg
printf 'no keys\n' >empty
t 'a ring without keys is told' fails 'no OpenPGP keys found' chart-package verify repo/web-1.2.3.tgz --keyring empty
t 'no temporary keyring stays behind' sh -c '! ls -d "${TMPDIR:-/tmp}"/chart-sign.* 2>/dev/null'

mkdir -m 700 gone
sed 's/^:---/---/' "ed/openpgp-revocs.d/$ED.rev" | gpg --homedir gone --batch --quiet --import ed.gpg - 2>/dev/null
gpg --homedir gone --export >gone.gpg 2>/dev/null
t 'the signature of a revoked key is refused' fails "key $ED was revoked" \
	chart-package verify repo/web-1.2.3.tgz --keyring gone.gpg
chart-package -q index repo
t 'pull --verify takes what a key of the keyring signed' sh -c \
	'chart-package pull -d got.d web --repo repo --verify --keyring ed.gpg 2>err && grep -q "signed by Ed Tester" err'
t 'and refuses what another signed' fails 'unknown entity' \
	chart-package pull -d none.d web --repo repo --verify --keyring other.gpg
t 'before anything is written' test ! -e none.d
if [ -z "$HELM" ]; then
	skip 'real Helm and provenance' 'no helm'
	done_testing
	exit
fi
"$HELM" verify repo/web-1.2.3.tgz --keyring ed.gpg >got
t 'real Helm verifies our ed25519 signature in the same words' same want got
chart-package -q sign rosa/web-1.2.3.tgz --key rosa --keyring rsa --passphrase-file pass
"$HELM" verify rosa/web-1.2.3.tgz --keyring rosa.gpg >want
t 'and our RSA signature' test -s want
mkdir theirs
t 'real Helm signs' "$HELM" package web -d theirs --sign --key Rosa --keyring secring.gpg --passphrase-file pass
"$HELM" verify theirs/web-1.2.3.tgz --keyring rosa.gpg >want
chart-package verify theirs/web-1.2.3.tgz --keyring rosa.gpg >got
t 'we verify its signature in the same words' same want got
sed '/BEGIN PGP SIGNATURE/q' theirs/web-1.2.3.tgz.prov >want
cp theirs/web-1.2.3.tgz ours.tgz
mkdir -p ours && mv ours.tgz ours/web-1.2.3.tgz
chart-package -q sign ours/web-1.2.3.tgz --key Rosa --keyring secring.gpg --passphrase-file pass
sed '/BEGIN PGP SIGNATURE/q' ours/web-1.2.3.tgz.prov >got
t 'for the same archive both sign the same text' same want got
done_testing
