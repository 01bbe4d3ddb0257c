/* SPDX-License-Identifier: Apache-2.0 */
/* data: copies what a store holds into the one that takes over. */
#include "migrate.h"

#include "redis/redis.h"

#include <stdlib.h>
#include <string.h>

/* The password that an environment variable holds, under the name that the step says. */
static struct err *password(const char **out, struct mig *m, struct val redis, const char *key)
{
	const char *name = mig_text(m->a, redis, key, NULL);
	*out = name ? getenv(name) : NULL;
	if (name && !*out)
		return err_new(ERR_AUTH, "the environment variable %s (%s) is not set", name, key);
	return NULL;
}

static void note(struct mig *m, const struct redis *from, const struct redis *to, const struct redis_copied *got)
{
	struct val one = val_map(m->a), words = val_list(m->a, 3);
	val_list_add(words, val_text("copy"));
	val_list_add(words, val_string(arena_str(m->a, str_from(redis_where(from)))));
	val_list_add(words, val_string(arena_str(m->a, str_from(redis_where(to)))));
	val_set(one, "run", words);
	val_set(one, "status", val_int(0));
	val_set(one, "output",
		val_string(arena_printf(m->a, "%llu keys, %llu written, %llu gone meanwhile",
			(unsigned long long)got->keys, (unsigned long long)got->copied,
			(unsigned long long)got->gone)));
	m->log = val_list(m->a, 1);
	val_list_add(m->log, one);
}

struct err *mig_data(struct mig *m, struct val spec)
{
	struct val redis = val_get(spec, "redis");
	struct str verify = val_get_str(redis, "verify");
	const char *from_password, *to_password;
	struct redis *from = NULL, *to = NULL;
	struct redis_copied got;
	int64_t timeout = 30000;
	if (val_get_str(redis, "timeout").len)
		mig_duration(&timeout, val_get_str(redis, "timeout"));
	TRY(password(&from_password, m, redis, "from-password-env"));
	TRY(password(&to_password, m, redis, "to-password-env"));
	struct redis_copy o = {
		.verify = str_is(verify, "none")    ? REDIS_VERIFY_NONE
			  : str_is(verify, "count") ? REDIS_VERIFY_COUNT
						    : REDIS_VERIFY_FULL,
		.stop = &mig_stop,
	};
	struct err *e = redis_open(&from, mig_text(m->a, redis, "from", ""), from_password, (int)timeout);
	if (!e)
		e = redis_open(&to, mig_text(m->a, redis, "to", ""), to_password, (int)timeout);
	if (!e)
		e = redis_copy(&got, from, to, &o);
	if (!e)
		note(m, from, to, &got);
	redis_close(from);
	redis_close(to);
	return e;
}
