# SPDX-License-Identifier: Apache-2.0
# Data that moves from one Redis to another, between real servers.
. "$(dirname "$0")/../../lib/tap.sh"
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
	redis-server --port "$port" --bind 127.0.0.1 --save '' --dir "$WORK" "$@" >"$WORK/redis-$port.log" 2>&1 &
	at_exit "kill $! 2>/dev/null; wait $! 2>/dev/null"
	i=0
	until redis-cli -p "$port" ping 2>/dev/null | grep -qE 'PONG|NOAUTH'; do
		i=$((i + 1))
		[ $i -lt 100 ] || return 1
		sleep 0.1
	done
}

old=$((21000 + $$ % 9000))
new=$((old + 1))
sentinel=$((old + 2))
serve $old || exit 1
serve $new --requirepass sesame || exit 1
printf 'port %s\nbind 127.0.0.1\nsentinel monitor main 127.0.0.1 %s 1\nsentinel auth-pass main sesame\n' $sentinel $new >"$WORK/sentinel.conf"
redis-server "$WORK/sentinel.conf" --sentinel >"$WORK/sentinel.log" 2>&1 &
at_exit "kill $! 2>/dev/null; wait $! 2>/dev/null"
i=0
until redis-cli -p $sentinel sentinel get-master-addr-by-name main 2>/dev/null | grep -q $new || [ $i -gt 100 ]; do
	i=$((i + 1))
	sleep 0.1
done

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
