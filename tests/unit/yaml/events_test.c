/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "yaml/events.h"

#include <string.h>

static const char letters[] = "D.{}[]s*E";

static void reads_as(const char *text, const char *want)
{
	struct yml_events *r = yml_events_open(str_from(text), "f");
	struct yml_event ev;
	struct buf got = BUF_INIT;
	do {
		assert_null(yml_events_next(&ev, r));
		buf_putc(&got, letters[ev.kind]);
	} while (ev.kind != YML_EV_END);
	assert_string_equal(buf_text(&got), want);
	buf_release(&got);
	yml_events_close(r);
}

static void events_come_in_order(void **state)
{
	(void)state;
	reads_as("", "E");
	reads_as("a: [1, 2]\nb: {c: d}\n", "D{s[ss]s{ss}}.E");
	reads_as("a: &x 1\nb: *x\n---\n- z\n", "D{sss*}.D[s].E");
}

static void broken_text_and_deep_nesting_are_errors(void **state)
{
	(void)state;
	struct buf deep = BUF_INIT;
	buf_fill(&deep, '[', 3000);
	const char *texts[] = { "a: [1\nb: 2", "\t- x", "a: \x01", buf_text(&deep) };
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		struct yml_events *r = yml_events_open(str_from(texts[i]), "f");
		struct yml_event ev;
		struct err *e;
		do
			e = yml_events_next(&ev, r);
		while (!e && ev.kind != YML_EV_END);
		assert_non_null(e);
		assert_string_equal(e->file, "f");
		err_free(e);
		yml_events_close(r);
	}
	buf_release(&deep);
}

UNIT_MAIN(cmocka_unit_test(events_come_in_order), cmocka_unit_test(broken_text_and_deep_nesting_are_errors))
