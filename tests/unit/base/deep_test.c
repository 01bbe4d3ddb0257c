/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/unit.h"

#include "base/deep.h"

struct count {
	struct deep deep;
	size_t left, done;
	bool refused;
};

/* Recursion with a frame of some size. */
static void descend(void *ctx)
{
	struct count *c = ctx;
	volatile char frame[512];
	frame[0] = 1;
	if (c->left == 0)
		return;
	c->left--;
	c->done += (size_t)frame[0];
	if (!deep_is_low(&c->deep))
		descend(c);
	else if (!deep_call(&c->deep, descend, c))
		c->refused = true;
	frame[0] = 0;
}

static void recursion_goes_on_where_one_stack_ends(void **state)
{
	(void)state;
	struct count c = { .left = 200000 };
	deep_init(&c.deep);
	descend(&c);
	assert_int_equal(c.done, 200000);
	assert_false(c.refused);
	assert_int_equal(c.deep.stacks, 0);
}

static void endless_recursion_is_refused(void **state)
{
	(void)state;
	struct count c = { .left = SIZE_MAX };
	deep_init(&c.deep);
	c.deep.stacks = 14; /* a GiB is nearly used already */
	descend(&c);
	assert_true(c.refused);
}

UNIT_MAIN(cmocka_unit_test(recursion_goes_on_where_one_stack_ends), cmocka_unit_test(endless_recursion_is_refused))
