// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "agent/net.h"
#include "agent/procfs.h"
#include "agent/vfio.h"

#define DEVICES "/sys/bus/pci/devices/"
#define DRIVER "vfio-pci"

static int write_text(const char *path, const char *text, struct err *e)
{
	int ret = procfs_write(path, text);

	return ret ? err_set(e, -ret, "agent: write %s to %s: %s", text, path, strerror(-ret)) : 0;
}

static int link_base(const char *path, char *out, size_t size, struct err *e)
{
	int ret = procfs_link(path, out, size);

	return ret ? err_set(e, -ret, "agent: %s: %s", path, strerror(-ret)) : 0;
}

static int rebind(const char *address, struct err *e)
{
	char path[128];
	int ret;

	snprintf(path, sizeof(path), DEVICES "%s/driver_override", address);
	ret = write_text(path, DRIVER, e);
	snprintf(path, sizeof(path), DEVICES "%s/driver/unbind", address);
	if (!ret)
		ret = write_text(path, address, e);
	return ret ? ret : write_text("/sys/bus/pci/drivers_probe", address, e);
}

static int check_driver(const char *address, struct err *e)
{
	char path[128], driver[256];
	int ret;

	snprintf(path, sizeof(path), DEVICES "%s/driver", address);
	ret = link_base(path, driver, sizeof(driver), e);
	if (!ret && strcmp(driver, DRIVER))
		ret = err_set(e, EBUSY, "agent: %s is bound to %s, not to " DRIVER, address, driver);
	return ret;
}

int vfio_assign_nic(const char *mac, struct vfio_device *out, struct err *e)
{
	char name[IFNAMSIZ], path[128];
	int ret = net_find_nic(mac, name, e);

	if (!ret && !name[0])
		ret = err_set(e, ENODEV, "agent: no NIC with address %s to assign", mac);
	snprintf(path, sizeof(path), "/sys/class/net/%s/device", name);
	if (!ret)
		ret = link_base(path, out->address, sizeof(out->address), e);
	if (ret)
		return ret;
	snprintf(path, sizeof(path), DEVICES "%s/iommu_group/type", out->address);
	ret = procfs_line(path, out->domain_type, sizeof(out->domain_type));
	if (ret)
		return err_set(e, -ret, "agent: %s: %s: no IOMMU, so no guest with a device", path,
			       strerror(-ret));
	ret = rebind(out->address, e);
	return ret ? ret : check_driver(out->address, e);
}
