#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# An untracked copy gets its origin back, whatever was done to it.
. "$(dirname "$0")/../../lib/tap.sh"
# shellcheck source=tests/tools/chart-vendor/upstream.sh
. "$TOP/tests/tools/chart-vendor/upstream.sh"

publish_all
mkdir infra
cd infra || exit 1

# copy VERSION PATH: an untracked copy.
copy() {
	mkdir -p "$2"
	tar -xzf "../www/web-$1.tgz" --strip-components=1 -C "$2"
}

found() {
	chart-vendor adopt "$2" --from ../www --dry-run >out || return 1
	case $(head -n 1 out) in "web $1 "*) ;; *) cat out; return 1 ;; esac
}

copy 1.1.0 plain
t 'a plain copy is known again' found 1.1.0 plain
t 'a dry run records nothing' test ! -e chart-vendor.yaml

copy 1.2.0 crlf
find crlf -type f -exec sed -i 's/$/\r/' {} +
t 'CRLF does not hide it' found 1.2.0 crlf

copy 1.1.0 renamed
sed -i -e 's/^name: web/name: shop/' -e 's/^version: .*/version: 0.1.0/' renamed/Chart.yaml
sed -i 's/"web\./"shop./' renamed/templates/*
mv renamed/templates/deployment.yaml renamed/templates/shop.yaml
t 'a renamed chart with renamed files is known again' found 1.1.0 renamed

copy 2.0.0 formatted
printf 'image: {pullPolicy: IfNotPresent, repository: docker.example.org/web, tag: "8.0.0"}\nreplicas: 9\nservice:\n    ports:\n        http: 80\n    type: NodePort\ngrace: 30\n' >formatted/values.yaml
rm -r formatted/ci formatted/README.md
t 'a formatter does not hide it' found 2.0.0 formatted

copy 1.0.0 liar
sed -i 's/^version: .*/version: 1.2.0/' liar/Chart.yaml
t 'a false version does not mislead' found 1.0.0 liar

mkdir other other/templates
printf 'apiVersion: v2\nname: other\nversion: 1.0.0\n' >other/Chart.yaml
printf 'kind: %s\n' ConfigMap Secret Pod Job CronJob Role Ingress Service Lease Node >other/templates/all.yaml
t 'a stranger is not adopted' status 2 chart-vendor adopt other --from ../www

sed -i 's/^replicas: .*/replicas: 7/' plain/values.yaml
before=$(digest plain)
t 'adopt records' chart-vendor adopt plain --from ../www
t 'and leaves the copy alone' test "$before" = "$(digest plain)"
t 'verify agrees' chart-vendor verify
chart-vendor diff >out
t 'the local edit is known' has '+replicas: 7' out
chart-vendor adopt crlf -o json >out
t 'what is vendored already is a source too' has '"version":"1.2.0"' out
copy 1.0.0 edited
for f in a b c; do seq 100 400 | sed "s/^/$f: /" >edited/templates/$f.yaml; done
t 'a copy that is little alike' sh -c 'chart-vendor adopt edited --from ../www 2>../err'
t 'is recorded with a word of doubt' grep -q 'warning: only [0-9]*% alike' ../err
t 'that says how to take it back' chart-vendor rm --keep-files edited
t 'and updates merge' sh -c 'chart-vendor update plain >/dev/null; test $? = 1'
t 'a conflict is there as for any copy' has '<<<<<<< ours' plain/values.yaml
done_testing
