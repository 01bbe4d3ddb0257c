#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The page of a repository in a real Chromium: by keyboard, narrow, dark, without scripts, and full of attacks.
. "$(dirname "$0")/../lib/tap.sh"
. "$TOP/tests/tools/chart-package/shop-charts.sh"

if ! command -v chromium >/dev/null || ! command -v python3 >/dev/null; then
	skip 'the page in a browser' 'no chromium, or no python3'
	done_testing
	exit 0
fi
# LeakSanitizer crashes where a library that was opened late has thread-local data, as libgpgme has.
export LSAN_OPTIONS="${LSAN_OPTIONS:+$LSAN_OPTIONS:}use_tls=0"
mkdir -m 700 keys
at_exit "gpgconf --homedir '$WORK/keys' --kill all 2>/dev/null"
gpg --homedir keys --batch --quiet --pinentry-mode loopback --passphrase '' \
	--quick-generate-key 'Shop releases <releases@shop.example.org>' ed25519 sign never 2>/dev/null
gpg --homedir keys --export >ring.gpg 2>/dev/null
SHOP_KEY='Shop releases' SHOP_KEYS=$WORK/keys shop_repository repo || exit 1
chart-package -q site repo --keyring ring.gpg --title 'Shop charts' --url https://charts.shop.example.org \
	--oci oci://registry.shop.example.org/charts >/dev/null || exit 1
# Real charts, where there are some.
if [ -f "${SHARED:-}/upstreams/http/stable/index.yaml" ]; then
	cp -R "$SHARED/upstreams/http/stable" real && chmod -R u+w real && chart-package -q site real >/dev/null || exit 1
fi
python3 "$TOP/tests/e2e/site.py" "$WORK" "$TOP" >tap.out 2>err.out
status=$?
cat tap.out
sed 's/^/# /' err.out | tail -n 20
tap_n=$(grep -cE '^(not )?ok ' tap.out)
tap_failed=$(grep -c '^not ok ' tap.out)
t 'the browser came to its end' test $status = 0
done_testing
