/* SPDX-License-Identifier: Apache-2.0 */
/* Our scanner against libyaml's: reads paths on standard input, compares the events of every file and of cut and bent copies of it. */
#include "yaml/doc.h"
#include "yaml/parse.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

static long passed, failed;
static uint32_t seed = 1;

static uint32_t next_random(uint32_t below)
{
	seed = seed * 1103515245u + 12345u;
	return (seed >> 8) % below;
}

static void add_scalar(struct buf *out, const char *kind, struct str anchor, struct str tag, int style, struct str text)
{
	buf_printf(out, "%s &%.*s !%.*s %d ", kind, STR_ARG(anchor), STR_ARG(tag), style);
	buf_add(out, text);
	buf_putc(out, '\n');
}

static struct str bytes(const yaml_char_t *s)
{
	return str_from((const char *)s);
}

static const struct str nothing = { NULL, 0 };

/* What libyaml makes of a text; "fault" where it stops. */
static void peer_events(struct buf *out, struct str text)
{
	static const int styles[] = { 0, YML_PLAIN, YML_SINGLE, YML_DOUBLE, YML_LITERAL, YML_FOLDED };
	yaml_parser_t p;
	yaml_event_t e;
	bool end = false;
	yaml_parser_initialize(&p);
	yaml_parser_set_input_string(&p, (const unsigned char *)text.s, text.len);
	while (!end) {
		if (!yaml_parser_parse(&p, &e)) {
			buf_puts(out, "fault\n");
			break;
		}
		switch (e.type) {
		case YAML_SCALAR_EVENT:
			add_scalar(out, "scalar", bytes(e.data.scalar.anchor), bytes(e.data.scalar.tag),
				styles[e.data.scalar.style],
				(struct str){ (const char *)e.data.scalar.value, e.data.scalar.length });
			break;
		case YAML_ALIAS_EVENT:
			add_scalar(out, "alias", bytes(e.data.alias.anchor), nothing, 0, nothing);
			break;
		case YAML_SEQUENCE_START_EVENT:
			add_scalar(out, "seq", bytes(e.data.sequence_start.anchor), bytes(e.data.sequence_start.tag), 0,
				nothing);
			break;
		case YAML_MAPPING_START_EVENT:
			add_scalar(out, "map", bytes(e.data.mapping_start.anchor), bytes(e.data.mapping_start.tag), 0,
				nothing);
			break;
		case YAML_SEQUENCE_END_EVENT:
		case YAML_MAPPING_END_EVENT:
			buf_puts(out, "end\n");
			break;
		case YAML_DOCUMENT_START_EVENT:
			buf_puts(out, "document\n");
			break;
		case YAML_NO_EVENT:
		case YAML_STREAM_START_EVENT:
		case YAML_DOCUMENT_END_EVENT:
			break;
		case YAML_STREAM_END_EVENT:
			end = true;
			break;
		}
		yaml_event_delete(&e);
	}
	yaml_parser_delete(&p);
}

static void our_events(struct buf *out, struct str text)
{
	struct arena a = ARENA_INIT;
	struct yml_parse p;
	struct yml_raw_event e = { 0 };
	yml_parse_init(&p, &a, text, false);
	while (e.type != YML_RAW_STREAM_END) {
		if (!yml_parse_next(&p, &e)) {
			buf_puts(out, "fault\n");
			break;
		}
		switch ((enum yml_raw_type)e.type) {
		case YML_RAW_SCALAR:
			add_scalar(out, "scalar", e.anchor, e.tag, e.style, e.value);
			break;
		case YML_RAW_ALIAS:
			add_scalar(out, "alias", e.anchor, nothing, 0, nothing);
			break;
		case YML_RAW_SEQ_START:
			add_scalar(out, "seq", e.anchor, e.tag, 0, nothing);
			break;
		case YML_RAW_MAP_START:
			add_scalar(out, "map", e.anchor, e.tag, 0, nothing);
			break;
		case YML_RAW_SEQ_END:
		case YML_RAW_MAP_END:
			buf_puts(out, "end\n");
			break;
		case YML_RAW_DOC_START:
			buf_puts(out, "document\n");
			break;
		case YML_RAW_STREAM_START:
		case YML_RAW_STREAM_END:
		case YML_RAW_DOC_END:
			break;
		}
	}
	yml_parse_release(&p);
	arena_release(&a);
}

/* Where libyaml has moved on from what go-yaml was made of, texts prove nothing. */
static bool is_known_difference(struct str text)
{
	static const char *const signs[] = { "%YAML", "{}", "[]", "[?", "{?", "!", "\xEF\xBB\xBF" };
	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++)
		if (str_has(text, str_from(signs[i])))
			return true;
	return str_find_char(text, '?') >= 0 && (str_find_char(text, '[') >= 0 || str_find_char(text, '{') >= 0);
}

static void compare(const char *path, struct str text, bool whole)
{
	struct buf ours = BUF_INIT, theirs = BUF_INIT;
	our_events(&ours, text);
	peer_events(&theirs, text);
	/* Faults are told at different moments: only that there is one counts. */
	bool fault = str_ends(buf_str(&ours), STR("fault\n"));
	bool same = fault ? str_ends(buf_str(&theirs), STR("fault\n")) : str_eq(buf_str(&ours), buf_str(&theirs));
	if (same || (!whole && is_known_difference(text))) {
		passed += same;
	} else {
		failed++;
		printf("not ok: %s%s\n", path, whole ? "" : " (bent)");
		if (!whole && text.len < 2000)
			printf("%.*s\n--\n%s--\n%s", STR_ARG(text), buf_text(&ours), buf_text(&theirs));
	}
	buf_release(&ours);
	buf_release(&theirs);
}

/* A piece of the text with a few characters changed. */
static void bend(const char *path, struct str text)
{
	static const char odd[] = " \n\t:-#'\"[]{},&*|>\\";
	uint32_t from = next_random((uint32_t)text.len), len = 1 + next_random(600);
	struct buf piece = BUF_INIT;
	buf_add(&piece, str_slice(text, from, from + len));
	for (uint32_t i = next_random(3); i--;)
		piece.data[next_random((uint32_t)piece.len)] = odd[next_random(sizeof(odd) - 1)];
	compare(path, buf_str(&piece), false);
	buf_release(&piece);
}

int main(void)
{
	char path[4096];
	while (fgets(path, sizeof(path), stdin)) {
		struct buf text = BUF_INIT;
		char piece[8192];
		size_t n;
		path[strcspn(path, "\n")] = '\0';
		FILE *f = fopen(path, "rb");
		while (f && (n = fread(piece, 1, sizeof(piece), f)) > 0)
			buf_add(&text, (struct str){ piece, n });
		if (f)
			fclose(f);
		if (text.len) {
			compare(path, buf_str(&text), true);
			for (int i = 0; i < 20; i++)
				bend(path, buf_str(&text));
		}
		buf_release(&text);
	}
	printf("%ld passed, %ld failed\n", passed, failed);
	return failed > 0;
}
