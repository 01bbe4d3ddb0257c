#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Git sources are fetched one commit deep: what is asked for, and no history; and what a server may do to it.
. "$(dirname "$0")/../../lib/tap.sh"
# shellcheck source=tests/lib/servers.sh
. "$TOP/tests/lib/servers.sh"

if ! command -v python3 >/dev/null; then
	skip 'shallow' 'no python3'
	done_testing
	exit
fi
unset http_proxy HTTP_PROXY https_proxy HTTPS_PROXY all_proxy ALL_PROXY SSH_AUTH_SOCK NETRC
export LSAN_OPTIONS="$LSAN_OPTIONS:detect_leaks=0"
chmod 755 "$WORK"

# A long history: 300 commits, a tag each hundred, of which each changes a file of 4 KB that does not compress.
python3 - >history <<'END'
import random
random.seed(1)
def blob(text):
    return f"data {len(text)}\n{text}\n"
for i in range(1, 301):
    noise = "".join(random.choice("0123456789abcdef") for _ in range(4096))
    print("commit refs/heads/main")
    print(f"mark :{i}")
    print(f"committer T <t@example.org> {1577836800 + i * 86400} +0000")
    print(blob(f"commit {i}"), end="")
    if i > 1:
        print(f"from :{i - 1}")
    print("M 644 inline charts/web/Chart.yaml")
    print(blob(f"apiVersion: v2\nname: web\nversion: {i // 100}.{i % 100}.0\n"), end="")
    print("M 644 inline charts/web/values.yaml")
    print(blob(f"noise: {noise}\n"), end="")
    if i == 1:
        print("M 644 inline charts/web/large.txt")
        print(blob("".join(random.choice("0123456789abcdef") for _ in range(200000))), end="")
    if i % 100 == 0:
        print(f"tag web-{i // 100}.0.0\nfrom :{i}\ntagger T <t@example.org> {1577836800 + i * 86400} +0000")
        print(blob(f"web {i // 100}"), end="")
END
mkdir srv
git init -q --bare -b main srv/up.git
git -C srv/up.git fast-import --quiet <history
git -C srv/up.git repack -q -a -d
git -C srv/up.git branch side 'main~5'
all=$(du -sk srv/up.git/objects | cut -f1)

start_any git python3 "$TOP/tests/tools/chart-vendor/git-server.py" "$WORK/srv" "$WORK/log"
H=git+http://127.0.0.1:$PORT
mkdir infra
cd infra || exit 1
git init -q -b main .
cache=$XDG_CACHE_HOME/chart-tools/git
# objects NAME: how many objects the caches hold whose names match; bytes: of the packs sent so far.
objects() {
	find "$cache"/$1 -name '*.idx' -exec sh -c 'git show-index <"$1"' - {} \; | wc -l
}
sent() {
	awk '$1 == "POST" { n += $4 } END { print n + 0 }' "$WORK/log"
}
# vendor ARGS that fail with a text.
fails() {
	text=$1
	shift
	chart-vendor "$@" >../out 2>&1
	code=$?
	cat ../out
	[ $code = 2 ] && grep -q "$text" ../out
}

t 'add' chart-vendor add "$H/plain/up.git//charts/web" a --ref 'web-*' --version 1.0.0
t 'one commit, its trees and files, the tag: 8 objects' test "$(objects '*.tips')" -eq 8
t 'no clone beside it' test "$(ls "$cache" | wc -l)" -eq 1
t 'little was sent' test "$(sent)" -lt 120000
t 'git reads the cache' git -C "$cache"/*.tips fsck --strict
t 'and sees where history ends' test "$(git -C "$cache"/*.tips rev-list --count "$(git -C ../srv/up.git rev-parse web-1.0.0^0)")" = 1
sed -i 's/version: "1.0.0"/version: ">=1"/' chart-vendor.yaml
before=$(sent)
t 'status lists tags' sh -c "chart-vendor status | grep 3.0.0"
t 'without a pack' test "$(sent)" = "$before"
t 'the age of the locked version is known' sh -c "SOURCE_DATE_EPOCH=1587340800 chart-vendor status | grep '10 days'"
git add -A
git commit -q -m 'Vendor web'
t 'an update from tag to tag' chart-vendor update a
t 'brings the new version' grep -q 'version: 3.0.0' a/Chart.yaml
t 'sends only what is new' test $(($(sent) - before)) -lt 8000
t 'the cache stays good' git -C "$cache"/*.tips fsck --strict
t 'a branch' chart-vendor add "$H/plain/up.git//charts/web" b --ref side
t 'HEAD' chart-vendor add "$H/plain/up.git//charts/web" c
t 'a tag by its full name' chart-vendor add "$H/plain/up.git//charts/web" d --ref refs/tags/web-2.0.0
t 'still little' test "$(objects '*.tips')" -lt 40
t 'a commit that is a tip' chart-vendor add "$H/plain/up.git//charts/web" e --ref "$(git -C ../srv/up.git rev-parse side)"
t 'still nothing whole' test "$(ls "$cache" | wc -l)" -eq 1
deep=$(git -C ../srv/up.git rev-parse main~50)
git -C ../srv/up.git config uploadpack.allowReachableSHA1InWant true
t 'a commit below, where the server gives such' chart-vendor add "$H/plain/up.git//charts/web" f --ref "$deep"
t 'shallow too' test "$(ls "$cache" | wc -l)" -eq 1
git -C ../srv/up.git config uploadpack.allowReachableSHA1InWant false
rm -rf "$cache"
t 'where it does not: all is fetched' chart-vendor add "$H/plain/up.git//charts/web" g --ref "$deep" -v
t 'and it is said under -v' sh -c "rm -rf '$cache'; chart-vendor add '$H/plain/up.git//charts/web' h --ref '$deep' -v 2>&1 | grep 'whole history'"
t 'a revision that is no name' chart-vendor add "$H/plain/up.git//charts/web" i --ref 'main~7'
rm -rf "$cache"
t 'a server without shallow fetches' sh -c "chart-vendor add '$H/nodepth/up.git//charts/web' j --ref 'web-*' -v 2>&1 | grep 'whole history'"
t 'has sent everything' test "$(objects '*')" -gt 900
t 'and is fetched from again' chart-vendor add "$H/nodepth/up.git//charts/web" k --ref side

# Credentials, redirects, faults.
t 'a password is needed' fails '401' add "$H/secret/up.git//charts/web" x --ref side
t 'a password' chart-vendor add "$H/secret/up.git//charts/web" l --ref side --username me --password pw
t 'one in the URL' chart-vendor add "$(echo "$H" | sed 's|//|//me:pw@|')/secret/up.git//charts/web" m --ref 'web-*'
t 'a wrong one' fails '401' add "$H/secret/up.git//charts/web" x --ref side --username me --password no
t 'moved' chart-vendor add "$H/moved/up.git//charts/web" n --ref 'web-*'
t 'the pack was asked for where it is' grep -q '^POST /plain/up.git/git-upload-pack 200' ../log
t 'busy for a moment' chart-vendor add "$H/busy/up.git//charts/web" o --ref 'web-*'
t 'nothing there' fails 'no git repository' add "$H/plain/none.git//charts/web" x --ref side
t 'no such branch' fails 'revision "none"' add "$H/plain/up.git//charts/web" x --ref none
rm -rf "$cache"
t 'cut in the middle' fails 'fetch' add "$H/cut/up.git//charts/web" x --ref 'web-*' --retries 1
t 'leaves nothing in the cache' test "$(objects '*.tips')" -eq 0
t 'and nothing here' test ! -e x
t 'silent in the middle' fails 'nothing any more' add "$H/stall/up.git//charts/web" x --ref 'web-*' --retries 0 --timeout 1
t 'and then it works' chart-vendor add "$H/plain/up.git//charts/web" x --ref 'web-*'

# Without a copy, from the repository itself.
rm -rf "$cache"
t 'file://' chart-vendor add "git+file://$WORK/srv/up.git//charts/web" p --ref 'web-*' --version 1.0.0
t 'a path' chart-vendor add "git+$WORK/srv/up.git//charts/web" q --ref side
t 'no cache' test ! -e "$cache"
t 'no repository' fails 'git repository' add "git+file://$WORK/nowhere.git//charts/web" y --ref side

# ssh
if command -v sshd >/dev/null || [ -x /usr/sbin/sshd ]; then
	cd ..
	S=$(free_port)
	start_sshd "$S"
	cd infra || exit
	mkdir -p "$HOME/.ssh"
	echo "[127.0.0.1]:$S $(cut -d' ' -f1,2 ../sshd/host.pub)" >"$HOME/.ssh/known_hosts"
	url=ssh://$(id -un)@127.0.0.1:$S$WORK/srv/up.git//charts/web
	t 'ssh' chart-vendor add "$url" r --ref 'web-*' --version 1.0.0 --key-file ../sshd/user
	t 'is shallow too' test "$(objects '*.tips')" -eq 8
	t 'an update over ssh' chart-vendor update r --to 2.0.0 --key-file ../sshd/user
	t 'sends what is new' test "$(objects '*.tips')" -lt 16
	t 'nothing whole' test "$(ls "$cache" | wc -l)" -eq 1
else
	skip 'ssh' 'no sshd'
fi
t 'all copies verify' chart-vendor verify
echo "# whole: $all KB"
done_testing
