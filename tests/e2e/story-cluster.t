# SPDX-License-Identifier: Apache-2.0
# The worked example's own plan on a real API server with real helm: production moves, and moves back.
. "$(dirname "$0")/../lib/tap.sh"
. "$TOP/tests/lib/cluster.sh"
need_cluster 'the story on a cluster'

cp -r "$TOP/examples/redis-move/infra" "$TOP/examples/redis-move/services" "$TOP"/examples/redis-move/*.yaml .
redis_ha() {
	real=$SHARED/upstreams/http/dandydeveloper/redis-ha-4.33.4.tgz
	if [ -f "$real" ]; then
		chart-vendor add "$real" infra/shop/redis-ha
	else
		cp -r "$TOP/examples/redis-move/upstream" upstream &&
			(cd upstream && patch -p1 -s <4.28.2.patch && patch -p1 -s <4.33.4.patch) &&
			chart-vendor add upstream/redis-ha infra/shop/redis-ha
	fi
}
plan() {
	chart-migrate plan "$1" --env prod --helm "$HELM" -o json >"$2"
}
files() {
	find infra services -type f -exec sha256sum {} + | sort -k2
}

t 'redis-ha is vendored' redis_ha
t 'production is set up as it runs today' sh -c '
	chart-migrate plan bootstrap.yaml --env prod --helm "$HELM" -o json >setup.json &&
	chart-migrate apply setup.json --helm "$HELM" --yes -q'
live >before.txt
files >files-before.txt
t '  with the home-made Redis' has '== redis' before.txt
t 'the move is planned' plan move.yaml plan.json
t 'production waits for approval' status 2 sh -c 'chart-migrate apply plan.json --helm "$HELM" -q </dev/null 2>err'
t '  and says so' has 'approve' err
t 'it is approved' chart-migrate approve --by tester plan.json
t 'production moves' chart-migrate apply plan.json --helm "$HELM" --yes -q
live >after.txt
t '  redis-ha runs' sh -c 'kubectl get statefulset -n shop redis-ha-server -o jsonpath={.status.readyReplicas} | grep -qx 3'
t '  the services use it' sh -c 'grep -q "redis-ha-haproxy:6379" after.txt'
t '  the old one is gone' sh -c '! grep -qx "== redis" after.txt'
t '  nothing refers to it' sh -c '! grep -nE "(^|[^a-z-])redis(\.shop[a-z.]*)?:6379" after.txt'
t 'production moves back' chart-migrate rollback move.yaml --env prod --helm "$HELM" --yes -q
live >again.txt
files >files-again.txt
t '  on the cluster' same before.txt again.txt
t '  and in the files, byte for byte' same files-before.txt files-again.txt
done_testing
