// SPDX-License-Identifier: GPL-2.0
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "util/places.h"

/* Set by whoever builds the suite for a place of its own. */
#ifndef BASELINES_DIR
#define BASELINES_DIR "baselines"
#endif
#ifndef MATRIX_FILE
#define MATRIX_FILE "tests/matrix"
#endif

char *places_source(const char *name)
{
	char exe[PATH_MAX], path[PATH_MAX + 32], *slash, *found;
	ssize_t len = readlink("/proc/self/exe", exe, sizeof(exe) - 1);

	if (len < 0)
		return NULL;
	exe[len] = '\0';
	while ((slash = strrchr(exe, '/'))) {
		*slash = '\0';
		snprintf(path, sizeof(path), "%s/tests/matrix", exe);
		if (access(path, F_OK))
			continue;
		return asprintf(&found, "%s/%s", exe, name) < 0 ? NULL : found;
	}
	return NULL;
}

char *places_cache(void)
{
	const char *set = getenv("IOMMU_PERF_CACHE"), *caches = getenv("XDG_CACHE_HOME");
	const char *home = getenv("HOME");
	char *found;

	if (set && *set)
		return strdup(set);
	if (caches && *caches)
		return asprintf(&found, "%s/iommu-perf", caches) < 0 ? NULL : found;
	if (!home || !*home)
		home = "/root";
	return asprintf(&found, "%s/.cache/iommu-perf", home) < 0 ? NULL : found;
}

char *places_history(void)
{
	const char *set = getenv("IOMMU_PERF_HISTORY");
	char *cache, *found;

	if (set && *set)
		return strdup(set);
	cache = places_cache();
	if (!cache || asprintf(&found, "%s/history.db", cache) < 0)
		found = NULL;
	free(cache);
	return found;
}

static char *place(const char *variable, const char *name, const char *built_in)
{
	const char *set = getenv(variable);
	char *found;

	if (set && *set)
		return strdup(set);
	found = places_source(name);
	return found ? found : strdup(built_in);
}

char *places_baselines(void)
{
	return place("IOMMU_PERF_BASELINES", "baselines", BASELINES_DIR);
}

char *places_matrix(void)
{
	return place("IOMMU_PERF_MATRIX", "tests/matrix", MATRIX_FILE);
}
