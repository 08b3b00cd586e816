/* SPDX-License-Identifier: Apache-2.0 */
/*
 * "tcpw-ENGINE WORD..." runs "../tcpw/bin/tcpw --engine ENGINE WORD...": the tests
 * want one word, and a shell script would change the environment.
 */
#define _GNU_SOURCE
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	char self[4096] = "", path[5000];
	char **words = calloc(argc + 3, sizeof(*words));
	char *engine = strrchr(argv[0], '-');

	if (!words || !engine || readlink("/proc/self/exe", self, sizeof(self) - 1) < 0)
		return 125;
	snprintf(path, sizeof(path), "%s/../tcpw/bin/tcpw", dirname(self));
	words[0] = argv[0];
	words[1] = "--engine";
	words[2] = engine + 1;
	memcpy(words + 3, argv + 1, argc * sizeof(*words));
	execv(path, words);
	perror(path);
	return 125;
}
