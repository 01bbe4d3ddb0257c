#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/../../lib/tap.sh"
# shellcheck source=tests/lib/servers.sh
. "$TOP/tests/lib/servers.sh"
. "$TOP/tests/tools/chart-package/charts.sh"

if ! command -v python3 >/dev/null; then
	skip 'dependencies are resolved' 'no python3'
	done_testing
	exit
fi
unset http_proxy HTTP_PROXY
chart redis 1.0.0
for v in 1.0.0 1.1.0 2.0.0-rc.1; do chart-package -d repo --version $v redis; done >/dev/null
chart-package -q index repo
start_any files python3 "$TOP/tests/lib/faulty-server.py" repo
U=http://127.0.0.1:$PORT/ok

chart app 1.0.0
chart side 0.3.0
chart inner 0.1.0
mkdir app/charts && mv inner app/charts/
cat >>app/Chart.yaml <<EOF
dependencies:
- {name: redis, version: ~1, repository: "$U", alias: cache, condition: cache.enabled, tags: [t]}
- {name: side, version: ">=0.1", repository: "file://../side"}
- {name: inner, version: 0.1.x, repository: ""}
EOF
cp -R app helm-app
cp -R app broken

printf 'NAME \tVERSION\tREPOSITORY%*s\tSTATUS  \n' $((${#U} - 10)) '' >want
printf 'redis\t~1     \t%s\tmissing \n' "$U" >>want
printf 'side \t>=0.1  \tfile://../side%*s\tmissing \n' $((${#U} - 14)) '' >>want
printf 'inner\t0.1.x  \t%*s\tunpacked\n\n' ${#U} '' >>want
chart-package deps list app >got
t 'the table shows what is missing' same want got
t 'update succeeds' chart-package deps update app
t 'the best version is fetched' cmp app/charts/redis-1.1.0.tgz repo/redis-1.1.0.tgz
t 'a folder is packed' [ -f app/charts/side-0.3.0.tgz ]
t 'what lies in charts/ stays' [ -f app/charts/inner/Chart.yaml ]
sed 's/^generated: .*/generated: TIME/; s/sha256:[0-9a-f]*$/sha256:HEX/' app/Chart.lock >got
cat >want <<EOF
dependencies:
- name: redis
  repository: $U
  version: 1.1.0
- name: side
  repository: file://../side
  version: 0.3.0
- name: inner
  repository: ""
  version: 0.1.x
digest: sha256:HEX
generated: TIME
EOF
t 'the lock says what was chosen' same want got
t 'all is ok now' sh -c 'chart-package deps list app | grep -c -w ok | grep -qx 2'
cp app/Chart.lock lock
t 'a second update leaves the lock alone' sh -c 'chart-package deps update app && cmp lock app/Chart.lock'
t 'the chart can be packed' chart-package -d out app

printf '%s  charts/redis-1.1.0.tgz\n' "$(sha256sum repo/redis-1.1.0.tgz | cut -d ' ' -f 1)" >want
t 'digests of what was fetched are beside the lock' same want app/Chart.lock.sha256
t 'as sha256sum reads them' sh -c 'cd app && sha256sum -c Chart.lock.sha256'
cp -R repo published
chart-package -d repo --force --version 1.1.0 --app-version 9 redis >/dev/null
rm repo/index.yaml
chart-package -q index repo
t 'build refuses a version that was published again' sh -c '! chart-package deps build app 2>err'
t 'with the digests' has 'it was published again' err
t 'update takes it, with a word' sh -c 'cp -R app again && chart-package deps update again 2>err && grep -q "redis-1.1.0.tgz was published again" err && ! cmp -s app/Chart.lock.sha256 again/Chart.lock.sha256'
echo junk >again/Chart.lock.sha256
t 'a broken file of digests is told with its line' sh -c '! chart-package deps build again 2>err && grep -q "Chart.lock.sha256:1: this is no" err'
rm repo/*
cp published/* repo/

rm app/charts/*.tgz
chart-package -d repo --version 1.2.0 redis >/dev/null
chart-package -q index repo
t 'build takes what the lock says, not what is newest' sh -c 'chart-package deps build app && [ -f app/charts/redis-1.1.0.tgz ]'
t 'update takes the newest' sh -c 'chart-package deps update app && [ -f app/charts/redis-1.2.0.tgz ]'
t 'and removes the one before' [ ! -e app/charts/redis-1.1.0.tgz ]
sed -i 's/~1,/~1.1,/' app/Chart.yaml
t 'a lock that is out of date is refused' status 1 sh -c 'chart-package deps build app 2>err'
t 'with what to do' has 'out of sync with the dependencies file (Chart.yaml)' err
t '-u updates before packing' sh -c 'chart-package -u -d out2 app && tar tzf out2/app-1.0.0.tgz | grep -q app/charts/redis/Chart.yaml'
sed -i 's/~1,/~7,/' broken/Chart.yaml
t 'a version that is not there is an error' sh -c '! chart-package deps update broken 2>err'
t 'that names it' has "can't get a valid version for 1 subchart(s): \"redis\" (repository \"$U\", version \"~7\")" err
t 'nothing was written' sh -c '[ ! -e broken/Chart.lock ] && ! ls broken/charts/*.tgz'

chart queue 1.0.0
chart-package -d repo queue >/dev/null
chart-package -q index repo
chart many 1.0.0
cat >>many/Chart.yaml <<EOT
dependencies:
- {name: redis, version: ~1.1, repository: "$U", alias: one}
- {name: queue, version: ~1, repository: "$U"}
- {name: redis, version: ~1, repository: "$U", alias: two}
EOT
: >repo/.requests
t 'several charts of one repository' chart-package deps update many
t 'all of them' sh -c 'ls many/charts | tr "\n" " " | grep -x "queue-1.0.0.tgz redis-1.1.0.tgz redis-1.2.0.tgz "'
t 'cost one look at its index' sh -c 'test "$(grep -c index.yaml repo/.requests)" = 1'

mkdir -p helm
printf 'apiVersion: ""\nrepositories:\n- name: ours\n  url: %s\n' "$U" >helm/repositories.yaml
export HELM_CACHE_HOME="$WORK/helm" HELM_CONFIG_HOME="$WORK/helm" HELM_DATA_HOME="$WORK/helm"
cp -R broken alias
sed -i "s|\"$U\"|'@ours'|; s/~7/~1/" alias/Chart.yaml
t 'an alias of a repository that Helm knows is resolved' sh -c 'chart-package deps update alias && grep -q "repository: http" alias/Chart.lock'
t 'such a name stands before a chart, too' sh -c 'chart-package show chart ours/redis | grep -qx "version: 1.2.0"'
sed -i 's/@ours/@theirs/' alias/Chart.yaml
t 'an unknown alias is an error' sh -c '! chart-package deps update alias 2>err && grep -q "no repository definition for @theirs" err'

if command -v helm4 >/dev/null; then
	cp -R helm-app ours-app
	helm4 dependency update helm-app >/dev/null 2>&1
	chart-package -q deps update ours-app
	grep -v generated: helm-app/Chart.lock >want
	grep -v generated: ours-app/Chart.lock >got
	t 'helm dependency update writes the same lock, digest included' same want got
	rm helm-app/charts/*.tgz ours-app/charts/*.tgz
	cp helm-app/Chart.lock ours-app/
	t 'we build what helm locked' chart-package deps build ours-app
	cp app/Chart.yaml app/Chart.lock helm-app/
	t 'helm builds what we locked' sh -c 'chart-package -q deps update app && cp app/Chart.lock helm-app/ && helm4 dependency build helm-app'
	(cd ours-app && helm4 dependency list . >../want && chart-package deps list . >../got)
	t 'helm dependency list prints the same' same want got
else
	skip 'helm dependency update writes the same lock' 'no helm'
fi
done_testing
