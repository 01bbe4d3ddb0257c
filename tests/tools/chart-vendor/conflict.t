#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Conflicts: shown, settled, taken back.
. "$(dirname "$0")/../../lib/tap.sh"
# shellcheck source=tests/tools/chart-vendor/upstream.sh
. "$TOP/tests/tools/chart-vendor/upstream.sh"

publish 1.0.0
publish 1.2.0
mkdir infra
cd infra || exit 1
chart-vendor add ../www/web charts/web --version 1.0.0 >/dev/null
chart-vendor add ../www/web charts/second --version 1.0.0 >/dev/null
sed -i 's/version: "1.0.0"/version: ^1/' chart-vendor.yaml
sed -i 's/^replicas: 1/replicas: 5/' charts/web/values.yaml
chmod 755 charts/web/README.md
before=$(digest .)

chart-vendor update charts/web charts/second >out 2>err
t 'conflicts exit with 1' test $? = 1
t 'they are listed with file, line and key' has 'both modified: charts/web/values.yaml:2 replicas (both changed)' out
t 'what to do is said' has 'chart-vendor continue' out
cat >want <<'END'
## How many pods
<<<<<<< ours
replicas: 5
||||||| base
replicas: 1
=======
replicas: 2
>>>>>>> upstream 1.2.0
image:
END
head -n 9 charts/web/values.yaml >got
t 'they are marked in the file' same want got
rm -f want got out err
t 'another update is refused with 3' status 3 chart-vendor update charts/second
t 'verify too' status 3 chart-vendor verify
t 'status says what is under way' sh -c 'chart-vendor status 2>&1 | grep -q "has conflicts; settle them"'
t 'continue does not accept markers' status 1 chart-vendor continue
t 'abort succeeds' chart-vendor abort
t 'abort restores every byte' test "$before" = "$(digest .)"
t 'and every mode' test -x charts/web/README.md
t 'nothing is left to abort' status 2 chart-vendor abort

chart-vendor update charts/web charts/second >/dev/null 2>&1
sed -i -e '/^<<<<<<< /d' -e '/^||||||| /,/^>>>>>>> /d' charts/web/values.yaml
t 'continue accepts settled files' chart-vendor continue
t 'what was settled is kept' has 'replicas: 5' charts/web/values.yaml
t 'the rest came in' has 'tag: 7.2.0' charts/web/values.yaml
t 'the chart that waited was updated too' has 'tag: 7.2.0' charts/second/values.yaml
t 'verify agrees' chart-vendor verify

publish 2.0.0
sed -i 's/version: ^1/version: ">=1"/' chart-vendor.yaml
sed -i 's/port: 80/port: 8080/' charts/web/values.yaml
chart-vendor update charts/web -o json >out
t 'JSON says conflicts' has '"path":"service.port"' out
t 'and why' has '"kind":"removed upstream, edited here"' out
t 'skip takes back' chart-vendor skip
t 'the port is there' has 'port: 8080' charts/web/values.yaml
done_testing
