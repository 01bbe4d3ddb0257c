/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/funcs/eval.h"

#include <stdlib.h>

static void layouts_are_gos(void **state)
{
	(void)state;
	prints("{{ dateInZone \"2006-01-02T15:04:05Z07:00 Mon January 2 _2 002 3PM 04 06 -0700 MST .000\" 1614834367 "
	       "\"UTC\" }}",
		"2021-03-04T05:06:07Z Thu March 4  4 063 5AM 06 21 +0000 UTC .000");
	prints("{{ date \"2006-01-02\" -62135596801 }} {{ date \"2006\" 253402300800 }}", "0000-12-31 10000");
	prints("{{ toDate \"2006-01-02T15:04:05Z07:00\" \"2024-02-29T13:14:15.12+05:30\" }}",
		"2024-02-29 13:14:15.12 +0530 +0530");
}

static void zones_come_from_the_systems_files(void **state)
{
	(void)state;
	prints("{{ dateInZone \"15:04 MST -0700\" 1720000000 \"Europe/Berlin\" }}", "11:46 CEST +0200");
	prints("{{ dateInZone \"15:04 MST\" 2540000000 \"America/New_York\" }}", "23:33 EDT");
	prints("{{ dateInZone \"15:04 MST\" 0 \"No/Where\" }} {{ dateInZone \"MST\" 0 \"../etc/passwd\" }}",
		"00:00 UTC UTC");
}

static void bad_dates_are_told_as_go_does(void **state)
{
	(void)state;
	fails("{{ mustToDate \"2006-01-02\" \"2023-02-29\" }}", "parsing time \"2023-02-29\": day out of range");
	fails("{{ mustToDate \"2006-01-02\" \"x\" }}",
		"parsing time \"x\" as \"2006-01-02\": cannot parse \"x\" as \"2006\"");
	fails("{{ mustToDate \"5002\" \"7034\" }}", "parsing time \"7034\": second out of range");
	fails("{{ mustToDate \"-0700\" \"+9999\" }}", "parsing time \"+9999\": time zone offset minute out of range");
	fails("{{ mustToDate \"2006\" \"2024x\" }}", "parsing time \"2024x\": extra text: \"x\"");
	prints("{{ toDate \"2006-01-02\" \"x\" }}", "0001-01-01 00:00:00 +0000 UTC");
	fails("{{ unixEpoch 5 }}", "can't handle 5 for arg of type time.Time");
}

static void times_have_methods(void **state)
{
	(void)state;
	prints("{{ $t := toDate \"2006-01-02\" \"2024-01-31\" }}{{ $t.Year }} {{ $t.Weekday }} {{ $t.AddDate 0 1 0 }}",
		"2024 Wednesday 2024-03-02 00:00:00 +0000 UTC");
	prints("{{ (toDate \"2006-01-02\" \"2024-02-29\" | dateModify \"-1.5h\").Format \"Jan 2 15:04\" }}",
		"Feb 28 22:30");
	prints("{{ toDate \"2006-01-02\" \"2020-03-04\" | toJson }}", "\"2020-03-04T00:00:00Z\"");
}

static void durations_are_read_and_rounded(void **state)
{
	(void)state;
	prints("{{ duration \"95\" }} {{ durationRound \"2400h10m5s\" }} {{ durationRound \"1m\" }}", "1m35s 3mo 60s");
	prints("{{ mustToDuration \"1h1.5s\" }} {{ mustToDuration 90 }} {{ mustToDuration \"1us\" }}",
		"1h0m1.5s 1m30s 1\u00b5s");
	prints("{{ durationDays \"36h\" }} {{ durationSeconds \"bad\" }} {{ durationRoundTo \"-2h15m\" \"30m\" }}",
		"1.5 0 -2h30m0s");
	fails("{{ mustToDuration \"1d\" }}", "could not parse duration \"1d\"");
	fails("{{ mustDateModify \"1d\" now }}", "time: unknown unit \"d\" in duration \"1d\"");
}

static int in_utc(void **state)
{
	(void)state;
	return setenv("TZ", "UTC", 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(layouts_are_gos),
		cmocka_unit_test(zones_come_from_the_systems_files),
		cmocka_unit_test(bad_dates_are_told_as_go_does),
		cmocka_unit_test(times_have_methods),
		cmocka_unit_test(durations_are_read_and_rounded),
	};
	return cmocka_run_group_tests(tests, in_utc, NULL);
}
