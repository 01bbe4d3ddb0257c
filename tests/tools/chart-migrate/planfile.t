# SPDX-License-Identifier: Apache-2.0
# Plan files that are not right: every error has its place and says what would be right.
. "$(dirname "$0")/../../lib/tap.sh"
. "$TOP/tests/tools/chart-migrate/shop.sh"

shop w >/dev/null 2>&1
cd w || exit 1

# refuses TITLE WANT SED-SCRIPT: the plan file edited that way is refused with that text.
refuses() {
	sed "$3" move.yaml >bad.yaml
	t "$1" status 2 sh -c 'chart-migrate plan bad.yaml --env dev >out 2>err'
	t "  saying so" has "$2" err
	t "  without a plan" test ! -s out
}

refuses 'an unknown key of a step' 'bad.yaml:9:38: unknown key "chrt" in install, did you mean "chart"?' 's/chart: infra/chrt: infra/'
refuses 'an unknown kind of step' 'bad.yaml:9:5: unknown key "instal" in a step, did you mean "install"?' 's/- install:/- instal:/'
refuses 'an unknown key at the top' 'bad.yaml:7:1: unknown key "var" in the plan, did you mean "vars"?' 's/^vars:/var:/'
refuses 'an unknown key of a target' 'did you mean "namespace"?' 's/namespace: shop}/namespce: shop}/'
refuses 'a missing key' 'bad.yaml:9:14: install needs the key "chart"' 's/chart: infra.store-two, //'
refuses 'a bad duration' '"5x" is not a duration' 's/wait: 5m/wait: 5x/'
refuses 'an unknown driver' 'unknown driver "file"' 's/driver: files/driver: file/'
refuses 'an unknown version' 'apiVersion must be "chart-tools/v1"' 's|chart-tools/v1|chart-tools/v9|'
refuses 'a variable that is not set' 'uses a variable that is not set' 's/{{ .new }}/{{ .newer }}/'
refuses 'a template that does not parse' 'bad.yaml:9:24:' 's/{{ .new }}/{{ .new /'
refuses 'broken YAML' 'bad.yaml:' 's/^steps:/steps: [/'
refuses 'two things in one step' 'a step is one thing' 's/- soak:/- soak: {for: 1s}\n    verify:/'
refuses 'a chart that is not there' 'bad.yaml:9:5: step 1-install-store-two' 's|infra/store-two|infra/nowhere|'
refuses 'a name that is no file name' 'must be letters' 's|name: move}|name: ../move}|'

t 'an unknown target' status 2 sh -c 'chart-migrate plan move.yaml --env deb 2>err'
t '  did you mean' has 'did you mean "dev"?' err
t 'no target' status 2 chart-migrate plan move.yaml
t 'a release that is there already blocks' status 1 sh -c 'sed s/store-two/cart/ move.yaml | sed s,infra/cart,infra/store-two, >b.yaml; mkdir -p values/cart; cp values/store-two/dev.yaml values/cart/; chart-migrate plan b.yaml --env dev -o text >out'
t '  saying so' has 'blocked: 1-install-cart: release cart is there already' out
t 'steps can be for some targets only' sh -c 'sed "s/- soak: \(.*\)/- soak: \1\n    only: [prod]/" move.yaml >o.yaml; chart-migrate plan o.yaml --env dev -o text >out; ! grep -q wait out'
t 'variables come from the command line, too' sh -c 'chart-migrate plan move.yaml --env dev --var new=store-nine -o text >out 2>&1; grep -q "install store-nine" out'
t 'init writes a first plan' sh -c 'chart-migrate init store --new store-two >init.yaml'
t '  with the charts that use it' has '- services/cart/helm' init.yaml
t '  that can be planned' sh -c 'chart-migrate plan init.yaml --env dev >/dev/null'
refuses 'a secret in set' '"adminPassword" sounds like a secret' 's/wait: 5m/set: {adminPassword: x}/'
refuses 'a secret in env' 'name it in pass' 's/retry: 0s/env: {API_TOKEN: x}/'
t 'the format has a JSON Schema' sh -c 'chart-migrate init --schema >schema.json'
t '  with every kind of step' has '"repoint": {' schema.json
if python3 -c 'import jsonschema, yaml' 2>/dev/null; then
	check='import json, jsonschema, yaml; jsonschema.validate(yaml.safe_load(open("move.yaml")), json.load(open("schema.json")))'
	t '  that the plan fits' python3 -c "$check"
fi
done_testing
