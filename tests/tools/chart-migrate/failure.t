# SPDX-License-Identifier: Apache-2.0
# What goes wrong, and what can be done then.
. "$(dirname "$0")/../../lib/tap.sh"
# shellcheck source=tests/lib/servers.sh
. "$TOP/tests/lib/servers.sh"
. "$TOP/tests/tools/chart-migrate/shop.sh"

t 'a shop' shop first
cp -a first last
(cd last && chart-migrate plan move.yaml --env dev | chart-migrate apply - -q)
digest first >first.txt
digest last >last.txt

fresh() {
	cd "$WORK" || exit 1
	rm -rf w
	cp -a first w
	cd w || exit 1
}

fresh
touch sick
chart-migrate plan move.yaml --env dev >../plan.json
t 'a step that fails stops the run with status 3' status 3 sh -c 'chart-migrate apply ../plan.json 2>../err'
t 'it says which' has 'step 2-exec failed' ../err
t 'it says what can be done' has 'chart-migrate resume move --env dev' ../err
t 'status knows' status 3 chart-migrate status
t 'the reason is on record' sh -c 'chart-migrate log | grep -q "failed with status 1"'
t 'resuming fails again while the cause is there' status 3 chart-migrate resume -q
rm sick
t 'and goes on when it is gone' chart-migrate resume -q
digest . >../got.txt
t 'to the same end' same ../last.txt ../got.txt

fresh
touch sick
chart-migrate plan move.yaml --env dev | chart-migrate apply - -q 2>/dev/null
t 'a failed run is rolled back' chart-migrate rollback -q
rm sick
digest . >../got.txt
t 'to the first state' same ../first.txt ../got.txt

# Every kind of step fails once, because a step before it breaks something that is put right by hand.
file "$WORK/break.sh" <<'END'
#!/bin/sh
case $1 in
index) mv clusters/dev/index.yaml index.aside && mkdir clusters/dev/index.yaml ;;
values) cp -p services/cart/helm/values.yaml values.aside && echo 'x: 1' >>services/cart/helm/values.yaml ;;
reference) cp -p clusters/dev/api/templates/deployment.yaml d.aside && echo '          env: [{name: STORE_URL, value: "x://store:1"}]' >>clusters/dev/api/templates/deployment.yaml ;;
sick) touch sick ;;
esac
END
file "$WORK/fix.sh" <<'END'
#!/bin/sh
case $1 in
index) [ ! -e index.aside ] || { rm -rf clusters/dev/index.yaml && mv index.aside clusters/dev/index.yaml; } ;;
values) [ ! -e values.aside ] || mv values.aside services/cart/helm/values.yaml ;;
reference) [ ! -e d.aside ] || mv d.aside clusters/dev/api/templates/deployment.yaml ;;
sick) rm -f sick ;;
esac
END
chmod +x "$WORK/break.sh" "$WORK/fix.sh"

# fails_once STEP WHAT: a plan in which WHAT breaks before STEP.
fails_once() {
	fresh
	sed "s|^  - $1:|  - exec: {run: [../break.sh, $2], undo: [../fix.sh, $2]}\n&|" move.yaml >once.yaml
	t "$1 fails once: it stops" status 3 sh -c 'chart-migrate plan once.yaml --env dev 2>/dev/null | chart-migrate apply - -q 2>../err'
	t "  at that step" grep -q "step [0-9]-$1.* failed" ../err
	cp -a . ../kept
	# What the reference was added to is the work of a step: overwriting it must be asked for.
	force=
	[ "$2" != reference ] || force=--force
	[ -z "$force" ] || t '  rolling back would lose what was changed' status 1 chart-migrate rollback -q
	# shellcheck disable=SC2086
	t '  it is rolled back' chart-migrate rollback -q $force
	rm once.yaml
	digest . >../got.txt
	t '  to the first state' same ../first.txt ../got.txt
	cd .. && rm -rf w && mv kept w && cd w || exit 1
	../fix.sh "$2"
	t '  put right, it is resumed' chart-migrate resume -q
	rm once.yaml
	digest . >../got.txt
	t '  to the same end' same ../last.txt ../got.txt
}

fails_once install index
fails_once repoint values
fails_once upgrade index
fails_once verify reference
fails_once soak sick
fails_once purge index

fresh
chart-migrate plan move.yaml --env dev >../plan.json
echo '# changed' >>services/api/helm/values.yaml
t 'a plan whose inputs changed is refused' status 2 sh -c 'chart-migrate apply ../plan.json 2>../err'
t 'and says which' has 'services/api/helm' ../err
t 'nothing was begun' test ! -e .chart-migrate/move/dev/journal
fresh
chart-migrate plan move.yaml --env dev | sed 's/store-two/store-six/' >../bad.json
t 'a plan that was edited is refused' status 2 sh -c 'chart-migrate apply ../bad.json 2>../err'
t 'and says so' has 'digest does not fit' ../err
t 'no plan is no plan' status 2 sh -c ': | chart-migrate apply - 2>../err'
t 'and says so' has 'there is no plan in standard input' ../err

fresh
chart-migrate plan move.yaml --env dev >../plan.json
chart-migrate apply ../plan.json -q --until 1
printf '\0' | dd of=.chart-migrate/move/dev/journal bs=1 seek=20 conv=notrunc 2>/dev/null
t 'a damaged journal is an error' status 2 sh -c 'chart-migrate resume 2>../err'
t 'with its place' has '.chart-migrate/move/dev/journal:1:1' ../err

fresh
sed 's/for: 10ms/for: 20s/' move.yaml >slow.yaml
chart-migrate plan slow.yaml --env dev >../plan.json
chart-migrate apply ../plan.json -q 2>../first.err &
pid=$!
at_exit "kill $pid 2>/dev/null || :"
soon sh -c "chart-migrate status -o json | grep -q '\"begun\"' && chart-migrate log | grep -q 'begin  *6-soak'"
t 'two at once: the second is refused' status 2 sh -c 'chart-migrate resume 2>../err'
t 'and told by whom' has "process $pid" ../err
kill -INT $pid 2>/dev/null
kill -TERM $pid
wait $pid
t 'a signal stops a run with status 3' test $? = 3
t 'in the middle of a step' sh -c 'chart-migrate log | grep -q "failed  *6-soak"'
t 'it is rolled back' chart-migrate rollback -q
rm slow.yaml
digest . >../got.txt
t 'to the first state' same ../first.txt ../got.txt

fresh
mkdir -p clusters/prod
cp -a clusters/dev/. clusters/prod/
cp values/store-two/dev.yaml values/store-two/prod.yaml
chart-migrate plan move.yaml --env prod >../plan.json 2>/dev/null
t 'a target that asks for approval refuses without' status 2 sh -c 'chart-migrate apply ../plan.json 2>../err'
t 'and says what to do' has 'chart-migrate approve' ../err
t 'a plan is approved' chart-migrate approve ../plan.json --by somebody
t 'then it runs' chart-migrate apply ../plan.json -q

fresh
sed 's|namespace: shop}|namespace: shop, window: "Mon-Sun 00:00-00:01 Nowhere/None"}|' move.yaml >w.yaml
t 'an unknown time zone is an error' status 2 sh -c 'chart-migrate plan w.yaml --env dev | chart-migrate apply - 2>../err'
t 'that names it' has 'Nowhere/None is not known' ../err
day=$(date -u -d yesterday +%a)
sed "s|namespace: shop}|namespace: shop, window: \"$day 00:00-00:01 UTC\"}|" move.yaml >w.yaml
t 'outside its window a target refuses' status 1 sh -c 'chart-migrate plan w.yaml --env dev | chart-migrate apply - 2>../err'
t 'unless it is told otherwise' sh -c 'chart-migrate plan w.yaml --env dev | chart-migrate apply - -q --ignore-window && chart-migrate rollback -q'
sed "s|namespace: shop}|namespace: shop, window: \"Mon-Sun 00:00-24:00 UTC\"}|" move.yaml >w.yaml
t 'inside it runs' sh -c 'chart-migrate plan w.yaml --env dev | chart-migrate apply - -q'

fresh
sed -i 's/host: store /host: other /' services/cart/helm/values.yaml
echo 'url: http://store:7000' >>services/cart/helm/values/dev.yaml
sed -i 's|value: {{ .host }}|value: store.shop.svc:7000|' services/cart/helm/templates/deployment.yaml
sed 's|in: \[services/\*/helm\]|in: [services/api/helm]|' move.yaml >m.yaml
t 'what verify would find blocks the plan' status 1 sh -c 'chart-migrate plan m.yaml --env dev >../plan.json 2>&1'
t 'with its place' has 'cart/templates/deployment.yaml:' ../plan.json
t 'a blocked plan is not applied' status 2 sh -c 'chart-migrate apply ../plan.json 2>../err'
done_testing
