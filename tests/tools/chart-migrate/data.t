# SPDX-License-Identifier: Apache-2.0
# Data that moves from one Redis to another, between real servers.
. "$(dirname "$0")/../../lib/tap.sh"
# shellcheck source=tests/lib/servers.sh
. "$TOP/tests/lib/servers.sh"
. "$TOP/tests/tools/chart-migrate/shop.sh"

if ! command -v redis-server >/dev/null || ! command -v redis-cli >/dev/null; then
	skip 'data moves' 'no redis-server'
	done_testing
	exit 0
fi

# serve PORT ARG...: a server that is there when this returns.
serve() {
	port=$1
	shift
	start "redis-$port" redis-server --port "$port" --bind 127.0.0.1 --save '' --dir "$WORK" "$@"
	comes_up sh -c 'redis-cli -p "$0" ping | grep -qE "PONG|NOAUTH"' "$port"
}

old=$(free_port) new=$(free_port) sentinel=$(free_port)
serve $old
serve $new --requirepass sesame
printf 'port %s\nbind 127.0.0.1\nsentinel monitor main 127.0.0.1 %s 1\nsentinel auth-pass main sesame\n' $sentinel $new >"$WORK/sentinel.conf"
start sentinel redis-server "$WORK/sentinel.conf" --sentinel
comes_up sh -c 'redis-cli -p "$0" sentinel get-master-addr-by-name main | grep -q "$1"' $sentinel $new

to() { redis-cli -p $new -a sesame --no-auth-warning "$@"; }

redis-cli -p $old >/dev/null <<'END'
set a 1
set b 2 ex 5000
rpush l x y z
hset h f v
END

plan() {
	file data.yaml <<-END
		apiVersion: chart-tools/v1
		kind: Migration
		metadata: {name: data}
		targets: {dev: {driver: files, path: clusters}}
		steps:
		  - data: {redis: {from: "redis://127.0.0.1:$old", to: "$1", mode: copy, verify: full, to-password-env: NEW_PASSWORD}}
	END
	chart-migrate plan data.yaml --env dev >plan.json
}

plan "redis://127.0.0.1:$new"
t 'without its password it stops' status 3 sh -c 'chart-migrate apply plan.json -q 2>err'
t '  saying which' has 'NEW_PASSWORD' err
t 'with it, it goes on' env NEW_PASSWORD=sesame chart-migrate resume -q
t 'keys are there' test "$(to get a) $(to lrange l 0 -1 | tr '\n' ' ') $(to hget h f)" = '1 x y z  v'
t 'with their time to live' test "$(to ttl b)" -gt 4000
t 'the log has the numbers, not the password' sh -c 'chart-migrate log -o json >log && grep -q "4 keys" log && ! grep -rq sesame .chart-migrate'
to flushall >/dev/null
plan "redis-sentinel://127.0.0.1:$sentinel/main"
t 'the master is found through a sentinel' env NEW_PASSWORD=sesame chart-migrate apply plan.json -q
t '  and has the keys' test "$(to dbsize)" = 4
t 'a wrong password stops' status 3 sh -c 'chart-migrate plan data.yaml --env dev >plan.json; NEW_PASSWORD=x chart-migrate apply plan.json -q 2>err'
t '  saying so' has 'AUTH' err
chart-migrate rollback -q
plan "redis://:sesame@127.0.0.1:$new"
t 'a password in the plan is refused' status 2 sh -c 'chart-migrate plan data.yaml --env dev 2>err'
t '  saying what to do' has 'to-password-env' err
done_testing
