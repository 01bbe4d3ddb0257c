# SPDX-License-Identifier: Apache-2.0
# The worked example from end to end, with its own upstream and, where SHARED has it, with the real redis-ha.
. "$(dirname "$0")/../lib/tap.sh"

story() {
	WORKDIR=$WORK/$1 SHARED=$2 TMPDIR=$WORK OUT=$OUT "$TOP/examples/redis-move/demo" >"$1.log" 2>&1 || { tail -n 40 "$1.log"; return 1; }
}

# What must have happened; the script itself compares digests and exit statuses.
seen() {
	has 'served over HTTP' "$1.log" &&
		has 'haproxy.image.tag (both changed)' "$1.log" &&
		has 'did you mean persistence?' "$1.log" &&
		has 'policy/v1beta1 PodDisruptionBudget is deprecated' "$1.log" &&
		has '(exit status 137)' "$1.log" &&
		has 'redis-to-redis-ha is rolled back for dev' "$1.log" &&
		has 'redis-to-redis-ha is finished for dev' "$1.log"
}

moved() {
	cd "$1/shop" || return 1
	[ ! -e clusters/dev/redis ] || { echo "the old release is still there"; return 1; }
	grep -qF 'host: redis-ha-haproxy      # the service in this namespace' services/cart/helm/values.yaml || return 1
	grep -qF "address: 'redis-ha-haproxy:6379'" services/orders/helm/values.yaml || return 1
	! grep -rnE '(^|[^a-z-])redis(\.shop[a-z.]*)?:6379' clusters/dev
}

t 'the story runs with the upstream of the example' story own /nonexistent
t 'it shows what it promises' seen own
t 'the shop has moved' moved "$WORK/own"
cd "$WORK" || exit 1
if [ -d "${SHARED:-$TOP/../shared}/upstreams/http" ]; then
	t 'the story runs with the real redis-ha' story real "${SHARED:-$TOP/../shared}"
	t 'it shows what it promises there, too' seen real
	t 'the shop has moved to it' moved "$WORK/real"
fi
done_testing
