// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "agent/boot.h"
#include "agent/guest_vm.h"
#include "agent/mode.h"
#include "agent/sysroot.h"

enum { ARGS_MAX = 64 };

/* QEMU's half and the guest kernel's half of a mode. */
struct guest_kind {
	enum guest_mode mode;
	const char *iommu;	/* QEMU's options */
	const char *device;	/* of the assigned device, appended to its options */
	const char *cmdline;
	bool nests;		/* needs a host that offers nested translation */
};

#if defined(__aarch64__)
#define MACHINE "-machine virt,gic-version=3 -bios " SYSROOT "/usr/share/qemu-efi-aarch64/QEMU_EFI.fd " \
	"-m 512M"
#define SMMU "-object iommufd,id=iommufd0 -device arm-smmuv3,primary-bus=pcie.0,id=smmuv3.0,accel=on"
#define CONSOLE "ttyAMA0"
#define PLACE ",addr=3"

static const struct guest_kind kinds[] = {
	{ GUEST_NESTED, SMMU, ",iommufd=iommufd0", "iommu.strict=1", true },
	{ GUEST_NESTEDLAZY, SMMU, ",iommufd=iommufd0", "iommu.strict=0", true },
};
#else
#define MACHINE "-L " SYSROOT "/usr/share/seabios -L " SYSROOT "/usr/share/qemu " \
	"-machine q35,kernel-irqchip=split -m 256M"
#define CACHING "-device intel-iommu,intremap=on,caching-mode=on"
#define NESTING "-object iommufd,id=iommufd0 " \
	"-device intel-iommu,intremap=on,scalable-mode=on,caching-mode=on,fsts=on"
#define CONSOLE "ttyS0"
#define PLACE ""

static const struct guest_kind kinds[] = {
	{ GUEST_PASSTHROUGH, CACHING, "", "intel_iommu=on iommu=pt", false },
	{ GUEST_SHADOW, CACHING, "", "intel_iommu=on iommu.strict=1", false },
	{ GUEST_NESTED, NESTING, ",iommufd=iommufd0", "intel_iommu=on,sm_on iommu.strict=1", true },
	{ GUEST_NESTEDLAZY, NESTING, ",iommufd=iommufd0", "intel_iommu=on,sm_on iommu.strict=0",
	  true },
};
#endif

struct args {
	char *v[ARGS_MAX];
	int n;
};

/* Each blank-separated word of @text, which it cuts, as an argument. */
static void add_words(struct args *a, char *text)
{
	char *save, *word = strtok_r(text, " ", &save);

	for (; word && a->n < ARGS_MAX - 1; word = strtok_r(NULL, " ", &save))
		a->v[a->n++] = word;
}

static void add(struct args *a, const char *option, char *value)
{
	a->v[a->n++] = (char *)option;
	a->v[a->n++] = value;
}

static const struct guest_kind *find_kind(enum guest_mode mode)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (kinds[i].mode == mode)
			return &kinds[i];
	return NULL;
}

static int check_kind(const struct guest_kind *kind, enum guest_mode mode, struct err *e)
{
	if (!kind)
		return err_set(e, ENOTSUP, "agent: no guest is a %s one", guest_mode_name(mode));
	return kind->nests ? mode_check_nesting(e) : 0;
}

/* The child: the guest's two serial ports are given to it, and it ends with its parent. */
static _Noreturn void become_qemu(const struct guest_vm *vm, int channel, int console,
				  const char *cmdline)
{
	static char program[] = SYSROOT_LOADER " --library-path " SYSROOT_LIBRARIES " " SYSROOT_QEMU;
	static char usual[] = "-nodefaults -no-user-config -display none -no-reboot";
	char machine[sizeof(vm->machine)], serial[64];
	int null = open("/dev/null", O_RDONLY);
	struct args a = { .n = 0 };

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	snprintf(machine, sizeof(machine), "%s", vm->machine);
	snprintf(serial, sizeof(serial), "socket,id=channel,fd=%d", channel);
	add_words(&a, program);
	add_words(&a, usual);
	add_words(&a, machine);
	add(&a, "-kernel", "/guest/vmlinuz");
	add(&a, "-initrd", "/guest/initramfs");
	add(&a, "-append", (char *)cmdline);
	add(&a, "-serial", "file:/proc/self/fd/1");
	add(&a, "-chardev", serial);
	add(&a, "-serial", "chardev:channel");
	if (null < 0 || dup2(null, 0) < 0 || dup2(console, 1) < 0 || dup2(console, 2) < 0)
		_exit(126);
	execv(a.v[0], a.v);
	dprintf(2, "%s: %s\n", a.v[0], strerror(errno));
	_exit(127);
}

int guest_vm_start(struct guest_vm *vm, enum guest_mode mode, const char *nic, const char *probes,
		   struct err *e)
{
	const struct guest_kind *kind = find_kind(mode);
	int channel[2], console[2], ret = check_kind(kind, mode, e);
	char cmdline[1024];

	if (ret)
		return ret;
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, channel) || pipe(console))
		return err_set(e, errno, "agent: start the guest: %s", strerror(errno));
	memset(vm, 0, sizeof(*vm));
	snprintf(vm->machine, sizeof(vm->machine), "-accel kvm -cpu host -smp 1 " MACHINE " %s "
		 "-device vfio-pci,host=%s,rombar=0" PLACE "%s", kind->iommu, nic, kind->device);
	snprintf(cmdline, sizeof(cmdline), "console=" CONSOLE " " BOOT_CMDLINE " %s -- role=guest probes=%s", kind->cmdline,
		 probes);
	vm->channel = channel[0];
	vm->console = console[0];
	fcntl(vm->channel, F_SETFD, FD_CLOEXEC);
	fcntl(vm->console, F_SETFD, FD_CLOEXEC);
	fcntl(vm->console, F_SETFL, O_NONBLOCK);
	vm->pid = fork();
	if (vm->pid < 0)
		return err_set(e, errno, "agent: start the guest: %s", strerror(errno));
	if (!vm->pid)
		become_qemu(vm, channel[1], console[1], cmdline);
	close(channel[1]);
	close(console[1]);
	return 0;
}

static void say(struct guest_vm *vm)
{
	printf(GUEST_VM_SAYS "%.*s\n", (int)vm->nr_said, vm->said);
	fflush(stdout);
	vm->nr_said = 0;
}

void guest_vm_relay(struct guest_vm *vm)
{
	char text[4096];
	ssize_t n = read(vm->console, text, sizeof(text));

	for (ssize_t i = 0; i < n; i++) {
		if (text[i] == '\n' || vm->nr_said == sizeof(vm->said))
			say(vm);
		if (text[i] != '\n' && text[i] != '\r')
			vm->said[vm->nr_said++] = text[i];
	}
}
