/* SPDX-License-Identifier: Apache-2.0 */
/*
 * split KERNEL MODULE OUTPUT DEDUP: writes the BTF of the object MODULE such
 * that it goes on where that of KERNEL ends, as a kernel module's does. Unless
 * DEDUP is empty, types that both have are taken from KERNEL, as the kernel's
 * build does it.
 */
#include <bpf/btf.h>
#include <errno.h>
#include <stdio.h>

static int fail(const char *what)
{
	perror(what);
	return 1;
}

int main(int argc, char **argv)
{
	struct btf *kernel, *module, *split;
	const void *data;
	__u32 size;
	FILE *file;

	if (argc != 5)
		return 2;
	kernel = btf__parse(argv[1], NULL);
	if (!kernel)
		return fail(argv[1]);
	module = btf__parse(argv[2], NULL);
	if (!module)
		return fail(argv[2]);
	split = btf__new_empty_split(kernel);
	if (!split || btf__add_btf(split, module) < 0)
		return fail("add");
	if (*argv[4] && btf__dedup(split, NULL))
		return fail("dedup");
	data = btf__raw_data(split, &size);
	if (!data)
		return fail("raw data");
	file = fopen(argv[3], "w");
	if (!file || fwrite(data, size, 1, file) != 1 || fclose(file))
		return fail(argv[3]);
	return 0;
}
