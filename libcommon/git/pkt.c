/* SPDX-License-Identifier: Apache-2.0 */
#include "git/pkt.h"

#include <ctype.h>
#include <string.h>

#define HEAD 4
#define ID 40
#define PACKET_MAX 65520
/* Far more than anybody asks for at once. */
#define CUT_MAX 100000

/* The length that a packet says it has; -1: none. */
static int length_of(struct str text)
{
	int n = 0;

	if (text.len < HEAD)
		return -1;
	for (int i = 0; i < HEAD; i++) {
		char c = text.s[i];
		if (!isxdigit((unsigned char)c))
			return -1;
		n = n * 16 + (isdigit((unsigned char)c) ? c - '0' : tolower((unsigned char)c) - 'a' + 10);
	}
	return n;
}

static bool is_id(struct str s)
{
	if (s.len != ID)
		return false;
	for (size_t i = 0; i < ID; i++)
		if (!isxdigit((unsigned char)s.s[i]))
			return false;
	return true;
}

bool vcs_pkt_has(struct str advertised, const char *capability)
{
	ptrdiff_t nul = str_find_char(advertised, '\0');
	struct str rest = nul < 0 ? (struct str){ 0 } : str_skip(advertised, (size_t)nul + 1);
	struct str line = str_cut(&rest, '\n');

	while (line.s)
		if (str_is(str_cut(&line, ' '), capability))
			return true;
	return false;
}

static void add_packet(struct buf *out, const char *word, struct str id)
{
	buf_printf(out, "%04x%s %.*s\n", (unsigned)(HEAD + strlen(word) + 1 + id.len + 1), word, STR_ARG(id));
}

/* Where the flush behind the wants is; 0: there is none, or nothing is wanted. */
static size_t end_of_wants(struct str request)
{
	size_t at = 0;
	bool wants = false;

	for (;;) {
		struct str rest = str_skip(request, at);
		int n = length_of(rest);
		if (n == 0)
			return wants ? at : 0;
		if (n < HEAD || (size_t)n > rest.len || !str_starts(str_skip(rest, HEAD), STR("want ")))
			return 0;
		wants = true;
		at += (size_t)n;
	}
}

void vcs_pkt_deepen(struct buf *out, bool *asked, struct str request, const struct str_vec *have)
{
	size_t at = end_of_wants(request);

	*asked = at > 0;
	if (!at) {
		buf_add(out, request);
		return;
	}
	buf_add(out, str_slice(request, 0, at));
	for (size_t i = 0; i < have->len; i++)
		add_packet(out, "shallow", have->items[i]);
	add_packet(out, "deepen", STR("1"));
	buf_puts(out, "0000");
	for (size_t i = 0; i < have->len; i++)
		add_packet(out, "have", have->items[i]);
	buf_add(out, str_skip(request, at + HEAD));
}

/* Takes one packet of the list off `text`; false when it is not whole, or none of them. */
static bool take_packet(struct vcs_pkt_answer *x, struct arena *a, struct str *text)
{
	int n = length_of(*text);

	if (n == 0) {
		*text = str_skip(*text, HEAD);
		x->past = true;
		return true;
	}
	if (n < HEAD && text->len >= HEAD) {
		x->past = true;
		return false;
	}
	if (n > PACKET_MAX) {
		x->past = true;
		return false;
	}
	if (n < 0 || text->len < (size_t)n)
		return false;
	struct str line = str_trim_end(str_slice(*text, HEAD, (size_t)n), "\n");
	struct str word = str_cut(&line, ' ');
	if (!(str_is(word, "shallow") || str_is(word, "unshallow")) || !is_id(line)) {
		x->past = true;
		return false;
	}
	if (str_is(word, "shallow"))
		vec_push_in(a, &x->cut, arena_str(a, line));
	*text = str_skip(*text, (size_t)n);
	return true;
}

struct err *vcs_pkt_take(struct vcs_pkt_answer *x, struct arena *a, struct buf *out, struct str piece)
{
	if (x->past) {
		buf_add(out, piece);
		return NULL;
	}
	buf_add(&x->head, piece);
	struct str rest = buf_str(&x->head);
	while (!x->past && x->cut.len <= CUT_MAX && take_packet(x, a, &rest))
		;
	if (x->cut.len > CUT_MAX)
		return err_new(ERR_LIMIT, "the server cuts more commits off than were asked for");
	if (x->past) {
		buf_add(out, rest);
		buf_clear(&x->head);
	} else {
		buf_splice(&x->head, 0, x->head.len - rest.len, (struct str){ 0 });
	}
	return NULL;
}

void vcs_pkt_release(struct vcs_pkt_answer *x)
{
	buf_release(&x->head);
}
