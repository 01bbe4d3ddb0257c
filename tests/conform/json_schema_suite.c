/* SPDX-License-Identifier: Apache-2.0 */
/* The official JSON Schema Test Suite against our schemas: json_schema_suite DIR [--optional]; DIR holds tests/ and remotes/. */
#include "base/num.h"
#include "funcs/regex.h"
#include "io/file.h"
#include "json/json.h"
#include "json/number.h"
#include "json/schema.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct suite {
	struct str dir;
	int draft;
	bool optional;
	long passed, failed;
};

static struct err *read_file(struct str *out, struct arena *a, const char *path)
{
	struct buf text = BUF_INIT;
	FILE *f = fopen(path, "rb");
	char piece[8192];
	size_t n;
	if (!f)
		return err_new(ERR_IO, "open %s: no such file or directory", path);
	while ((n = fread(piece, 1, sizeof(piece), f)) > 0)
		buf_add(&text, (struct str){ piece, n });
	fclose(f);
	*out = arena_str(a, buf_str(&text));
	buf_release(&text);
	return NULL;
}

static struct err *load(struct str *text, struct arena *a, struct str url, void *ctx)
{
	const struct suite *s = ctx;
	struct str path = str_trim_prefix(url, STR("http://localhost:1234/"));
	if (path.len == url.len)
		return err_new(ERR_IO, "no internet");
	return read_file(text, a, arena_printf(a, "%.*s/remotes/%.*s", STR_ARG(s->dir), STR_ARG(path)).s);
}

static struct err *compile(void **out, struct arena *a, struct str pattern, void *ctx)
{
	struct fn_regex *r = NULL;
	(void)ctx;
	TRY(fn_regex_compile(&r, a, pattern));
	*out = r;
	return NULL;
}

static bool match(void *pattern, struct arena *scratch, struct str text, void *ctx)
{
	struct fn_regex_text t = fn_regex_text(scratch, text);
	struct fn_regex *r = pattern;
	size_t n = fn_regex_groups(r) + 1;
	bool found = false;
	(void)ctx;
	err_free(fn_regex_find(&found, r, &t, 0, arena_array(scratch, n, sizeof(struct fn_span)), n));
	return found;
}

static void tell(const char *file, struct val group, struct val test, const char *why)
{
	printf("not ok: %s: %.*s: %.*s: %s\n", file, STR_ARG(val_get_str(group, "description")),
		STR_ARG(val_get_str(test, "description")), why);
}

static void run_group(struct suite *s, const char *file, struct val group)
{
	struct arena a = ARENA_INIT;
	struct json_schema_opts opts = { compile, match, load, s, s->draft, s->optional, s->optional };
	struct json_schema *schema;
	struct val tests = val_get(group, "tests");
	struct err *e = json_schema_compile_value(
		&schema, &a, val_get(group, "schema"), "http://testsuites.com/schema.json", &opts);
	if (e) {
		struct buf why = BUF_INIT;
		err_message(&why, e);
		tell(file, group, VAL_NIL, buf_text(&why));
		buf_release(&why);
		err_free(e);
		s->failed += (long)val_list_len(tests);
		arena_release(&a);
		return;
	}
	for (size_t i = 0; i < val_list_len(tests); i++) {
		struct buf why = BUF_INIT;
		struct val test = val_list_at(tests, i);
		bool ok = json_schema_check(&why, &a, schema, val_get(test, "data"));
		bool quiet = json_schema_check(NULL, &a, schema, val_get(test, "data"));
		if (ok == val_get(test, "valid").b && ok == quiet) {
			s->passed++;
		} else {
			s->failed++;
			tell(file, group, test, ok ? "accepted" : buf_text(&why));
		}
		buf_release(&why);
	}
	arena_release(&a);
}

static void run_file(struct suite *s, const char *path)
{
	struct arena a = ARENA_INIT;
	struct str text;
	struct val groups;
	struct err *e = read_file(&text, &a, path);
	if (!e)
		e = json_load_exact(&groups, &a, text);
	for (size_t i = 0; !e && i < val_list_len(groups); i++)
		run_group(s, path, val_list_at(groups, i));
	if (e)
		printf("not ok: %s: cannot be read\n", path);
	s->failed += e != NULL;
	err_free(e);
	arena_release(&a);
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static void run_dir(struct suite *s, const char *path)
{
	struct dirent **names;
	int n = scandir(path, &names, NULL, by_name);
	for (int i = 0; i < n; i++) {
		char *full = malloc(strlen(path) + strlen(names[i]->d_name) + 2);
		sprintf(full, "%s/%s", path, names[i]->d_name);
		if (str_ends(str_from(full), STR(".json")))
			run_file(s, full);
		free(full);
		free(names[i]);
	}
	if (n >= 0)
		free(names);
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		int draft;
	} drafts[] = { { "draft4", 4 }, { "draft6", 6 }, { "draft7", 7 }, { "draft2019-09", 2019 },
		{ "draft2020-12", 2020 } };
	bool optional = argc > 2 && !strcmp(argv[2], "--optional");
	long passed = 0, failed = 0;
	if (argc < 2)
		return 2;
	for (size_t i = 0; i < sizeof(drafts) / sizeof(drafts[0]); i++) {
		struct suite s = { .dir = str_from(argv[1]), .draft = drafts[i].draft, .optional = optional };
		struct arena a = ARENA_INIT;
		if (optional) {
			run_dir(&s, arena_printf(&a, "%s/tests/%s/optional", argv[1], drafts[i].name).s);
			run_dir(&s, arena_printf(&a, "%s/tests/%s/optional/format", argv[1], drafts[i].name).s);
		} else {
			run_dir(&s, arena_printf(&a, "%s/tests/%s", argv[1], drafts[i].name).s);
		}
		arena_release(&a);
		printf("%s: %ld passed, %ld failed\n", drafts[i].name, s.passed, s.failed);
		passed += s.passed;
		failed += s.failed;
	}
	printf("%ld passed, %ld failed\n", passed, failed);
	return failed ? 1 : 0;
}
