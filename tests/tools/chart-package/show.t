#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/../../lib/tap.sh"
. "$TOP/tests/tools/chart-package/charts.sh"

chart web 1.2.3
chart dep 0.1.0
mkdir web/charts && mv dep web/charts/
chart-package web >/dev/null
cat >want <<'EOF'
apiVersion: v2
appVersion: "7.0"
description: the web of the tests
name: web
version: 1.2.3

EOF
t 'show chart prints the metadata' sh -c 'chart-package show chart web >got && cmp got want'
t 'of an archive too' sh -c 'chart-package show chart web-1.2.3.tgz >got && cmp got want'
t 'and of a URL' sh -c 'chart-package show chart "file://$WORK/web-1.2.3.tgz" >got && cmp got want'
lines '# kept as it is' 'a: 1' '' >want
t 'show values prints values.yaml as it is' sh -c 'chart-package show values web >got && cmp got want'
lines 'read me' '' >want
t 'show readme finds it' sh -c 'chart-package show readme web >got && cmp got want'
t 'show crds has those of subcharts' sh -c '[ "$(chart-package show crds web | grep -c CustomResource)" = 2 ]'
t '-o json shows values as JSON' sh -c 'chart-package show -o json values web | tr -d " \n" | grep -qxF "{\"a\":1}"'
t 'what cannot be shown is said' sh -c '! chart-package show all-of-it web 2>err && grep -q "must be one of" err'
t 'a missing chart is an error' sh -c '! chart-package show chart nowhere 2>err && grep -q nowhere err'
if command -v helm4 >/dev/null; then
	for what in chart values readme crds all; do
		for of in web web-1.2.3.tgz; do
			helm4 show $what $of >want
			t "helm show $what $of prints the same" sh -c "chart-package show $what $of >got && diff -u want got"
		done
	done
else
	skip 'helm show prints the same' 'no helm'
fi
done_testing
