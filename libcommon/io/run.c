/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE /* pipe2, environ */
#include "io/run.h"

#include "base/mem.h"
#include "io/hold.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define OUTPUT_MAX ((size_t)64 << 20)
#define SLICE_MS 50   /* how often limits and the end of the child are looked at */
#define GRACE_MS 5000 /* from SIGTERM to SIGKILL */
#define LINGER_MS 500 /* how long pipes that outlive the child are still read */

/* What the child could not do, sent through the report pipe. */
struct report {
	int what; /* 'd' folder, 'x' program */
	int code; /* errno */
};

struct child {
	pid_t pid;
	int in, out, err;   /* our ends; -1 when closed */
	struct str input;   /* still to be written */
	struct buf text[2]; /* what came out: standard output, standard error */
	int64_t deadline;   /* when it is too late; 0: never */
	int64_t kill_at;    /* when SIGKILL follows SIGTERM; 0: no SIGTERM yet */
	int64_t gone_at;    /* when it was seen to have ended; 0: not yet */
	const volatile sig_atomic_t *stop;
	bool timed_out, stopped, killed;
};

static int64_t now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void shut(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* A pipe whose ends are above 2, so that the child can put them in place in any order. */
static struct err *open_pipe(int ends[2])
{
	if (pipe2(ends, O_CLOEXEC) < 0)
		return err_errno(errno, "make a pipe");
	for (int i = 0; i < 2; i++) {
		if (ends[i] > 2)
			continue;
		int high = fcntl(ends[i], F_DUPFD_CLOEXEC, 3);
		if (high < 0) {
			struct err *e = err_errno(errno, "make a pipe");
			close(ends[0]);
			close(ends[1]);
			return e;
		}
		close(ends[i]);
		ends[i] = high;
	}
	return NULL;
}

static void default_signals(void)
{
	sigset_t none;
	sigemptyset(&none);
	for (int sig = 1; sig < 32; sig++)
		signal(sig, SIG_DFL);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static _Noreturn void become(const struct io_run *r, int in, int out, int err, int report)
{
	struct report fault = { 'x', 0 };
	setpgid(0, 0);
	default_signals();
#ifdef __linux__
	if (r->with_us)
		prctl(PR_SET_PDEATHSIG, SIGTERM);
#endif
	if (in < 0)
		in = open("/dev/null", O_RDONLY | O_CLOEXEC);
	if (in < 0 || dup2(in, 0) < 0 || dup2(out, 1) < 0 || (err >= 0 && dup2(err, 2) < 0))
		fault.code = errno;
	/* /dev/null may have become descriptor 0 itself, where dup2 leaves the flag. */
	if (!fault.code && in == 0)
		fcntl(0, F_SETFD, 0);
	if (!fault.code && r->dir && chdir(r->dir) < 0)
		fault = (struct report){ 'd', errno };
	if (!fault.code) {
		union {
			const char *const *from;
			char **to;
		} env = { r->env }, argv = { r->argv };
		if (r->env)
			environ = env.to;
		execvp(r->argv[0], argv.to);
		fault.code = errno;
	}
	ssize_t n = write(report, &fault, sizeof(fault));
	_exit(n < 0 ? 126 : 127);
}

static struct err *start_fault(const struct io_run *r, int report)
{
	struct report fault;
	ssize_t n;
	do
		n = read(report, &fault, sizeof(fault));
	while (n < 0 && errno == EINTR);
	if (n != sizeof(fault))
		return NULL;
	if (fault.what == 'd')
		return err_errno(fault.code, "run %s: enter %s", r->argv[0], r->dir);
	if (fault.code == ENOENT)
		return err_new(ERR_NOT_FOUND, "run %s: no such program", r->argv[0]);
	return err_errno(fault.code, "run %s", r->argv[0]);
}

static struct err *start(struct child *c, const struct io_run *r)
{
	int p[4][2] = { { -1, -1 }, { -1, -1 }, { -1, -1 }, { -1, -1 } };
	struct err *e = NULL;
	for (int i = 0; i < 4 && !e; i++)
		if ((i != 0 || r->input.len) && (i != 2 || !r->pass_stderr))
			e = open_pipe(p[i]);
	if (!e) {
		c->pid = fork();
		if (c->pid == 0)
			become(r, p[0][0], p[1][1], p[2][1], p[3][1]);
		if (c->pid < 0)
			e = err_errno(errno, "run %s: fork", r->argv[0]);
		else
			setpgid(c->pid, c->pid);
	}
	shut(&p[0][0]);
	shut(&p[1][1]);
	shut(&p[2][1]);
	shut(&p[3][1]);
	if (!e && (e = start_fault(r, p[3][0])))
		while (waitpid(c->pid, NULL, 0) < 0 && errno == EINTR)
			;
	shut(&p[3][0]);
	c->in = p[0][1];
	c->out = p[1][0];
	c->err = p[2][0];
	if (e) {
		shut(&c->in);
		shut(&c->out);
		shut(&c->err);
	}
	return e;
}

/*
 * Writes what fits. A child that does not read its input is its own business: the broken pipe just ends the writing. SIGPIPE
 * is held back and taken off again, because whether this process ignores it is for the program to decide.
 */
static void feed(struct child *c)
{
	sigset_t pipe_only, before, pending;
	sigemptyset(&pipe_only);
	sigaddset(&pipe_only, SIGPIPE);
	sigpending(&pending);
	bool had = sigismember(&pending, SIGPIPE);
	sigprocmask(SIG_BLOCK, &pipe_only, &before);
	ssize_t n = write(c->in, c->input.s, c->input.len);
	int code = errno;
	if (n < 0 && code == EPIPE && !had) {
		struct timespec none = { 0, 0 };
		while (sigtimedwait(&pipe_only, NULL, &none) < 0 && errno == EINTR)
			;
	}
	sigprocmask(SIG_SETMASK, &before, NULL);
	if (n >= 0)
		c->input = str_skip(c->input, (size_t)n);
	if (!c->input.len || (n < 0 && code != EAGAIN && code != EINTR))
		shut(&c->in);
}

static void drain(struct child *c, int *fd, struct buf *text)
{
	char chunk[65536];
	ssize_t n = read(*fd, chunk, sizeof(chunk));
	if (n > 0)
		buf_add(text, (struct str){ chunk, (size_t)n });
	else if (n == 0 || (errno != EINTR && errno != EAGAIN))
		shut(fd);
	/* Nobody will use the rest: end it. */
	if (text->over && !c->killed) {
		kill(-c->pid, SIGKILL);
		c->killed = true;
	}
}

/* Ends the child when its time is over or somebody asked for it; notes when it has ended. */
static void watch(struct child *c)
{
	int64_t now = now_ms();
	siginfo_t info = { 0 };
	/* Only looked at, not yet taken: so its group's number cannot be given to others. */
	if (!c->gone_at && waitid(P_PID, (id_t)c->pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid)
		c->gone_at = now;
	if (!c->kill_at && !c->gone_at) {
		c->stopped = (c->stop && *c->stop) || io_stop_asked();
		c->timed_out = !c->stopped && c->deadline && now >= c->deadline;
		if (c->stopped || c->timed_out) {
			kill(-c->pid, SIGTERM);
			kill(-c->pid, SIGCONT);
			c->kill_at = now + GRACE_MS;
		}
	}
	if (c->kill_at && !c->killed && (now >= c->kill_at || c->gone_at)) {
		kill(-c->pid, SIGKILL);
		c->killed = true;
	}
}

static void talk(struct child *c)
{
	while (c->in >= 0 || c->out >= 0 || c->err >= 0 || !c->gone_at) {
		struct pollfd fds[3] = { { c->in, POLLOUT, 0 }, { c->out, POLLIN, 0 }, { c->err, POLLIN, 0 } };
		int n = poll(fds, 3, SLICE_MS);
		if (n > 0 && fds[0].revents)
			feed(c);
		if (n > 0 && fds[1].revents)
			drain(c, &c->out, &c->text[0]);
		if (n > 0 && fds[2].revents)
			drain(c, &c->err, &c->text[1]);
		watch(c);
		if (c->gone_at) {
			shut(&c->in);
			if (c->killed || now_ms() - c->gone_at > LINGER_MS)
				break;
		}
		/* Both streams closed usually means the end is near: no need to wait a whole slice for it. */
		if (c->out < 0 && c->err < 0 && c->in < 0 && !c->gone_at) {
			struct timespec bit = { 0, 1000000 };
			nanosleep(&bit, NULL);
		}
	}
	shut(&c->in);
	shut(&c->out);
	shut(&c->err);
}

struct err *io_run(struct io_run_result *out, struct arena *a, const struct io_run *r)
{
	struct child c = { .in = -1, .out = -1, .err = -1, .input = r->input, .stop = r->stop };
	size_t max = r->max_output ? r->max_output : OUTPUT_MAX;
	*out = (struct io_run_result){ 0 };
	TRY(start(&c, r));
	c.text[0].max = c.text[1].max = max;
	c.deadline = r->timeout_ms > 0 ? now_ms() + r->timeout_ms : 0;
	if (c.in >= 0)
		fcntl(c.in, F_SETFL, O_NONBLOCK);
	talk(&c);
	int status = 0;
	pid_t got;
	do
		got = waitpid(c.pid, &status, 0);
	while (got < 0 && errno == EINTR);
	struct err *e = NULL;
	if (got < 0)
		e = err_errno(errno, "wait for %s", r->argv[0]);
	else if (c.text[0].over || c.text[1].over)
		e = err_new(ERR_LIMIT, "run %s: more than %zu bytes of output", r->argv[0], max);
	out->status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
	out->timed_out = c.timed_out;
	out->stopped = c.stopped;
	out->out = arena_str(a, buf_str(&c.text[0]));
	out->err = arena_str(a, buf_str(&c.text[1]));
	buf_release(&c.text[0]);
	buf_release(&c.text[1]);
	return e;
}
