/* SPDX-License-Identifier: Apache-2.0 */
/* The time of day has no part in what is measured. */
#ifndef CLOCK_H
#define CLOCK_H

#include <time.h>

/* On a clock that all processes share and nobody sets. */
static inline double milliseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1e3 + now.tv_nsec / 1e6;
}

/* For qsort. */
static inline int compare_doubles(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

#endif
