#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Where charts come from: HTTP, git, archives, folders; and what may be wrong with them.
. "$(dirname "$0")/../../lib/tap.sh"
# shellcheck source=tests/lib/servers.sh
. "$TOP/tests/lib/servers.sh"
# shellcheck source=tests/tools/chart-vendor/upstream.sh
. "$TOP/tests/tools/chart-vendor/upstream.sh"

publish 1.0.0
publish 1.1.0
start_any files python3 "$TOP/tests/lib/faulty-server.py" www
url=http://127.0.0.1:$PORT/ok

# A git upstream with tags.
git init -q -b main git-up
for v in 1.0.0 1.1.0; do
	upstream_chart $v
	mkdir -p git-up/charts
	rm -rf git-up/charts/web
	cp -a src/web git-up/charts/web
	git -C git-up add -A
	git -C git-up commit -q -m "web $v"
	[ $v = 1.1.0 ] || git -C git-up tag web-$v
done

mkdir infra
cd infra || exit 1
git init -q -b main .
t 'from a repository over HTTP' chart-vendor add "$url/web" charts/http --version 1.0.0
t 'the lock has the URL' has "url: $url/web-1.0.0.tgz" chart-vendor.lock
t 'from a repository with --repo' chart-vendor add web charts/repo --repo "$url" --version ^1
t 'from an archive URL' chart-vendor add "$url/web-1.0.0.tgz" charts/url
t 'from an archive' chart-vendor add ../www/web-1.0.0.tgz charts/archive
t 'from a folder' chart-vendor add ../git-up/charts/web charts/folder
t 'from a file:// repository' chart-vendor add "file://$WORK/www/web" charts/file --version 1.0.0
t 'from git by tag pattern' chart-vendor add "git+file://$WORK/git-up//charts/web" charts/git --ref 'web-*'
t 'the lock has the commit' has "commit: $(git -C ../git-up rev-parse web-1.0.0)" chart-vendor.lock
t 'from git by branch' chart-vendor add "git+file://$WORK/git-up//charts/web" charts/branch --ref main
t 'with the folder as an option, and values' chart-vendor add "git+file://$WORK/git-up" charts/option --chart-path charts/web --ref main --environment prod.yaml
t 'both are in the manifest' sh -c 'grep -A 4 "path: charts/option" chart-vendor.yaml >own; grep -q "path: charts/web" own && grep -q "environments: .prod.yaml." own'
echo 'replicas: 2' >prod.yaml
rm own
t 'all of them verify' chart-vendor verify
t 'and are not outdated, but for pins' chart-vendor status --exit-code
git -C ../git-up tag web-1.1.0
t 'a new tag is seen' sh -c 'chart-vendor status --outdated -o paths | grep -qx charts/git'
t 'and merged' chart-vendor update charts/git
t 'the new commit is locked' has "commit: $(git -C ../git-up rev-parse web-1.1.0)" chart-vendor.lock
echo 'more: 1' >>../git-up/charts/web/values.yaml
git -C ../git-up commit -q -a -m 'more values'
t 'a branch that moved is seen' sh -c 'chart-vendor status --outdated -o paths | grep -qx charts/branch'
t 'and merged' chart-vendor update charts/branch
t 'the change came in' has 'more: 1' charts/branch/values.yaml

git add -A
git commit -q -m 'Vendor web'
echo dirty >elsewhere
git add elsewhere
sed -i '/path: charts\/http/,/version/s/version: "1.0.0"/version: ^1/' chart-vendor.yaml
git commit -q -m 'Let web move' chart-vendor.yaml
t 'update --commit commits' chart-vendor update charts/http --commit
git log -1 --format=%B >message
t 'the message says what came' has 'charts/http: update web from 1.0.0 to 1.1.0' message
git show --name-only --format= HEAD >files
t 'the copy is in the commit' has charts/http/values.yaml files
t 'so is the lock' has chart-vendor.lock files
t 'nothing else is' lacks elsewhere files

t 'an unknown chart is named' sh -c "chart-vendor add $url/nothing charts/x 2>&1 | grep -q 'no chart \"nothing\"'"
t 'an unknown version lists what there is' sh -c "chart-vendor add $url/web charts/x --version 9 2>&1 | grep -q 'it has 1.1.0, 1.0.0'"
t 'a failed add leaves nothing' test ! -e charts/x
t 'a path outside is refused' status 2 chart-vendor add "$url/web" ../outside
t 'a server that is gone is an error' status 2 chart-vendor add http://127.0.0.1:1/web charts/x

# The same version with other bytes.
cp ../www/index.yaml ../index.keep
sed -i "s/^    digest: $(sha256sum <../www/web-1.0.0.tgz | cut -d' ' -f1)/    digest: $(printf x | sha256sum | cut -d' ' -f1)/" ../www/index.yaml
t 'republished content is an alarm' sh -c "chart-vendor status charts/file | grep -q ALARM"
t 'and no update' status 2 chart-vendor update charts/file --to 1.1.0
cp ../index.keep ../www/index.yaml
printf garbage >>../www/web-1.1.0.tgz
rm -rf "$HOME/.cache"
t 'an archive that is not the promised one is refused' status 2 chart-vendor update charts/file --to 1.1.0
t 'nothing was changed by it' chart-vendor verify

cp -a charts/url ../url.keep
cp ../www/web-1.0.0.tgz ../archive.keep
mkdir ../again && tar -xzf ../archive.keep -C ../again && echo 'more: 1' >>../again/web/values.yaml && tar -C ../again -czf ../www/web-1.0.0.tgz web
t 'an archive by URL that changed is an alarm too' sh -c 'chart-vendor status charts/url | grep ALARM'
t 'and no update' status 2 chart-vendor update charts/url
cp ../archive.keep ../www/web-1.0.0.tgz
git -C ../git-up tag -f web-1.1.0 main >/dev/null
t 'a tag that moved is an alarm' sh -c 'chart-vendor status charts/git | grep ALARM'
t 'and no update' sh -c 'chart-vendor update charts/git 2>&1 | grep "again with other content (commit"'

# Damage here.
base=$(find .chart-vendor/base -type f | LC_ALL=C sort | head -n 1)
printf x >>"$base"
t 'a damaged base is found' status 1 chart-vendor verify
git checkout -q "$base"
sed -i '0,/values.yaml: ./s/values.yaml: ./values.yaml: 0/' chart-vendor.lock
t 'a damaged lock is found' status 1 chart-vendor verify
git checkout -q chart-vendor.lock
rm -rf charts/url
t 'a missing copy is found' status 1 chart-vendor verify
done_testing
