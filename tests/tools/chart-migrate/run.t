# SPDX-License-Identifier: Apache-2.0
# A whole migration on the files driver, and back.
. "$(dirname "$0")/../../lib/tap.sh"
. "$TOP/tests/tools/chart-migrate/shop.sh"

t 'a shop is set up by a plan' shop w
cd w || exit 1
t 'the releases are folders of manifests' test -f clusters/dev/cart/templates/deployment.yaml
t 'an index lists them' has 'path: services/cart/helm' clusters/dev/index.yaml
cp -a . ../first
digest . >../first.txt

t 'a plan shows what it would do' sh -c 'chart-migrate plan move.yaml --env dev -o text >../plan.txt'
t 'the patch is shown' has '+  host: store-two   # in this namespace' ../plan.txt
t 'the difference of a release is shown' has '7001' ../plan.txt
t 'passwords are not' lacks hunter2 ../plan.txt
t 'nothing is touched by it' sh -c '. "$0"; digest . | diff ../first.txt -' "$TOP/tests/tools/chart-migrate/shop.sh"
t 'as Markdown, too' sh -c 'chart-migrate plan move.yaml --env dev -o markdown >../plan.md'
t 'with headings' has '## 3. repoint store to store-two' ../plan.md
t 'JSON where no terminal is' sh -c 'chart-migrate plan move.yaml --env dev >../plan.json'
t 'with digests of the inputs' has '"sha256"' ../plan.json
t 'without passwords' lacks hunter2 ../plan.json
t 'the same plan twice is the same bytes' sh -c 'chart-migrate plan move.yaml --env dev | cmp - ../plan.json'

t 'it is applied from a pipe' sh -c 'chart-migrate plan move.yaml --env dev | chart-migrate apply - 2>../apply.txt'
t 'progress is told' has '[7/7] purge store: done' ../apply.txt
t 'comments stay' has '  host: store-two   # in this namespace' services/cart/helm/values.yaml
t 'the port beside the host is set' has '  port: 7001' services/cart/helm/values.yaml
t 'names in URLs are set, the rest of them stays' has '"store://user:hunter2@store-two.shop.svc.cluster.local:7001/1"  # full name' services/api/helm/values.yaml
t 'longer names are left alone' has "'store-ha:7000'" services/api/helm/values.yaml
t 'images are left alone' has 'IMAGE: store:1.4' services/api/helm/values.yaml
t 'files of other environments are left alone' has 'host: store.prod.svc' services/cart/helm/values/prod.yaml
t 'modes stay' test "$(stat -c %a services/cart/helm/values.yaml)" = 640
t 'the new release is there' test -f clusters/dev/store-two/templates/all.yaml
t 'with the values of the environment' has 'replicas: 1' clusters/dev/store-two/templates/all.yaml
t 'releases are upgraded' has 'value: store-two' clusters/dev/cart/templates/deployment.yaml
t 'what is kept of the old release is kept' has PersistentVolumeClaim clusters/dev/store/templates/service.yaml
t 'the rest is gone' test ! -e clusters/dev/store/templates/pods.yaml
t 'the backup has all of it' test -f backups/dev-store/templates/pods.yaml
t 'passwords are not in the journal' sh -c '! grep -r hunter2 .chart-migrate/move/dev/journal .chart-migrate/move/dev/plan.json'
digest . >../last.txt

t 'status is done' status 0 chart-migrate status
t 'status as JSON' sh -c 'chart-migrate status move.yaml --env dev -o json >../status.json'
t 'says so' has '"state": "finished"' ../status.json
t 'the log has every record' sh -c 'chart-migrate log move >../log.txt && test "$(grep -c begin ../log.txt)" = 7'
t 'resuming a finished run changes nothing' sh -c 'chart-migrate resume && . "$0" && digest . | diff ../last.txt -' "$TOP/tests/tools/chart-migrate/shop.sh"

t 'it is rolled back' chart-migrate rollback --yes
digest . >../back.txt
t 'every byte and mode is as before' same ../first.txt ../back.txt
t 'rolling back again changes nothing' chart-migrate rollback
t 'status says it' sh -c 'chart-migrate status | grep -q "rolled back"'

t 'a new run can begin' sh -c 'chart-migrate plan move.yaml --env dev | chart-migrate apply - -q --until upgrade'
t 'until a step' status 3 chart-migrate status
t 'the purge has not begun' test -f clusters/dev/store/templates/pods.yaml
t 'the old run is kept' test -f .chart-migrate/move/dev/old/1/journal
t 'a second run is refused while one is under way' sh -c 'chart-migrate apply ../plan.json; test $? = 3'
t 'it is rolled back to a step' chart-migrate rollback --to 2-exec
t 'what that step saw is there' test -f clusters/dev/store-two/templates/all.yaml
t 'what came after is not' has 'host: store   #' services/cart/helm/values.yaml
t 'and resumed from there' chart-migrate resume -q
digest . >../again.txt
t 'with the same end' same ../last.txt ../again.txt

t 'rolling back refuses to lose what others changed' sh -c 'echo "# mine" >>services/cart/helm/values.yaml; chart-migrate rollback 2>../err; test $? = 1'
t 'and names it' has services/cart/helm/values.yaml ../err
t 'unless forced' chart-migrate rollback --force
digest . >../back.txt
t 'then every byte is as before' same ../first.txt ../back.txt

# Hosts that stand in templates, and what the program of a step sees.
cd "$WORK" && shop other && cd other || exit 1
file services/cart/helm/templates/probe.yaml <<'END'
apiVersion: v1
kind: ConfigMap
metadata:
  name: probe
data:
  url: "store://store:7000/1"
END
file services/cart/helm/templates/NOTES.txt <<'END'
It talks to store://store:7000/1
END
sed 's/exec: {run: .*/exec: {run: [sh, -c, "env >env.txt"], pass: [PASSED], env: {SAID: three}}/' move.yaml >more.yaml
env OUTSIDE=one PASSED=two TZ=Asia/Tokyo chart-migrate plan more.yaml --env dev >../plan.json
t 'a plan with hosts in templates is applied' env OUTSIDE=one PASSED=two TZ=Asia/Tokyo chart-migrate apply ../plan.json -q
t 'they are set in manifests' has 'url: "store://store-two:7001/1"' services/cart/helm/templates/probe.yaml
t 'what is no manifest stays' has 'store://store:7000/1' services/cart/helm/templates/NOTES.txt
t 'a program gets what programs need' has TZ=Asia/Tokyo env.txt
t 'what the step passes on' has PASSED=two env.txt
t 'what it says' has SAID=three env.txt
t 'and nothing else' lacks OUTSIDE env.txt
done_testing
