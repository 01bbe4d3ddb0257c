/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

/* Written at once, within what every system takes. */
#define PIECES 256

/* Progress shows up after this long, and is redrawn no more often than that. */
#define PATIENCE_MS 500
#define REDRAW_MS 100

/* What a write to standard output came to: whether it has to be tried again, or the error. */
static struct err *check_written(ssize_t n)
{
	if (n >= 0 || errno == EINTR)
		return NULL;
	if (errno == EPIPE)
		_exit(141); /* as SIGPIPE would end it: the reader has had enough */
	return err_errno(errno, "write standard output");
}

struct err *cli_print(struct str text)
{
	while (text.len) {
		ssize_t n = write(STDOUT_FILENO, text.s, text.len);
		TRY(check_written(n));
		text = str_skip(text, n < 0 ? 0 : (size_t)n);
	}
	return NULL;
}

struct err *cli_print_pieces(const struct str_vec *pieces)
{
	struct iovec batch[PIECES];
	size_t at = 0, done = 0; /* pieces that were written, bytes of the next one that were */
	while (at < pieces->len) {
		int count = 0;
		for (size_t i = at; i < pieces->len && count < PIECES; i++) {
			struct str rest = str_skip(pieces->items[i], i == at ? done : 0);
			batch[count++] = (struct iovec){ (void *)(uintptr_t)rest.s, rest.len };
		}
		ssize_t n = writev(STDOUT_FILENO, batch, count);
		TRY(check_written(n));
		for (done += n < 0 ? 0 : (size_t)n; at < pieces->len && done >= pieces->items[at].len; at++)
			done -= pieces->items[at].len;
	}
	return NULL;
}

static void say(const struct cli *c, const char *label, const char *fmt, va_list args)
{
	struct buf text = BUF_INIT;
	buf_printf(&text, "%s: %s", c->tool->name, label);
	buf_vprintf(&text, fmt, args);
	buf_putc(&text, '\n');
	fwrite(text.data, 1, text.len, stderr);
	buf_release(&text);
}

void cli_say(const struct cli *c, const char *fmt, ...)
{
	if (c->quiet)
		return;
	va_list args;
	va_start(args, fmt);
	say(c, "", fmt, args);
	va_end(args);
}

void cli_warn(const struct cli *c, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	say(c, c->color_err ? "\033[33mwarning:\033[0m " : "warning: ", fmt, args);
	va_end(args);
}

const char *cli_color(bool on, enum cli_color color)
{
	static const char *const codes[] = {
		[CLI_RESET] = "\033[0m",
		[CLI_BOLD] = "\033[1m",
		[CLI_DIM] = "\033[2m",
		[CLI_RED] = "\033[31m",
		[CLI_GREEN] = "\033[32m",
		[CLI_YELLOW] = "\033[33m",
		[CLI_BLUE] = "\033[34m",
		[CLI_MAGENTA] = "\033[35m",
		[CLI_CYAN] = "\033[36m",
	};
	return on ? codes[color] : "";
}

int cli_width(int fd)
{
	struct winsize size;
	if (ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col)
		return size.ws_col;
	const char *columns = getenv("COLUMNS");
	int n = columns ? (int)strtol(columns, NULL, 10) : 0;
	return n > 0 ? n : 80;
}

static int64_t now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void cli_progress_start(struct cli_progress *p, const struct cli *c, const char *what, uint64_t total)
{
	*p = (struct cli_progress){ .cli = c, .what = what, .total = total, .started = now_ms() };
}

void cli_progress_set(struct cli_progress *p, uint64_t done, const char *item)
{
	p->done = done;
	if (p->cli->quiet || !isatty(STDERR_FILENO))
		return;
	int64_t now = now_ms();
	if (now - p->started < PATIENCE_MS || now - p->shown < REDRAW_MS)
		return;
	p->shown = now;
	struct buf line = BUF_INIT;
	buf_printf(&line, "%s", p->what);
	if (p->total)
		buf_printf(&line, " %3d%% (%llu/%llu)", (int)(done * 100 / p->total), (unsigned long long)done,
			(unsigned long long)p->total);
	else
		buf_printf(&line, " %llu", (unsigned long long)done);
	if (item)
		buf_printf(&line, " %s", item);
	int width = cli_width(STDERR_FILENO);
	fprintf(stderr, "\r\033[K%.*s", width - 1, buf_text(&line));
	fflush(stderr);
	buf_release(&line);
}

void cli_progress_end(struct cli_progress *p)
{
	if (p->shown) {
		fputs("\r\033[K", stderr);
		fflush(stderr);
	}
	p->shown = 0;
}
