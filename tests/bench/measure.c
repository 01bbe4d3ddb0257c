/* SPDX-License-Identifier: Apache-2.0 */
/* measure: runs a program with its output thrown away; prints its exit status, CPU seconds and peak memory in KiB. */
#define _GNU_SOURCE /* wait4 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static double seconds(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

int main(int argc, char **argv)
{
	if (argc < 2)
		return 2;
	pid_t pid = fork();
	if (pid < 0)
		return 1;
	if (pid == 0) {
		int null = open("/dev/null", O_RDWR);
		for (int fd = 0; fd < 3; fd++)
			dup2(null, fd);
		execv(argv[1], argv + 1);
		_exit(127);
	}
	int status;
	struct rusage used;
	if (wait4(pid, &status, 0, &used) < 0)
		return 1;
	printf("%d %.6f %ld\n", WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status),
		seconds(used.ru_utime) + seconds(used.ru_stime), used.ru_maxrss);
	return 0;
}
