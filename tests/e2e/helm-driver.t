# SPDX-License-Identifier: Apache-2.0
# The helm driver on a real API server: a whole migration, back again, and killed in the middle.
. "$(dirname "$0")/../lib/tap.sh"
# shellcheck source=tests/lib/servers.sh
. "$TOP/tests/lib/servers.sh"
. "$TOP/tests/tools/chart-migrate/shop.sh"
. "$TOP/tests/lib/cluster.sh"
need_cluster 'the helm driver'

# cm VERB...: chart-migrate with that helm.
cat >"$WORK/cm" <<'END'
#!/bin/sh
verb=$1
shift
exec chart-migrate "$verb" --helm "$HELM" "$@"
END
chmod +x "$WORK/cm"
PATH=$WORK:$PATH

t 'a shop' shop first
cd first || exit 1
rm -rf clusters .chart-migrate
sed -i 's|dev: .*|dev: {driver: helm, namespace: shop}|' setup.yaml move.yaml
sed -i 's|for: 10ms|for: 1s|' move.yaml
t 'it is set up on the cluster' sh -c 'cm plan setup.yaml --env dev | chart-migrate apply --helm "$HELM" - -q'
t 'all of it runs' sh -c 'kubectl get deploy -n shop cart -o jsonpath={.status.readyReplicas} | grep -q 1'
cd ..
live >live-first.txt
digest first >first.txt
cp -a first w
cd w || exit 1

t 'consumers are found in live releases, too' sh -c 'cm consumers store -n shop --context -o jsonl | grep -q "release cart"'
t 'a plan touches nothing' sh -c 'cm plan move.yaml --env dev >../plan.json'
live >../live.txt
t '  on the cluster' same ../live-first.txt ../live.txt
t 'it is applied' cm apply ../plan.json
live >../live-last.txt
digest . >../last.txt
t 'services use the new one' sh -c '"$HELM" get manifest -n shop cart | grep -q "value: store-two"'
t 'the old one is gone' sh -c '! grep -qx "== store" ../live-last.txt'
t 'its claim is kept' kubectl get pvc -n shop store-data
t 'its manifests are in the backup' test -f backups/dev-store/manifest.yaml
t 'resuming changes nothing' cm resume move.yaml --env dev
t 'what helm said is on record' sh -c 'chart-migrate log move.yaml --env dev | grep -q "upgrade.*cart"'
t 'it is rolled back' cm rollback move.yaml --env dev
live >../live.txt
digest . >../got.txt
t '  on the cluster' same ../live-first.txt ../live.txt
t '  and in the files' same ../first.txt ../got.txt
t 'a plan from before no longer fits' status 2 sh -c 'cm apply ../plan.json 2>../err'
t '  and says why' has 'release api was changed since' ../err

# killed WHERE: a new run that is killed there.
killed() {
	cm plan move.yaml --env dev >../plan.json 2>/dev/null
	CHART_MIGRATE_CRASH_AT=$1 cm apply ../plan.json -q
	[ $? = 137 ]
}

back_is_first() {
	cm rollback move.yaml --env dev -q && live | diff ../live-first.txt - && digest . | diff ../first.txt -
}

# Records: 1 start, 2 and 3 install, 4 and 5 exec, 6 and 7 repoint, 8 and 9 upgrade, 10 and 11 verify, 12 and 13 soak, 14 and 15 purge.
for at in 2:after 9:torn 14:after; do
	t "killed at record $at" killed $at
	t '  it is resumed' cm resume move.yaml --env dev -q
	live >../live.txt
	t '  to the same end' same ../live-last.txt ../live.txt
	t '  and back' back_is_first
	t "killed at record $at again" killed $at
	t '  it is rolled back at once' back_is_first
done

# In the middle of helm's own work.
rm -rf .chart-migrate
cm plan move.yaml --env dev >../plan.json 2>/dev/null
cm apply ../plan.json -q 2>/dev/null &
pid=$!
soon sh -c "chart-migrate log move.yaml --env dev | grep -q 'begin  *4-upgrade'"
sleep 0.5
kill -9 $pid
wait $pid 2>/dev/null
t 'killed while helm works: it is resumed' cm resume move.yaml --env dev -q
live >../live.txt
t '  to the same end' same ../live-last.txt ../live.txt
t '  and back' back_is_first

# What somebody gave to a release by hand is not lost silently.
"$HELM" upgrade cart services/cart/helm -n shop --reuse-values --set extra.by=hand >/dev/null
t 'values that no file knows block an upgrade' status 1 sh -c 'cm plan move.yaml --env dev -o text >../plan.txt'
t '  and are named' has 'release cart was given the value extra' ../plan.txt
"$HELM" upgrade cart services/cart/helm -n shop --reset-values -f services/cart/helm/values/dev.yaml >/dev/null
live >../live-first.txt

# A step that cannot succeed: no node has what it asks for.
sed -i 's|      containers: \[{name: store-two|      nodeSelector: {disk: none}\n      containers: [{name: store-two|' infra/store-two/templates/all.yaml
sed -i 's|wait: 5m|wait: 5s|' move.yaml
t 'an install that does not become ready fails' status 3 sh -c 'cm plan move.yaml --env dev 2>/dev/null | cm apply - -q 2>../err'
t '  and says so' has 'step 1-install-store-two failed' ../err
t '  again, when it is resumed' status 3 cm resume move.yaml --env dev -q
t '  it is rolled back' cm rollback move.yaml --env dev -q
live >../live.txt
t '  on the cluster' same ../live-first.txt ../live.txt

# What we pack is installed by each helm there is. (Helm 3 asks the API server even for a dry run.)
chart-package -q -d packed services/cart/helm
for h in helm3 helm4; do
	if command -v $h >/dev/null; then
		t "$h install --dry-run=client of an archive of ours" $h install x packed/*.tgz -n shop --dry-run=client
		t "$h install of it" $h install x packed/*.tgz -n shop --set name=packed
		t "  and away with it" $h uninstall x -n shop
	else
		skip "$h install" "no $h"
	fi
done
done_testing
