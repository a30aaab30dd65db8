# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2016,SC2153
#
# The subject: a kernel package unpacked to what the testbed boots. $CACHE/kernels/RELEASE holds
# vmlinuz, config, the modules (decompressed), `modules` (those that are loaded at boot, in their
# order) and `package`; for a subject that is host to a guest of its own, the modules that this takes
# are in `host`, and their order is in `modules-host`.

SERIES=6.12
# What the suite needs; built-in ones need no loading.
MODULES_NEEDED='virtio_pci virtio_net e1000e qemu_fw_cfg'
# What a run or its machine may ask for: loaded then, and not at every boot. They need no others.
MODULES_ON_DEMAND='tcp_dctcp virtio_iommu'
# What a host needs besides. Of the kinds of KVM the one whose hardware QEMU can emulate.
MODULES_HOST='irqbypass kvm kvm_amd vfio vfio_iommu_type1 vfio_pci'

# The newest stock kernel of the series: neither the cloud (no e1000e) nor the rt flavour.
kernel_newest() {
	apt_private apt-cache pkgnames "linux-image-$SERIES." |
		grep -E "^linux-image-$SERIES\.[0-9]+[^-]*-amd64\$" | sort -V | tail -n 1
}

# copy_module PATH OUT: decompressed.
copy_module() {
	case $1 in
	*.xz) xz -dc "$1" ;;
	*.zst) zstd -qdc "$1" ;;
	*.gz) gzip -dc "$1" ;;
	*) cat "$1" ;;
	esac >"$2"
}

# modules_with_needed TREE RELEASE MODULE: the paths of a module and of those that it needs, in the
# order of their loading; none of those that are built in.
modules_with_needed() {
	local list

	list=$(modprobe -S "$2" -d "$1" --show-depends "$3" 2>&1) || { echo "$list" >&2; return 1; }
	awk '$1 == "insmod" { print $2 }' <<<"$list"
}

# copy_ordered ORDER DIR PATH...: copy modules into DIR and list them in ORDER, each once.
copy_ordered() {
	local order=$1 dir=$2 path name

	shift 2
	for path in "$@"; do
		name=${path##*/}
		name=${name%%.ko*}.ko
		grep -qxF "$name" "$order" && continue
		copy_module "$path" "$dir/$name"
		echo "$name" >>"$order"
	done
}

# kernel_modules TREE RELEASE OUT: copy the modules into OUT, and list those that are loaded at boot
# in OUT/modules, in order.
kernel_modules() {
	local tree=$1 release=$2 out=$3 module path list

	depmod -b "$tree" "$release"
	: >"$out/modules"
	for module in $MODULES_ON_DEMAND; do
		path=$(modinfo -b "$tree" -k "$release" -F filename "$module" 2>/dev/null) || continue
		[ ! -e "$path" ] || copy_module "$path" "$out/$module.ko"
	done
	for module in $MODULES_NEEDED; do
		list=$(modules_with_needed "$tree" "$release" "$module") ||
			die "kernel $release lacks the module $module"
		# shellcheck disable=SC2086
		copy_ordered "$out/modules" "$out" $list
	done
}

# host_modules TREE RELEASE OUT: the same for those that only a host loads, into OUT/host and
# OUT/modules-host. A kernel that lacks one can be a subject, but no host: it gets no such list.
host_modules() {
	local tree=$1 release=$2 out=$3 module list

	mkdir "$out/host"
	cp "$out/modules" "$out/all"
	for module in $MODULES_HOST; do
		if ! list=$(modules_with_needed "$tree" "$release" "$module" 2>/dev/null); then
			say "kernel $release lacks the module $module: it can host no guest"
			rm -rf "$out/host" "$out/all"
			return 0
		fi
		# shellcheck disable=SC2086
		copy_ordered "$out/all" "$out/host" $list
	done
	tail -n "+$(($(wc -l <"$out/modules") + 1))" "$out/all" >"$out/modules-host"
	rm "$out/all"
}

# prepare_kernel DEB: unpack a kernel package; sets KERNEL to its folder.
prepare_kernel() {
	local deb=$1 tmp=$PARTIAL/kernel release

	dpkg-deb -I "$deb" >/dev/null 2>&1 || die "$deb is not a Debian package"
	say "unpacking the kernel $(dpkg-deb -W --showformat='${Package} ${Version}' "$deb")"
	mkdir -p "$tmp/tree" "$tmp/out"
	# Folders that no module of the suite depends on: a third of the package.
	unpack "$deb" "$tmp/tree" --wildcards --exclude='*/sound/*' --exclude='*/drivers/gpu/*' \
		--exclude='*/drivers/media/*' --exclude='*/fs/*' './boot/*' '*/modules/*'
	[ -e "$tmp/tree/lib" ] || ln -s usr/lib "$tmp/tree/lib"
	release=$(cd "$tmp/tree/boot" && ls vmlinuz-* 2>/dev/null) ||
		die "$deb holds no kernel (boot/vmlinuz-RELEASE)"
	release=${release#vmlinuz-}
	kernel_modules "$tmp/tree" "$release" "$tmp/out"
	host_modules "$tmp/tree" "$release" "$tmp/out"
	mv "$tmp/tree/boot/vmlinuz-$release" "$tmp/out/vmlinuz"
	mv "$tmp/tree/boot/config-$release" "$tmp/out/config"
	dpkg-deb -W --showformat='${Package} ${Version}\n' "$deb" >"$tmp/out/package"
	mkdir -p "$CACHE/kernels"
	KERNEL=$CACHE/kernels/$release
	rm -rf "$KERNEL"
	mv "$tmp/out" "$KERNEL"
	rm -rf "$tmp"
}

# fetch_kernel PACKAGE: download and unpack; sets KERNEL.
fetch_kernel() {
	local dir=$PARTIAL/kernel-deb

	archive_open
	archive_download "$dir" "the kernel" "$1"
	prepare_kernel "$dir"/*.deb
	rm -rf "$dir"
}

# With what earlier versions of the suite did not unpack.
default_kernel_complete() {
	local kernel=$CACHE/kernels/default

	[ -e "$kernel/vmlinuz" ] && [ -e "$kernel/tcp_dctcp.ko" ] &&
		[ -e "$kernel/virtio_iommu.ko" ] && [ -e "$kernel/modules-host" ]
}

prepare_default_kernel() {
	local package

	! default_kernel_complete || return 0
	archive_open
	package=$(kernel_newest)
	[ -n "$package" ] || die "$SUITE has no stock kernel of the series $SERIES"
	fetch_kernel "$package"
	ln -sfn "${KERNEL##*/}" "$CACHE/kernels/default"
}
