# SPDX-License-Identifier: Apache-2.0
# The worked example's own plan on a real API server with real helm: production moves, and moves back.
# SHARED names a folder with cluster/kube-up; HELM the program (helm, else helm4).
. "$(dirname "$0")/../lib/tap.sh"

shared=${SHARED:-$TOP/../shared}
HELM=${HELM:-$(command -v helm || command -v helm4)}
if [ ! -x "$shared/cluster/kube-up" ] || [ -z "$HELM" ]; then
	skip 'the story on a cluster' 'needs a cluster and helm'
	done_testing
	exit 0
fi
# What kube-up built before is found under the real home.
real_home=$(getent passwd "$(id -u)" | cut -d: -f6)
KUBECONFIG=$(HOME=$real_home XDG_CACHE_HOME=$real_home/.cache "$shared/cluster/kube-up" "$WORK/kube") || exit 1
at_exit "\"$shared/cluster/kube-down\" -d \"$WORK/kube\""
PATH=$WORK/kube/bin:$PATH
export KUBECONFIG HELM PATH

cp -r "$TOP/examples/redis-move/infra" "$TOP/examples/redis-move/services" "$TOP"/examples/redis-move/*.yaml .
redis_ha() {
	real=$shared/upstreams/http/dandydeveloper/redis-ha-4.33.4.tgz
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
# What runs, without what counts up.
live() {
	for r in $("$HELM" list -n shop -q --deployed | sort); do
		echo "== $r"
		"$HELM" get manifest -n shop "$r"
		"$HELM" get values -n shop "$r" -o yaml
	done
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
