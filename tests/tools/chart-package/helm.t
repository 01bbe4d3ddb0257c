#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A repository made by chart-package, served by nginx, used by real Helm.
. "$(dirname "$0")/../../lib/tap.sh"
# shellcheck source=tests/lib/servers.sh
. "$TOP/tests/lib/servers.sh"
. "$TOP/tests/tools/chart-package/charts.sh"

HELM=$(command -v helm4 || :)
if ! command -v nginx >/dev/null || [ -z "$HELM" ]; then
	skip 'Helm uses our repository through nginx' 'no nginx or no helm'
	done_testing
	exit
fi
unset http_proxy HTTP_PROXY
chart web 1.0.0
chart-package -d repo web >/dev/null
chart-package -d repo --version 1.1.0 web >/dev/null
chart-package -q index repo
chmod 755 "$WORK"
PORT=$(free_port)
start_nginx "$PORT" nginx "gzip on; gzip_types *; server { listen 127.0.0.1:$PORT; root $WORK/repo; }"
U=http://127.0.0.1:$PORT
export HELM_CACHE_HOME="$WORK/helm" HELM_CONFIG_HOME="$WORK/helm" HELM_DATA_HOME="$WORK/helm"

t 'helm repo add' "$HELM" repo add ours "$U"
t 'helm search sees both versions' sh -c '[ "$("$0" search repo ours/web --versions | grep -c "ours/web")" = 2 ]' "$HELM"
t 'helm pull' sh -c 'mkdir pulled && "$0" pull ours/web -d pulled && cmp pulled/web-1.1.0.tgz repo/web-1.1.0.tgz' "$HELM"
t 'helm show chart' sh -c '"$0" show chart ours/web --version 1.0.0 | grep -qx "version: 1.0.0"' "$HELM"
"$HELM" template x ours/web --version 1.0.0 >from-repo
"$HELM" template x web --include-crds=false >from-folder
t 'helm template gives the same from the repository as from the folder' same from-folder from-repo
"$HELM" package web -d theirs >/dev/null
tar tzf theirs/web-1.0.0.tgz >want
tar tzf repo/web-1.0.0.tgz >got
t 'helm package lists the same entries' same want got
t 'with the same contents' sh -c 'chart-package --check theirs/web-1.0.0.tgz web'
SOURCE_DATE_EPOCH=1700000000 "$HELM" package web -d theirs >/dev/null
SOURCE_DATE_EPOCH=1700000000 chart-package web -d ours >/dev/null
t 'and the same tar to the byte, given a time' sh -c 'gzip -dc theirs/web-1.0.0.tgz >a && gzip -dc ours/web-1.0.0.tgz >b && cmp a b'
t 'we pull from nginx, which packs on the way' sh -c 'chart-package pull -d mine web --repo "$0" && cmp mine/web-1.1.0.tgz repo/web-1.1.0.tgz' "$U"
"$HELM" repo index repo
t 'we pull what helm indexed' sh -c 'chart-package pull -d mine2 web --repo "$0" --version 1.0.0 && cmp mine2/web-1.0.0.tgz repo/web-1.0.0.tgz' "$U"
done_testing
