#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Kernels that are given: the forms that prepare.sh --kernel takes, what it says of what they lack,
# and that iommu-perf prepares one by itself. The kernel is the default one, laid out anew.
# shellcheck source=tests/meta/lib.sh
. "$(dirname "$0")/lib.sh"

default=$(realpath "$cache/kernels/default")
release=${default##*/}
private_cache
rm "$private/kernels"
mkdir "$private/kernels"
ln -s "$default" "$private/kernels/$release"
ln -s "$release" "$private/kernels/default"
export IOMMU_PERF_CACHE=$private

# prepare WHAT: sets $output, $code, $kernel (the folder that it printed) and $words.
prepare() {
	kernel=$("$here/lib/testbed/prepare.sh" --kernel "$1" 2>"$work/said")
	code=$?
	words=$(<"$work/said")
	output=$words$'\n'$kernel
}

# The options of $1 that are set in the config $2, without those that match $3.
without() {
	grep -vE "$2" "$1"
}

# as_folder DIR: the kernel as `make install` and `make modules_install` lay it out.
as_folder() {
	mkdir -p "$1/lib/modules/$release/kernel/drivers"
	cp "$default/vmlinuz" "$1/vmlinuz-$release"
	cp "$default/config" "$1/config-$release"
	cp "$default"/*.ko "$1/lib/modules/$release/kernel/drivers"
}

# as_tree DIR: as `make` leaves it.
as_tree() {
	local module

	mkdir -p "$1/arch/x86/boot" "$1/include/config" "$1/drivers/net" "$1/sound/core"
	cp "$default/vmlinuz" "$1/arch/x86/boot/bzImage"
	cp "$default/config" "$1/.config"
	echo "$release" >"$1/include/config/kernel.release"
	cp "$default"/*.ko "$1/drivers/net"
	: >"$1/sound/core/snd.ko"
	for module in "$1"/drivers/net/*.ko; do
		echo "drivers/net/$(basename "$module" .ko).o"
	done >"$1/modules.order"
	echo "sound/core/missing.o" >>"$1/modules.order"
	echo "kernel/drivers/virtio/virtio_pci.ko" >"$1/modules.builtin"
}

same_kernel() {
	cmp "$kernel/vmlinuz" "$default/vmlinuz" && cmp "$kernel/config" "$default/config" &&
		same "$(sort "$default/modules")" "$(sort "$kernel/modules")" &&
		test -e "$kernel/tcp_dctcp.ko" -a -e "$kernel/e1000e.ko"
}

lines() {
	[ "$(grep -c . <<<"$words")" -eq "$1" ] || { echo "$words"; false; }
}

echo "TAP version 13"
prepare "$default"
point "a prepared folder" 0 "$default"
is "it is taken as it is" lines 0
prepare "linux-image-$release"
point "a package that is there" 0 "the kernel is there: linux-image-$release" "$private/kernels/$release"

as_folder "$work/folder"
prepare "$work/folder"
point "a folder with its modules" 0 "$private/kernels/$release-"
is "a folder with its modules: all is there" same_kernel
before=$(ls -l --full-time "$private/kernels" "$kernel")
prepare "$work/folder/vmlinuz-$release"
is "its image by name: nothing is done again" same "$before" \
	"$words$(ls -l --full-time "$private/kernels" "$kernel")"
is "the given folder stays as it was" test ! -e "$work/folder/lib/modules/$release/modules.dep"
mkdir "$work/source"
touch "$work/source/other.ko"
ln -s "$work/source" "$work/folder/lib/modules/$release/build"
prepare "$work/folder"
is "what is in the tree that it was built in is not looked at" lines 0
cp "$work/folder/vmlinuz-$release" "$work/folder/bzImage"
prepare "$work/folder"
one_line_of="several kernels in a folder"
point "$one_line_of" 1 "holds several kernels"
is "$one_line_of: one line" lines 1
rm "$work/folder/bzImage" "$work/folder/lib/modules/$release/kernel/drivers/e1000e.ko"
prepare "$work/folder"
point "a driver is missing" 5 "lacks the drivers (modules) e1000e"

as_tree "$work/tree"
prepare "$work/tree"
point "a tree that was built in" 0 "$private/kernels/$release-"
is "a tree that was built in: all is there" same_kernel
mkdir "$work/built-in"
cp "$default/vmlinuz" "$work/built-in"
sed 's/=m$/=y/' "$default/config" >"$work/built-in/config"
prepare "$work/built-in"
point "all is built in" 0 "$private/kernels/$release-"
is "all is built in: no module is to be loaded" test ! -s "$kernel/modules"

without "$default/config" '^CONFIG_(DEBUG_INFO_BTF|TCP_CONG_DCTCP|E1000E)=' >"$work/tree/.config"
prepare "$work/tree"
point "what a kernel lacks" 5 "lacks CONFIG_DEBUG_INFO_BTF=y: no BTF" "lacks CONFIG_E1000E=m: no driver" \
	"lacks CONFIG_TCP_CONG_DCTCP=m: no --congestion dctcp" "cannot be a subject: 2 options"
is "what a kernel lacks: a line each" lines 5
without "$default/config" '^CONFIG_TCP_CONG_DCTCP=' >"$work/tree/.config"
prepare "$work/tree"
point "what a kernel can do without" 0 "lacks CONFIG_TCP_CONG_DCTCP=m"
is "nothing half-done is left" same "" "$(find "$private/" -name partial)"

without "$default/config" '^CONFIG_INTEL_IOMMU=' >"$work/tree/.config"
prepare "$work/tree"
point "the driver of an IOMMU" 0 "lacks CONFIG_INTEL_IOMMU=y: no --iommu vtd"
is "the driver of an IOMMU: one line, and that it is prepared" lines 2
without "$default/config" '^CONFIG_(INTEL|AMD|VIRTIO)_IOMMU=' >"$work/tree/.config"
prepare "$work/tree"
point "no driver of an IOMMU" 5 "no --iommu vtd" "no --iommu amd" "no --iommu virtio" \
	"cannot be a subject: it has no driver of an IOMMU"
cp "$default/config" "$work/tree/.config"

mkdir "$work/cut"
cp "$default/config" "$work/cut"
for bytes in 600 4096 100000; do
	head -c "$bytes" "$default/vmlinuz" >"$work/cut/bzImage"
	prepare "$work/cut"
	point "the first $bytes bytes of an image" 1 "$work/cut/bzImage is no kernel for x86"
	is "the first $bytes bytes of an image: one line" lines 1
done

as_folder "$work/beside"
mv "$work/beside/lib/modules/$release" "$work/beside/modules"
prepare "$work/beside"
point "modules in a folder of another name" 0 "$private/kernels/$release-"
is "modules in a folder of another name: all is there" same_kernel
find "$work/beside/modules" -name '*.ko' -exec sed -i "s/vermagic=$release/vermagic=9${release:1}/" {} +
prepare "$work/beside"
point "modules of another release" 5 "has modules of another release than $release" \
	"lacks the drivers (modules)"

touch -d '1 minute' "$work/tree/vmlinux"
prepare "$work/tree"
point "a tree that was built in part" 1 "older than its vmlinux: run 'make' there"
is "a tree that was built in part: one line" lines 1
rm "$work/tree/vmlinux"
echo "$release-more" >"$work/tree/include/config/kernel.release"
prepare "$work/tree"
point "a tree that was configured since" 1 "is $release, and it was configured as $release-more"
is "a tree that was configured since: one line" lines 1
echo "$release" >"$work/tree/include/config/kernel.release"

echo text >"$work/text"
run "$program" run strict-bare-1flows --kernel "$work/text" --out "$work/out"
one_line "no kernel at all" 2 "iommu-perf: prepare: $work/text is no kernel for x86"
mkdir "$work/empty"
run "$program" run strict-bare-1flows --kernel "$work/empty" --out "$work/out"
one_line "an empty folder" 2 "$work/empty holds no kernel"
is "nothing is written" test ! -e "$work/out"
cp "$default/config" "$work/tree/.config"
run "$program" run strict-bare-1flows --kernel "$work/tree" --out "$work/out" --no-plain --json
point "iommu-perf runs what a tree has" 4 '"no baseline"'
is "its record" grep -q "\"kernel\": \"$release" "$work/out/strict-bare-1flows.json"
prepare "$work/tree"
rm -f "$build/initramfs-${kernel##*/}.cpio"
plan
