# SPDX-License-Identifier: Apache-2.0
# Killed at every record of the journal: resuming gives the end, rolling back the beginning, byte for byte.
. "$(dirname "$0")/../../lib/tap.sh"
. "$TOP/tests/tools/chart-migrate/shop.sh"

t 'a shop' shop first
digest first >first.txt
(cd first && chart-migrate plan move.yaml --env dev >../plan.json)
cp -a first last
t 'an undisturbed run' sh -c 'cd last && chart-migrate apply ../plan.json -q'
digest last >last.txt

# killed N HOW: a fresh shop, whose run is killed at record N; fails when the run came to its end.
killed() {
	rm -rf w
	cp -a first w
	(cd w && CHART_MIGRATE_CRASH_AT=$1:$2 chart-migrate apply ../plan.json -q) 2>/dev/null
	[ $? = 137 ]
}

resumed() {
	if [ -f w/.chart-migrate/move/dev/plan.json ] && (cd w && chart-migrate resume -q); then
		:
	else
		(cd w && chart-migrate apply ../plan.json -q)
	fi && digest w | diff last.txt -
}

rolled_back() {
	(cd w && chart-migrate rollback -q) && digest w | diff first.txt -
}

# While it is rolled back it is killed, too, at every record.
rolled_back_with_crashes() {
	k=1
	while [ $k -lt 60 ]; do
		(cd w && CHART_MIGRATE_CRASH_AT=1:torn chart-migrate rollback -q) 2>/dev/null
		(cd w && CHART_MIGRATE_CRASH_AT=1:after chart-migrate rollback -q) 2>/dev/null
		[ $? = 137 ] || break
		k=$((k + 1))
	done
	digest w | diff first.txt -
}

n=1
while [ $n -lt 60 ]; do
	for how in before torn after; do
		killed $n $how || break 2
		cp -a w kept
		t "killed $how record $n: resume gives the end" resumed
		rm -rf w
		cp -a kept w
		t "killed $how record $n: rollback gives the beginning" rolled_back
		rm -rf w
		mv kept w
		[ $how != after ] || t "killed $how record $n: so does a rollback that is killed again and again" rolled_back_with_crashes
	done
	n=$((n + 1))
done
t 'there were as many records as steps and more' test "$n" -gt 15
done_testing
