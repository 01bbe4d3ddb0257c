/* SPDX-License-Identifier: Apache-2.0 */
/* begin: what a verb does before it touches anything: folder, signals, questions, windows, approvals. */
#include "migrate.h"

#include "io/file.h"
#include "json/json.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

struct err *mig_begin(struct mig *m, struct cli *c)
{
	*m = (struct mig){ .cli = c, .a = c->arena };
	m->plan = m->target = m->log = VAL_NIL;
	if (mig_opts.dir && chdir(mig_opts.dir) < 0)
		return err_errno(errno, "enter %s", mig_opts.dir);
	return NULL;
}

static void on_signal(int sig)
{
	(void)sig;
	mig_stop = 1;
}

void mig_catch_signals(void)
{
	/* Not restarted: a sleep or wait in progress must notice. */
	struct sigaction act = { .sa_handler = on_signal };
	sigemptyset(&act.sa_mask);
	sigaction(SIGINT, &act, NULL);
	sigaction(SIGTERM, &act, NULL);
	sigaction(SIGHUP, &act, NULL);
}

struct err *mig_confirm(struct mig *m, const char *question)
{
	char answer[16] = "";
	if (mig_opts.yes || !isatty(STDERR_FILENO))
		return NULL;
	/* Standard input may be the plan. */
	int fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return NULL;
	fprintf(stderr, "%s [y/N] ", question);
	ssize_t n = read(fd, answer, sizeof(answer) - 1);
	close(fd);
	(void)m;
	if (n > 0 && (answer[0] == 'y' || answer[0] == 'Y'))
		return NULL;
	return err_new(ERR_USAGE, "not confirmed, nothing was done");
}

/* --- windows: "Sat 02:00-05:00 Asia/Tokyo", "Mon-Fri 22:00-04:00 UTC" --- */

struct window {
	bool days[7];
	int from, to; /* minutes of the day; to < from: over midnight */
	char zone[64];
};

static int day_of(const char *s)
{
	static const char *const names[] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };
	for (int i = 0; i < 7; i++)
		if (strncmp(s, names[i], 3) == 0)
			return i;
	return -1;
}

static bool parse_window(struct window *w, const char *text)
{
	char days[8];
	int h1, m1, h2, m2, n = 0;
	*w = (struct window){ 0 };
	if (sscanf(text, "%7s %2d:%2d-%2d:%2d %63s%n", days, &h1, &m1, &h2, &m2, w->zone, &n) != 6 || text[n])
		return false;
	int first = day_of(days), last = days[3] == '-' ? day_of(days + 4) : first;
	if (first < 0 || last < 0 || (days[3] != '-' && days[3]) || h1 > 24 || h2 > 24 || m1 > 59 || m2 > 59)
		return false;
	for (int d = first;; d = (d + 1) % 7) {
		w->days[d] = true;
		if (d == last)
			break;
	}
	w->from = h1 * 60 + m1;
	w->to = h2 * 60 + m2;
	return true;
}

struct err *mig_check_window(struct mig *m)
{
	const char *text = mig_text(m->a, m->target, "window", NULL);
	struct window w;
	struct tm tm;
	time_t now = time(NULL);
	if (!text || mig_opts.ignore_window)
		return NULL;
	if (!parse_window(&w, text))
		return err_new(ERR_INPUT, "window \"%s\" must look like \"Sat 02:00-05:00 Asia/Tokyo\"", text);
	const char *file = io_path(m->a, "/usr/share/zoneinfo", w.zone);
	if (strcmp(w.zone, "UTC") != 0 && (strstr(w.zone, "..") || !io_is_file(file)))
		return err_new(ERR_INPUT, "window \"%s\": the time zone %s is not known here", text, w.zone);
	setenv("TZ", w.zone, 1);
	tzset();
	localtime_r(&now, &tm);
	int minute = tm.tm_hour * 60 + tm.tm_min;
	bool over = w.to <= w.from;
	bool open = over ? (w.days[tm.tm_wday] && minute >= w.from) || (w.days[(tm.tm_wday + 6) % 7] && minute < w.to)
			 : w.days[tm.tm_wday] && minute >= w.from && minute < w.to;
	if (open)
		return NULL;
	return err_new(ERR_CONFLICT, "the window of %s is %s, and now is not in it (--ignore-window)", m->env, text);
}

struct err *mig_check_approval(struct mig *m)
{
	struct val approve = val_get(m->target, "approve"), given;
	const char *path =
		io_path(m->a, io_path(m->a, io_path(m->a, ".chart-migrate", m->name), m->env), "approval.json");
	struct str text;
	if (approve.kind != VAL_BOOL || !approve.b)
		return NULL;
	if (!io_is_file(path))
		return err_new(ERR_AUTH, "%s runs only plans that were approved: chart-migrate approve PLAN", m->env);
	TRY(io_read(&text, m->a, path, 1 << 16));
	TRY(json_load(&given, m->a, text));
	if (!str_eq(val_get_str(given, "digest"), val_get_str(m->plan, "digest")))
		return err_new(ERR_AUTH, "what was approved for %s is another plan than this one", m->env);
	return NULL;
}
