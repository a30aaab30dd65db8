/* SPDX-License-Identifier: GPL-2.0 */
/* Where the suite's own files are. */
#ifndef UTIL_PLACES_H
#define UTIL_PLACES_H

/*
 * @name in the source tree that the running program was built in: the nearest folder above it that
 * holds tests/matrix. From malloc; NULL: there is none, or no memory.
 */
char *places_source(const char *name);

/*
 * The folder of the baselines: $IOMMU_PERF_BASELINES, else "baselines" in the source tree that the
 * running program was built in, else the one it was built for. From malloc; NULL: no memory.
 */
char *places_baselines(void);

/*
 * The folder for what is downloaded and for snapshots: $IOMMU_PERF_CACHE, else iommu-perf in
 * $XDG_CACHE_HOME, else in ~/.cache. From malloc; NULL: no memory.
 */
char *places_cache(void);

/* The file of the history: $IOMMU_PERF_HISTORY, else history.db in the cache, likewise. */
char *places_history(void);

/* The file of the matrix: $IOMMU_PERF_MATRIX, else tests/matrix of the source tree, likewise. */
char *places_matrix(void);

#endif
