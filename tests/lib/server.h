/* SPDX-License-Identifier: Apache-2.0 */
/* server: a scripted HTTP server for unit tests: one answer per connection, and what it was asked is kept. */
#pragma once

#include "tests/lib/unit.h"

#include "base/buf.h"
#include "base/err.h"

#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Includers define _DEFAULT_SOURCE. */
struct server_answer {
	const char *text;
	size_t cut;  /* 0: send all; else so many bytes, then reset the connection */
	int hang_ms; /* wait that long before closing */
};

struct server {
	const struct server_answer *answers; /* or, when NULL: */
	const char *const *texts;            /* answers that are only text; may change until they are due */
	size_t n;
	int fd, port;
	pthread_t thread;
	char asked[8][4096]; /* requests, with the bodies as far as there is room */
	size_t nasked;
};

/* How many bytes of body a request announces. */
static inline size_t server_body_length(const char *head)
{
	const char *at = strstr(head, "\r\nContent-Length: ");
	return at ? strtoul(at + 18, NULL, 10) : 0;
}

static inline void server_read(int c, char *to, size_t cap)
{
	size_t len = 0;
	for (;;) {
		const char *end = strstr(to, "\r\n\r\n");
		size_t want = end ? (size_t)(end - to) + 4 + server_body_length(to) : cap - 1;
		if (want > cap - 1)
			want = cap - 1;
		if (len >= want)
			return;
		ssize_t n = read(c, to + len, want - len);
		if (n <= 0)
			return;
		len += (size_t)n;
		to[len] = '\0';
	}
}

static inline void server_answer(int c, const struct server_answer *a)
{
	size_t len = a->cut ? a->cut : strlen(a->text);
	if (write(c, a->text, len) < 0)
		perror("write");
	if (a->hang_ms)
		usleep((useconds_t)a->hang_ms * 1000);
	struct linger reset = { 1, 0 };
	if (a->cut && !a->hang_ms) {
		usleep(50000);
		setsockopt(c, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
	} else {
		shutdown(c, SHUT_WR);
	}
	close(c);
}

static inline void *server_run(void *ctx)
{
	struct server *s = ctx;
	for (size_t i = 0; i < s->n; i++) {
		int c = accept(s->fd, NULL, NULL);
		if (c < 0)
			return NULL;
		server_read(c, s->asked[i], sizeof(s->asked[i]));
		s->nasked = i + 1;
		struct server_answer text = { .text = s->answers ? NULL : s->texts[i] };
		server_answer(c, s->answers ? &s->answers[i] : &text);
	}
	return NULL;
}

/* Starts one with `n` answers, at most 8; `answers` or `texts` is NULL. Sets `port`. */
static inline void server_start(
	struct server *s, const struct server_answer *answers, const char *const *texts, size_t n)
{
	*s = (struct server){ .answers = answers, .texts = texts, .n = n };
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
	socklen_t len = sizeof(at);
	assert_true(n <= sizeof(s->asked) / sizeof(*s->asked));
	s->fd = socket(AF_INET, SOCK_STREAM, 0);
	assert_true(s->fd >= 0);
	assert_int_equal(bind(s->fd, (struct sockaddr *)&at, len), 0);
	assert_int_equal(listen(s->fd, 8), 0);
	assert_int_equal(getsockname(s->fd, (struct sockaddr *)&at, &len), 0);
	s->port = ntohs(at.sin_port);
	assert_int_equal(pthread_create(&s->thread, NULL, server_run, s), 0);
}

/* Ends it; answers that nobody asked for are dropped. */
static inline void server_stop(struct server *s)
{
	shutdown(s->fd, SHUT_RDWR);
	pthread_join(s->thread, NULL);
	close(s->fd);
}

/* The error must be of that kind and say `part`; it is freed. */
static inline void fails(struct err *e, enum err_kind kind, const char *part)
{
	struct buf b = BUF_INIT;
	assert_non_null(e);
	err_message(&b, e);
	if (e->kind != kind || !strstr(buf_text(&b), part))
		fail_msg("no '%s' in '%s' (kind %d)", part, buf_text(&b), (int)e->kind);
	buf_release(&b);
	err_free(e);
}
