// SPDX-License-Identifier: GPL-2.0
/*
 * /init of a machine that only shows its IORT, the ACPI table of its SMMU, as the host of nested
 * guests must see it: with CANWBS (no device bypasses the caches) set in the root complexes. Where
 * it is not set, this sets it and raises the table's revision, which makes Linux prefer the copy.
 * Says lines "iort-init: NAME VALUE" on the console: table, in hex; state, "as wanted" or "mended";
 * error, where there is no table; present or lacking, for each file that such a host needs. Then
 * switches off.
 *
 * Offsets: ACPI 6.5, 5.2.6 (the header); IO Remapping Table, ARM DEN 0049E.f, 3 (the nodes).
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/klog.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <unistd.h>

#define TABLE		"/sys/firmware/acpi/tables/IORT"
#define SAY		"iort-init: "
#define CONSOLE_OFF	6	/* klogctl's SYSLOG_ACTION_CONSOLE_OFF */

enum {
	CHECKSUM = 9, OEM_REVISION = 24, NODE_COUNT = 36, NODE_OFFSET = 40, HEADER = 48,
	NODE_LENGTH = 1, NODE_MEMORY_FLAGS = 23, ROOT_COMPLEX = 2, CANWBS = 4,
};

static const char * const needed[] = {
	"/dev/iommu", "/dev/kvm", "/dev/vfio/vfio", "/sys/class/iommu/smmu3.0x0000000009050000",
	"/sys/kernel/btf/vmlinux",
};

static uint32_t get(const unsigned char *at, int bytes)
{
	uint32_t value = 0;

	while (bytes--)
		value = value << 8 | at[bytes];
	return value;
}

/* Set CANWBS in all root complexes; returns how many there are, or -1 for a table that is broken. */
static int set_canwbs(unsigned char *table, size_t size, int *changed)
{
	uint32_t nodes = get(table + NODE_COUNT, 4);
	size_t at = get(table + NODE_OFFSET, 4);
	int complexes = 0;

	for (; nodes; nodes--) {
		size_t length;

		if (at + NODE_MEMORY_FLAGS >= size)
			return -1;
		length = get(table + at + NODE_LENGTH, 2);
		if (table[at] == ROOT_COMPLEX) {
			complexes++;
			*changed |= !(table[at + NODE_MEMORY_FLAGS] & CANWBS);
			table[at + NODE_MEMORY_FLAGS] |= CANWBS;
		}
		at += length;
	}
	return complexes;
}

/* Raise the revision, a little-endian number, by one; all bytes of a table add up to 0. */
static void mend(unsigned char *table, size_t size)
{
	unsigned char sum = 0, *byte = table + OEM_REVISION;

	while (++*byte == 0)
		byte++;
	table[CHECKSUM] = 0;
	for (size_t i = 0; i < size; i++)
		sum += table[i];
	table[CHECKSUM] = -sum;
}

static void show(void)
{
	static unsigned char table[65536];
	int fd = open(TABLE, O_RDONLY), changed = 0, complexes;
	ssize_t got, size = 0;

	while (fd >= 0 && (got = read(fd, table + size, sizeof(table) - size)) > 0)
		size += got;
	if (size < HEADER) {
		puts(SAY "error the firmware has no table IORT");
		return;
	}
	complexes = set_canwbs(table, size, &changed);
	if (complexes < 1) {
		puts(SAY "error its table IORT has no root complex");
		return;
	}
	if (changed)
		mend(table, size);
	printf(SAY "table ");
	for (ssize_t i = 0; i < size; i++)
		printf("%02x", table[i]);
	printf("\n" SAY "%s\n", changed ? "state mended" : "state as wanted");
}

int main(void)
{
	struct stat unused;

	klogctl(CONSOLE_OFF, NULL, 0);
	mkdir("/sys", 0755);
	mkdir("/dev", 0755);
	if (mount("sysfs", "/sys", "sysfs", 0, NULL) || mount("dev", "/dev", "devtmpfs", 0, NULL))
		puts(SAY "error cannot mount sysfs and devtmpfs");
	show();
	for (size_t i = 0; i < sizeof(needed) / sizeof(*needed); i++)
		printf(SAY "%s %s\n", stat(needed[i], &unused) ? "lacking" : "present", needed[i]);
	fflush(stdout);
	sync();
	reboot(RB_POWER_OFF);
	return 1;
}
