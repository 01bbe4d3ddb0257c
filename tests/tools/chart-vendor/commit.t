#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Moving copies, and commits as a careful person makes them.
. "$(dirname "$0")/../../lib/tap.sh"
# shellcheck source=tests/tools/chart-vendor/upstream.sh
. "$TOP/tests/tools/chart-vendor/upstream.sh"

publish 1.0.0
publish 1.1.0
publish 2.0.0
mkdir infra
cd infra || exit 1
git init -q -b main .
subject() { git log -1 --format=%s; }
body() { git log -1 --format=%b >body; }

t 'add --commit' chart-vendor add ../www/web charts/web --version ^1.0.0 --commit
t 'its subject' test "$(subject)" = 'charts/web: vendor web 1.1.0'
t 'nothing is left uncommitted' test -z "$(git status --porcelain)"
sed -i 's/version: ^1.0.0/version: ">=1"/' chart-vendor.yaml
sed -i -e 's/^replicas: 1/replicas: 7/' -e 's/IfNotPresent/Always/' charts/web/values.yaml
git commit -q -a -m 'Seven of them'
t 'an update with conflicts waits' status 1 chart-vendor update charts/web --commit --no-render
t 'nothing is committed yet' test "$(subject)" = 'Seven of them'
sed -i -e '/^<<<<<<</d' -e '/^|||||||/,/^>>>>>>>/d' charts/web/values.yaml
t 'continue commits' chart-vendor continue
t 'the subject has both versions' test "$(subject)" = 'charts/web: update web from 1.1.0 to 2.0.0'
body
t 'the message has the source' has 'Source: ../www/web' body
t 'and what became of the application' has 'appVersion: 7.0.2 -> 8.0.0' body
t 'and what upstream changed' has 'Upstream changed 4 files' body
t 'and what was settled' has '- values.yaml: replicas' body
t 'and what is edited here' has 'Edited here: 1 file (+2 -2 lines):' body
t 'no line is long' test -z "$(grep -E '.{100}' body)"
t 'all is committed' test -z "$(git status --porcelain | grep -v body)"

cp -a . ../keep
t 'move' chart-vendor move charts/web infra/apps/web
t 'the old place is gone' test ! -e charts/web
t 'the copy is there with its edits' has 'replicas: 7' infra/apps/web/values.yaml
t 'everything agrees' chart-vendor verify
t 'the manifest keeps the rest' has 'version: ">=1"' chart-vendor.yaml
t 'edits are still known' sh -c 'chart-vendor diff --name-status | grep -qx "M infra/apps/web/values.yaml"'
rm -rf ./* .git .chart-vendor && cp -a ../keep/. .
t 'move --commit' chart-vendor move charts/web apps/web --commit
t 'its subject' test "$(subject)" = 'charts/web: move to apps/web'
t 'git sees renames only' test -z "$(git show -M --name-status --format= HEAD -- charts apps | grep -v '^R100')"
t 'nothing is left' test -z "$(git status --porcelain | grep -v body)"
mkdir -p taken
t 'not over something' status 1 chart-vendor move apps/web taken
t 'not into itself' status 2 chart-vendor move apps/web apps/web/inner
t 'not outside' status 2 chart-vendor move apps/web ../web
t 'not what is unknown' status 2 chart-vendor move nothing else
t 'rm --commit' chart-vendor rm apps/web --commit
t 'its subject' test "$(subject)" = 'apps/web: no longer vendored'
t 'the copy is gone from git' test -z "$(git ls-files apps)"

# Upstream's own words.
upstream_chart 3.0.0
cat >>../src/web/Chart.yaml <<'EOT'
annotations:
  artifacthub.io/changes: |
    - kind: changed
      description: the port is a map
    - a plain line
EOT
chart-package -q -d ../www3 ../src/web >/dev/null && chart-package index ../www3 >/dev/null
t 'add from there' chart-vendor add ../www/web words --version 2.0.0 --commit
sed -i -e 's|../www|../www3|' -e 's/"2.0.0"/^3/' chart-vendor.yaml
git commit -q -a -m 'Follow 3'
t 'an update' chart-vendor update --commit --no-render
body
t 'has upstream'"'"'s words' has '- changed: the port is a map' body
t 'plain ones too' has '- a plain line' body
sed -i -e 's|../www3|../www|' -e 's/version: ^3/version: "1.0.0"/' chart-vendor.yaml
git commit -q -a -m 'Back'
t 'update --branch' chart-vendor update --to 1.1.0 --branch vendor/web --no-render
t 'HEAD is on it' test "$(git symbolic-ref --short HEAD)" = vendor/web
t 'with the commit' test "$(subject)" = 'words: update web from 3.0.0 to 1.1.0'
t 'which the old branch has not' test "$(git log -1 --format=%s main)" = Back
t 'on the same branch again' chart-vendor update --to 1.0.0 --branch vendor/web --no-render
git switch -q main
t 'a branch that is there is not taken' status 1 chart-vendor update --to 1.0.0 --branch vendor/web --no-render
t 'nothing was done' chart-vendor verify
t 'a bad name' status 2 chart-vendor update --to 1.0.0 --branch 'a..b' --no-render
unset GIT_AUTHOR_NAME GIT_AUTHOR_EMAIL GIT_COMMITTER_NAME GIT_COMMITTER_EMAIL
t 'without a name the change is made and told not to be committed' sh -c 'chart-vendor move words w2 --commit 2>&1 | grep "not committed.*who you are"'
t 'and nothing is under way' chart-vendor verify
done_testing
