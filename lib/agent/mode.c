// SPDX-License-Identifier: GPL-2.0
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "agent/iommu.h"
#include "agent/mode.h"
#include "agent/procfs.h"

#define VTD_DIR "/sys/class/iommu/dmar0"
#define AMD_DIR "/sys/class/iommu/ivhd0"

enum { AMD_CAP_NPCACHE = 26 };	/* AMD I/O Virtualization Technology 3.09, 3.4.1 */
enum { CAP_CM = 7, ECAP_NEST = 26, ECAP_SMTS = 43, ECAP_FSTS = 47 };

static char *read_line(const char *path)
{
	char line[4096];

	return procfs_line(path, line, sizeof(line)) ? NULL : strdup(line);
}

/* The note of type NT_GNU_BUILD_ID in the kernel's own notes, as hex. */
static char *read_build_id(void)
{
	char notes[4096], hex[2 * 64 + 1];
	int fd = open("/sys/kernel/notes", O_RDONLY | O_CLOEXEC);
	int n = fd < 0 ? -1 : procfs_read_fd(fd, notes, sizeof(notes));

	if (fd >= 0)
		close(fd);
	for (int at = 0; at + (int)sizeof(Elf64_Nhdr) <= n;) {
		Elf64_Nhdr h;
		int name, desc;

		memcpy(&h, notes + at, sizeof(h));
		name = at + sizeof(h);
		desc = name + ((h.n_namesz + 3) & ~3u);
		at = desc + ((h.n_descsz + 3) & ~3u);
		if (at > n || h.n_descsz > 64)
			break;
		if (h.n_type != NT_GNU_BUILD_ID || h.n_namesz != 4 ||
		    memcmp(notes + name, "GNU", 4))
			continue;
		for (unsigned int i = 0; i < h.n_descsz; i++)
			sprintf(hex + 2 * i, "%02x", (unsigned char)notes[desc + i]);
		return strdup(hex);
	}
	return NULL;
}

void mode_decode_vtd(uint64_t cap, uint64_t ecap, struct record_mode *mode)
{
	mode->has_capabilities = true;
	mode->caching_mode = cap >> CAP_CM & 1;
	mode->scalable_mode = ecap >> ECAP_SMTS & 1;
	mode->first_stage = ecap >> ECAP_FSTS & 1;
}

/* Scalable mode must be offered by the IOMMU and asked for; the first stage needs it. */
static void read_capabilities(struct record *r)
{
	struct record_mode *mode = &r->mode;
	const char *asked = r->env.cmdline;

	mode->cap = read_line(VTD_DIR "/intel-iommu/cap");
	mode->ecap = read_line(VTD_DIR "/intel-iommu/ecap");
	if (!mode->cap || !mode->ecap) {
		record_set_absent(r, "mode.capabilities", "no VT-d unit in " VTD_DIR);
		return;
	}
	mode_decode_vtd(strtoull(mode->cap, NULL, 16), strtoull(mode->ecap, NULL, 16), mode);
	mode->scalable_mode &= asked && strstr(asked, "sm_on");
	mode->first_stage &= mode->scalable_mode;
}

static void read_driver(struct record *r)
{
	const char *driver = iommu_driver("");

	if (driver)
		r->env.iommu_driver = strdup(driver);
	else
		record_set_absent(r, "environment.iommu_driver",
				  "no driver of an IOMMU in /sys/class/iommu");
}

/* The group of the subject's NIC @nic, as a number; -1: it is in none. */
static int group_of(const struct net *net, int nic)
{
	char path[128], group[32];

	snprintf(path, sizeof(path), "/sys/class/net/%s/device/iommu_group",
		 net->subject.nics[nic].name);
	return procfs_link(path, group, sizeof(group)) ? -1 : atoi(group);
}

static void read_domain(const struct net *net, struct record *r)
{
	char path[128];

	snprintf(path, sizeof(path), "/sys/class/net/%s/device/iommu_group/type",
		 net->subject.nics[0].name);
	r->mode.domain_type = read_line(path);
	if (!r->mode.domain_type)
		record_set_absent(r, "mode.domain_type", "the subject's NIC is in no IOMMU group");
}

/* Several NICs are to be as one: in one group, and so of one domain. */
static int check_groups(const struct net *net, struct err *e)
{
	for (int i = 1; i < net->subject.nr_nics; i++)
		if (group_of(net, i) != group_of(net, 0))
			return err_set(e, EINVAL, "agent: the subject's NICs are in IOMMU groups %d "
				       "and %d, not in one", group_of(net, 0), group_of(net, i));
	return 0;
}

int mode_read_kernel(struct record *r, struct err *e)
{
	struct utsname u;

	if (uname(&u) || asprintf(&r->env.kernel, "%s %s", u.release, u.version) < 0)
		return err_set(e, ENOMEM, "agent: no memory");
	r->env.build_id = read_build_id();
	r->env.cmdline = read_line("/proc/cmdline");
	r->env.vcpus = get_nprocs();
	if (!r->env.build_id)
		record_set_absent(r, "environment.build_id", "no build id in /sys/kernel/notes");
	read_driver(r);
	read_capabilities(r);
	return 0;
}

int mode_read_back(const struct net *net, struct record *r, struct err *e)
{
	char text[512];
	int ret = net_driver(&net->subject, text, sizeof(text), e);

	if (!ret)
		ret = mode_read_kernel(r, e);
	if (ret)
		return ret;
	r->env.nic_driver = strdup(text);
	read_domain(net, r);
	ret = check_groups(net, e);
	return ret ? ret : mode_check_lazy(r, e);
}

bool mode_is_caching_amd(const char *cap)
{
	return strtoull(cap, NULL, 16) >> AMD_CAP_NPCACHE & 1;
}

int mode_check_lazy(const struct record *r, struct err *e)
{
	char *cap;
	int ret = 0;

	if (r->scenario.guest != GUEST_BARE || r->scenario.host != HOST_LAZY ||
	    !r->mode.domain_type || strcmp(r->mode.domain_type, "DMA"))
		return 0;
	cap = read_line(AMD_DIR "/amd-iommu/cap");
	if (cap && mode_is_caching_amd(cap))
		ret = err_set(e, ENOTSUP, "%s: the kernel made the domain strict (its type is %s): "
			      "the emulated AMD IOMMU caches what is not mapped (capabilities "
			      "0x%s, NpCache), and Linux flushes such a one at each unmap",
			      r->scenario.name, r->mode.domain_type, cap);
	free(cap);
	return ret;
}

int mode_check_nesting(struct err *e)
{
	char *ecap = read_line(VTD_DIR "/intel-iommu/ecap");
	bool nest = ecap && strtoull(ecap, NULL, 16) >> ECAP_NEST & 1;
	int ret = 0;

	if (access("/dev/iommu", F_OK))
		ret = err_set(e, ENOTSUP, "the host's kernel has no /dev/iommu (CONFIG_IOMMUFD)%s%s%s",
			      ecap && !nest ? ", and its IOMMU offers no nested translation (ECAP 0x" :
			      "", ecap && !nest ? ecap : "", ecap && !nest ? ": NEST is 0)" : "");
	else if (ecap && !nest)
		ret = err_set(e, ENOTSUP, "the host's IOMMU offers no nested translation (ECAP 0x%s: "
			      "NEST is 0)", ecap);
	free(ecap);
	return ret;
}
