/* SPDX-License-Identifier: Apache-2.0 */
/*
 * "tcpw-ENGINE WORD..." runs "../tcpw/bin/tcpw --engine ENGINE WORD...": the tests
 * want one word, and a shell script would change the environment.
 *
 * "tcpw-ptrace-WHO WORD..." does it as somebody without privilege.
 */
#define _GNU_SOURCE
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MOST = 4 };

static const struct {
	const char *who;
	const char *words[MOST];
} unprivileged[] = {
	{"-nobody", {"setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"}},
	{"-user-namespace", {"unshare", "--user", "--map-current-user"}},
	{"-no-capabilities", {"setpriv", "--bounding-set=-all", "--inh-caps=-all"}},
};

int main(int argc, char **argv)
{
	char self[4096] = "", path[5000];
	const char **words = calloc(argc + MOST + 3, sizeof(*words)), **next = words;
	char *engine = strstr(basename(argv[0]), "tcpw-"), *who;

	if (!words || !engine || readlink("/proc/self/exe", self, sizeof(self) - 1) < 0)
		return 125;
	snprintf(path, sizeof(path), "%s/../tcpw/bin/tcpw", dirname(self));
	engine += strlen("tcpw-");
	who = strchr(engine, '-');
	for (size_t i = 0; who && i < sizeof(unprivileged) / sizeof(*unprivileged); i++) {
		if (strcmp(who, unprivileged[i].who) != 0)
			continue;
		for (size_t j = 0; j < MOST && unprivileged[i].words[j]; j++)
			*next++ = unprivileged[i].words[j];
		*who = '\0';
		who = NULL;
	}
	if (who)
		return 125;
	*next++ = path;
	*next++ = "--engine";
	*next++ = engine;
	memcpy(next, argv + 1, argc * sizeof(*words));
	execvp(words[0], (char **)words);
	perror(words[0]);
	return 125;
}
