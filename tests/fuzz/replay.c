// SPDX-License-Identifier: GPL-2.0
/*
 * replay_TARGET: feed the target all committed inputs of its corpus, tests/fuzz/corpus/TARGET/,
 * without libFuzzer.
 */
#include <dirent.h>
#include <limits.h>

#include "fuzz.h"
#include "util/file.h"
#include "util/places.h"

#define PREFIX "/replay_"

static int replay_file(const char *path)
{
	struct err e;
	char *text;
	size_t len;

	if (file_read(path, &text, &len, &e)) {
		printf("# %s\n", e.text);
		return -1;
	}
	LLVMFuzzerTestOneInput((const uint8_t *)text, len);
	free(text);
	return 0;
}

int main(int argc, char **argv)
{
	const char *prefix = strstr(argv[0], PREFIX), *name = prefix ? prefix + strlen(PREFIX) : "";
	char path[PATH_MAX], *folder = places_source("tests/fuzz/corpus");
	struct dirent **files;
	int n, i, bad = 0, used = 0;

	(void)argc;
	printf("TAP version 13\n1..1\n");
	/* A crash is told by the name of its input: the last that was printed. */
	setvbuf(stdout, NULL, _IONBF, 0);
	snprintf(path, sizeof(path), "%s/%s", folder ? folder : "", name);
	n = scandir(path, &files, NULL, alphasort);
	for (i = 0; i < n; i++) {
		if (files[i]->d_name[0] != '.') {
			snprintf(path, sizeof(path), "%s/%s/%s", folder, name, files[i]->d_name);
			printf("# %s\n", files[i]->d_name);
			bad |= replay_file(path);
			used++;
		}
		free(files[i]);
	}
	if (n >= 0)
		free(files);
	free(folder);
	printf("%sok 1 fuzz %s: %d inputs\n", bad || !used ? "not " : "", name, used);
	return bad || !used;
}
