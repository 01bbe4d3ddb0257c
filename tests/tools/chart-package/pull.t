#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/../../lib/tap.sh"
# shellcheck source=tests/lib/servers.sh
. "$TOP/tests/lib/servers.sh"
. "$TOP/tests/tools/chart-package/charts.sh"

if ! command -v python3 >/dev/null; then
	skip 'charts are pulled over HTTP' 'no python3'
	done_testing
	exit
fi
unset http_proxy HTTP_PROXY
mkdir repo
chart web 1.0.0
for v in 1.0.0 1.1.0 2.0.0-rc.1; do chart-package -d repo --version $v web; done >/dev/null
# Long enough that half of it is something.
head -c 300000 /dev/urandom | od -x >web/files/data
chart-package -d repo --version 1.2.0 web >/dev/null
chart-package -q index repo
start_any files python3 "$TOP/tests/lib/faulty-server.py" repo
U=http://127.0.0.1:$PORT
asked() { grep -c "GET $1" repo/.requests; }
fresh() { rm -rf "$XDG_CACHE_HOME" got; }
pull() { chart-package pull -d got "$@"; }
good() { cmp "got/web-$1.tgz" "repo/web-$1.tgz"; }
ok() { pull web --repo "$@" 2>err && good 1.2.0; }

t 'the highest release is pulled' sh -c 'chart-package pull -d got web --repo "$0/ok" >out' "$U"
t 'its path is printed' sh -c '[ "$(cat out)" = got/web-1.2.0.tgz ]'
t 'its bytes are right' good 1.2.0
: >repo/.requests
t 'a second time' sh -c 'chart-package pull -d again web --repo "$0/ok"' "$U"
t 'the archive comes from the cache' [ "$(asked /ok/web-)" = 0 ]
t 'the index is asked about' [ "$(asked /ok/index.yaml)" = 1 ]
t 'a constraint chooses' sh -c 'chart-package pull -d got web --repo "$0/ok" --version ~1.1 && [ -f got/web-1.1.0.tgz ]' "$U"
t 'an exact version is taken' sh -c 'chart-package pull -d got web --repo "$0/ok" --version 1.0.0 && [ -f got/web-1.0.0.tgz ]' "$U"
t '--devel takes prereleases' sh -c 'chart-package pull -d got web --repo "$0/ok" --devel && [ -f got/web-2.0.0-rc.1.tgz ]' "$U"
t 'no version fits' status 2 pull web --repo "$U/ok" --version '>3'
pull web --repo "$U/ok" --version '>3' 2>err
t 'what there is, is told' has 'there are 2.0.0-rc.1, 1.2.0' err
t 'no such chart' sh -c '! chart-package pull wob --repo "$0/ok" 2>err && grep -q "no chart \"wob\"" err' "$U"
t 'an archive is pulled by its URL' sh -c 'chart-package pull -d url "$0/ok/web-1.1.0.tgz" && cmp url/web-1.1.0.tgz repo/web-1.1.0.tgz' "$U"
t 'it is unpacked' sh -c 'chart-package pull web --repo "$0/ok" --untar --untardir un >out && [ -f un/web/templates/a.yaml ]' "$U"
t 'into a folder that anybody may read' sh -c '[ "$(stat -c %a un/web)" = 755 ]'
t 'a folder in the way is not touched' sh -c '! chart-package pull web --repo "$0/ok" --untar --untardir un 2>err && grep -q "exists already" err' "$U"
t 'show reads from a repository' sh -c 'chart-package show chart web --repo "$0/ok" | grep -qx "version: 1.2.0"' "$U"
t 'a folder is a repository too' sh -c 'chart-package pull -d fold web --repo repo && cmp fold/web-1.2.0.tgz repo/web-1.2.0.tgz'
t '-o json tells where it came from' sh -c 'chart-package pull -o json -d got web --repo "$0/ok" | grep -q "\"url\": \"$0/ok/web-1.2.0.tgz\""' "$U"

for kind in once-reset once-short once-500 once-503 429; do
	fresh
	t "goes on after: $kind" ok "$U/$kind"
done
fresh
: >repo/.requests
mkdir repo/part
cp repo/web-1.2.0.tgz repo/part/
sed "s|web-1.2.0.tgz|$U/once-short/part/web-1.2.0.tgz|" repo/index.yaml >repo/part/index.yaml
t 'what was cut off goes on where it stopped' sh -c '
	chart-package pull -d got web --repo "$0/ok/part" && cmp got/web-1.2.0.tgz repo/web-1.2.0.tgz &&
	grep -q "once-short/part/web-1.2.0.tgz - bytes=[1-9]" repo/.requests' "$U"
fresh
t 'a wrong ETag does no harm' ok "$U/wrong-etag"
fresh
pull web --repo "$U/ok" >/dev/null
t '500 for ever is an error' sh -c '! timeout 60 chart-package pull -d x web --repo "$0/500" 2>err && grep -q "500" err' "$U"
t 'that tells how often was tried' has 'tried 5 times' err
t '404 is one at once' sh -c '! timeout 5 chart-package pull -d x web --repo "$0/404" 2>err && grep -q "404" err' "$U"
t 'so is a pause that is too long' sh -c '! timeout 5 chart-package pull -d x web --repo "$0/429-long" 2>err && grep -q "86400" err' "$U"
t 'and a redirect without end' sh -c '! timeout 5 chart-package pull -d x web --repo "$0/loop" 2>err && grep -qi redirect err' "$U"
t 'and one to a local file' sh -c '! timeout 5 chart-package pull -d x web --repo "$0/to-file" 2>err && grep -qi protocol err' "$U"
t 'an endless index is cut off' sh -c '! timeout 60 chart-package show chart "$0/endless/x" 2>err && grep -q "larger than" err' "$U"

fresh
t 'without a password: refused' sh -c '! chart-package pull -d x web --repo "$0/auth" 2>err && grep -q 401 err' "$U"
t 'with it: pulled' ok "$U/auth" --username me --password secret
fresh
printf 'machine 127.0.0.1 login me password secret\n' >"$HOME/.netrc"
chmod 600 "$HOME/.netrc"
t 'a password from ~/.netrc' ok "$U/auth"
rm "$HOME/.netrc"
fresh
: >repo/.requests
sed "s|web-1.2.0.tgz|http://localhost:$PORT/ok/web-1.2.0.tgz|" repo/index.yaml >repo/part/index.yaml
t 'credentials do not follow the index to another host' sh -c '
	chart-package pull -d got web --repo "$0/ok/part" --username me --password secret &&
	grep -q "part/index.yaml Basic" repo/.requests && grep -q "web-1.2.0.tgz - -" repo/.requests' "$U"
fresh
: >repo/.requests
t 'unless told to' sh -c '
	chart-package pull -d got web --repo "$0/ok/part" --username me --password secret --pass-credentials &&
	grep -q "web-1.2.0.tgz Basic" repo/.requests' "$U"
t 'the password is in no message' sh -c '! chart-package pull -d x web --repo "http://me:secret@127.0.0.1:${0##*:}/404" 2>err && ! grep -q secret err' "$U"

fresh
mkdir repo/evil
sed "s|web-1.2.0.tgz|file://$WORK/repo/web-1.2.0.tgz|" repo/index.yaml >repo/evil/index.yaml
t 'an index from the network cannot name local files' sh -c '! chart-package pull -d x web --repo "$0/ok/evil" 2>err && grep -q "only http" err' "$U"
sed 's/digest: ......../digest: 00000000/; s|- web|- ../web|' repo/index.yaml >repo/evil/index.yaml
t 'bytes with another digest are refused' sh -c '! chart-package pull -d x web --repo "$0/ok/evil" 2>err && grep -q "has digest .* but 00000000" err && [ ! -e x ]' "$U"
t 'and not cached' sh -c '! find "$XDG_CACHE_HOME" -name "00000000*" | grep .'
mkdir "$XDG_CACHE_HOME/chart-tools/archives" 2>/dev/null
fresh
pull web --repo "$U/ok" >/dev/null
for f in "$XDG_CACHE_HOME"/chart-tools/archives/*.tgz; do echo x >>"$f"; done
t 'a damaged cache is noticed' ok "$U/ok" --force
t 'no host is no chart' sh -c '! timeout 20 chart-package pull -d x web --repo http://127.0.0.1:1/ 2>err && grep -qi connect err'
t 'a name needs a repository' sh -c '! chart-package pull web 2>err && grep -q -e --repo err'
done_testing
