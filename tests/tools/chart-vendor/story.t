#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# From the first copy to an update that keeps the edits.
. "$(dirname "$0")/../../lib/tap.sh"
# shellcheck source=tests/tools/chart-vendor/upstream.sh
. "$TOP/tests/tools/chart-vendor/upstream.sh"

publish 1.0.0
publish 1.1.0
mkdir infra
cd infra || exit 1
git init -q .

t 'add takes a copy' chart-vendor add ../www/web charts/web --version 1.0.0 --exclude 'ci/**'
cat >want <<'END'
apiVersion: chart-tools/v1
kind: ChartVendor
charts:
  - path: charts/web
    source: {repository: ../www, chart: web}
    version: "1.0.0"
    exclude: [ci/**]
END
t 'and records it' same want chart-vendor.yaml
rm want
t 'without what is excluded' test ! -e charts/web/ci
t 'the pristine tree is kept' test -e .chart-vendor/base/*.tar.gz
t 'the lock names every file' has '      templates/deployment.yaml: ' chart-vendor.lock
t 'no state is left behind' test ! -e .chart-vendor/state
t 'verify agrees' chart-vendor verify
t '-C works in another folder, on paths from there' sh -c 'cd / && chart-vendor -C "$0" verify charts/web' "$PWD"
t 'which has to be there' status 2 chart-vendor -C nowhere verify
t 'a second add is refused' status 1 chart-vendor add ../www/web charts/web

sed -i 's/version: "1.0.0"/version: ^1.0.0  # not 2 yet/' chart-vendor.yaml
echo 'replicas: 2' >prod.yaml
echo '    environments: [prod.yaml]' >>chart-vendor.yaml
sed -i -e 's|docker.example.org/web|mirror.example.net/web|' -e 's/^replicas: 1/# agreed with the team\nreplicas: 4/' charts/web/values.yaml
printf '{{- define "web.extra" -}}\nx\n{{- end }}\n' >charts/web/templates/_extra.tpl

chart-vendor diff >out
t 'diff shows a changed line' has '+replicas: 4' out
t 'diff shows a new file' has '+++ b/charts/web/templates/_extra.tpl' out
t 'git can apply the diff' sh -c 'git init -q ../again && cd ../again && mkdir -p charts/web && tar -xzf ../infra/.chart-vendor/base/*.tar.gz --strip-components=1 -C charts/web && git apply ../infra/out && diff -r charts/web ../infra/charts/web'
chart-vendor diff --name-status >out
printf 'A charts/web/templates/_extra.tpl\nM charts/web/values.yaml\n' >want
t 'diff lists names' same want out

chart-vendor status >out
t 'status shows what is new' has '1.1.0' out
t 'status counts edits' has '2 files edited (+6 -2)' out
t 'status --exit-code tells' status 1 chart-vendor status --exit-code
chart-vendor status --outdated -o paths >out
echo charts/web >want
t 'status prints paths' same want out
chart-vendor status -o json >out
t 'status prints JSON' has '"allowed": "1.1.0"' out

before=$(digest .)
t 'a dry run succeeds' chart-vendor update --dry-run
t 'and changes nothing' test "$before" = "$(digest .)"
chart-vendor status --outdated -o paths | chart-vendor update - >out
t 'update names the versions' has 'charts/web: 1.0.0 -> 1.1.0' out
t 'update shows what changes when rendered' has '+     version: 1.1.0' out
t 'with each environment' has 'prod.yaml: 1 change in what is rendered' out
t 'local values stay' has 'replicas: 4' charts/web/values.yaml
t 'local comments stay' has '# agreed with the team' charts/web/values.yaml
t 'the mirror stays' has 'repository: mirror.example.net/web' charts/web/values.yaml
t 'the tag follows' has 'tag: 7.0.2' charts/web/values.yaml
t 'new values come in' has 'grace: 30' charts/web/values.yaml
t 'local files stay' test -e charts/web/templates/_extra.tpl
t 'comments of the manifest stay' has 'version: ^1.0.0  # not 2 yet' chart-vendor.yaml
t 'verify agrees again' chart-vendor verify
t 'nothing is outdated any more' chart-vendor status --exit-code
t 'a second update does nothing' sh -c 'test -z "$(chart-vendor update)"'
chart-vendor prune >out
t 'prune removes the old pristine tree' test "$(find .chart-vendor/base -type f | wc -l)" = 1
t 'and says which' test "$(wc -l <out)" = 1

chart-vendor diff charts/web --upstream --to 1.0.0 >out
t 'diff --upstream shows their changes' has '-version: 1.1.0' out

rm charts/web/README.md
echo broken >charts/web/templates/_helpers.tpl
t 'reset takes files back' chart-vendor reset charts/web README.md templates/_helpers.tpl
t 'they are there again' has 'Talk to web 1.1.0' charts/web/README.md
t 'other edits stay' has 'replicas: 4' charts/web/values.yaml
t 'reset takes everything back' chart-vendor reset charts/web
t 'no edit is left' sh -c 'test -z "$(chart-vendor diff)"'
(cd charts && chart-vendor list) >out
t 'list works in a subfolder' has '../www/web' out
t 'rm stops vendoring' chart-vendor rm charts/web
t 'the copy is gone' test ! -e charts/web
t 'the manifest has no charts' lacks charts/web chart-vendor.yaml
t 'nor the lock' lacks charts/web chart-vendor.lock
t 'verify agrees with nothing' chart-vendor verify

# A rule of the merge, and what comes of it when it is off.
mkdir ../rules
cd ../rules || exit 1
git init -q .
chart-vendor -q add ../www/web web --version 1.0.0 >/dev/null
sed -i 's/^version: 1.0.0$/version: 1.0.0-infra.1/' web/Chart.yaml
t 'a local version is carried on' sh -c 'chart-vendor update web --to 1.1.0 --dry-run >../out'
t 'the report names the rule' has 'note [chart] Chart.yaml version' ../out
t '--no-rule makes it a conflict' status 1 sh -c 'chart-vendor update web --to 1.1.0 --dry-run --no-rule chart >../out'
t 'with its place' has 'web/Chart.yaml:' ../out
t 'an unknown rule is refused' status 2 chart-vendor update web --no-rule nothing
git add -A
git commit -q -m 'Vendor web'
t 'that stops an update which shall be committed' status 1 chart-vendor update web --to 1.1.0 --commit --no-rule chart
sed -i -e '/^[<|=>]\{7\}/d' -e '/^version: 1.[01].0$/d' web/Chart.yaml
t 'it goes on once that is settled' chart-vendor continue
git log -1 --format=%B >../message
t 'the commit says what was settled' has 'Conflicts settled by hand:' ../message
t 'and where' has '- Chart.yaml: version' ../message

# Folders that upstream has no more.
mkdir -p ../nest/files/a/b
printf 'apiVersion: v2\nname: nest\nversion: 1.0.0\n' >../nest/Chart.yaml
echo x >../nest/files/a/b/x
chart-vendor -q add ../nest nest --commit
rm -r ../nest/files
sed -i 's/1.0.0/1.1.0/' ../nest/Chart.yaml
t 'a folder source is updated' chart-vendor update nest --commit
t 'folders that become empty go' test ! -e nest/files
git log -1 --format=%B >../message
t 'without conflicts none are told of' lacks 'settled by hand' ../message
done_testing
