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

# Kinds of drivers that none of them needs.
UNNEEDED=(gpu media net/wireless net/usb net/can infiniband scsi usb iio hid input mtd staging md
	hwmon isdn mmc nvme target platform ata rtc comedi power regulator leds)

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
	local tree=$1 release=$2 out=$3 module path list lacks=

	depmod -b "$tree" "$release"
	: >"$out/modules"
	for module in $MODULES_ON_DEMAND; do
		path=$(modinfo -b "$tree" -k "$release" -F filename "$module" 2>/dev/null) || continue
		[ ! -e "$path" ] || copy_module "$path" "$out/$module.ko"
	done
	for module in $MODULES_NEEDED; do
		if ! list=$(modules_with_needed "$tree" "$release" "$module" 2>/dev/null); then
			# Without its list of what is built in, that is what it must be.
			[ ! -e "$tree/lib/modules/$release/modules.builtin" ] || lacks+=" $module"
			continue
		fi
		# shellcheck disable=SC2086
		copy_ordered "$out/modules" "$out" $list
	done
	[ -z "$lacks" ] || unfit "kernel $release lacks the drivers (modules)$lacks"
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

# The release of the kernel whose packages were unpacked into TREE, and below TREE its image and its
# configuration. Since 6.18 they may be where the modules are.
find_kernel() {
	local tree=$1 image

	for image in "$tree"/boot/vmlinuz-* "$tree"/usr/lib/modules/*/vmlinuz; do
		case $image in
		*'*'*) continue ;;
		*/boot/*) RELEASE=${image##*/vmlinuz-} IMAGE=$image CONFIG=$tree/boot/config-$RELEASE ;;
		*) IMAGE=$image CONFIG=${image%/*}/config RELEASE=${image%/*} RELEASE=${RELEASE##*/} ;;
		esac
		return 0
	done
	return 1
}

# prepare_kernel DEB [PART.deb...]: unpack a kernel package, of several parts since 6.19; sets KERNEL
# to its folder.
prepare_kernel() {
	local deb=$1 tmp=$PARTIAL/kernel part RELEASE IMAGE CONFIG

	dpkg-deb -I "$deb" >/dev/null 2>&1 || die "$deb is not a Debian package"
	say "unpacking the kernel $(dpkg-deb -W --showformat='${Package} ${Version}' "$deb")"
	mkdir -p "$tmp/tree" "$tmp/out"
	# Folders that no module of the suite depends on: most of the package, and of depmod's time.
	for part; do
		unpack "$part" "$tmp/tree" --wildcards --exclude='*/sound/*' --exclude='*/fs/*' \
			--exclude='./usr/share/*' --exclude='*/net/netfilter/*' \
			"${UNNEEDED[@]/#/--exclude=*/drivers/}"
	done
	[ -e "$tmp/tree/lib" ] || ln -s usr/lib "$tmp/tree/lib"
	find_kernel "$tmp/tree" || die "$deb holds no kernel (vmlinuz)"
	mv "$IMAGE" "$tmp/out/vmlinuz"
	[ ! -e "$CONFIG" ] || mv "$CONFIG" "$tmp/out/config"
	check_kernel "$tmp/out/config" "$RELEASE"
	kernel_modules "$tmp/tree" "$RELEASE" "$tmp/out"
	host_modules "$tmp/tree" "$RELEASE" "$tmp/out"
	dpkg-deb -W --showformat='${Package} ${Version}\n' "$deb" >"$tmp/out/package"
	mkdir -p "$CACHE/kernels"
	KERNEL=$CACHE/kernels/$RELEASE
	rm -rf "$KERNEL"
	mv "$tmp/out" "$KERNEL"
	rm -rf "$tmp"
}

# kernel_parts DEB: "PACKAGE=VERSION" of the packages that hold what DEB itself does not. Of a file
# that is no package there are none, and prepare_kernel() complains of it.
kernel_parts() {
	{ dpkg-deb -f "$1" Depends 2>/dev/null || true; } | tr ',' '\n' |
		sed -n 's/^ *\(linux-\(base\|binary\|modules\)-[^ ]*\) (= \([^)]*\)).*/\1=\3/p'
}

# download_kernel PACKAGE[=VERSION]: its packages into $PARTIAL/kernel-deb. linux-base, which holds
# the configuration and the list of what is built in, is for all architectures, and of older kernels
# the archive has it no longer: they do without. Without another part it is no kernel.
download_kernel() {
	local dir=$PARTIAL/kernel-deb part parts=()

	archive_download "$dir" "the kernel" "$1"
	for part in $(kernel_parts "$dir"/linux-image-*.deb); do
		if apt_private apt-get -qq --print-uris download "$part" >/dev/null 2>&1; then
			parts+=("$part")
		elif [ "${part#linux-base-}" = "$part" ]; then
			unfit "the archive has no ${part%%=*}, which holds a part of this kernel"
		fi
	done
	[ "${#parts[@]}" -eq 0 ] || archive_download "$dir" "the rest of it" "${parts[@]}"
}

# prepare_downloaded: what download_kernel() fetched.
prepare_downloaded() {
	local dir=$PARTIAL/kernel-deb debs=() part

	for part in "$dir"/linux-image-*.deb "$dir"/*.deb; do
		[ "$part" = "${debs[0]-}" ] || debs+=("$part")
	done
	prepare_kernel "${debs[@]}"
	rm -rf "$dir"
}

# fetch_kernel PACKAGE: download and unpack; sets KERNEL.
fetch_kernel() {
	archive_open
	download_kernel "$1"
	prepare_downloaded
}

# kernel_of_package NAME[=VERSION]: the folder of a package that is already there.
kernel_of_package() {
	local file

	for file in "$CACHE"/kernels/*/package; do
		case "$(cat "$file" 2>/dev/null) " in
		"${1/=/ } "*) say "the kernel is there: $(<"$file")"; echo "${file%/package}"; return ;;
		esac
	done
	return 1
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
