# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034,SC2153,SC2154
#
# Kernels that are given and are no package: a folder (or a file in it) with an image and its
# modules, or a tree that a kernel was built in. Each is prepared to a folder of
# $CACHE/kernels called RELEASE-HASH, where HASH is of its path, and again only where it has changed.

MODULES_BLOCKED='sound drivers/gpu drivers/media'	# the suite needs none of these

# What the folder of a prepared kernel says, in `package`: of files, when and how long they are.
given_identity() {
	{ stat -L -c '%n %Y %s' "$@" 2>/dev/null || true; } | paste -sd ' '
}

# modules_identity MODULES: the same of all modules, in short. MODULES as for prepare_given().
modules_identity() {
	if is_kernel_tree "$1" && [ -s "$1/modules.order" ]; then
		modules_in_order "$1" |
			{ env -C "$1" xargs stat -L -c '%n %Y %s' 2>/dev/null || true; }
	elif [ -n "$1" ] && ! is_kernel_tree "$1"; then
		# not into the tree that it was built in
		find -L "$1" \( -path "$1/build" -o -path "$1/source" \) -prune -o \
			-name '*.ko*' -printf '%P %T@ %s\n'
	fi | sha256sum | cut -c 1-16
}

# number_at FILE OFFSET BYTES
number_at() {
	od -An -t "u$3" -j "$2" -N "$3" "$1" | tr -d ' '
}

# image_release IMAGE: the release that an x86 kernel's image names, after its setup header; 1: it
# is none, or not a whole one.
image_release() {
	local release size

	[ "$(dd if="$1" bs=1 skip=514 count=4 status=none | tr -d '\0')" = HdrS ] || return 1
	# the setup's sectors and what they load, in units of 16 bytes
	size=$((($(number_at "$1" 497 1) + 1) * 512 + $(number_at "$1" 500 4) * 16))
	[ "$(stat -L -c %s "$1")" -ge "$size" ] || return 1
	release=$(dd if="$1" bs=1 skip=$(($(number_at "$1" 526 2) + 512)) count=200 status=none |
		tr '\0' '\n' | sed -n '1s/ .*//p')
	[[ $release == [0-9]*.[0-9]* ]] || return 1
	echo "$release"
}

# is_kernel_tree DIR: has a kernel been built there?
is_kernel_tree() {
	[ -e "$1/arch/x86/boot/bzImage" ] && [ -e "$1/include/config/kernel.release" ]
}

# built_in_by_config CONFIG: of the modules that are needed those that are none, as modules.builtin
# has them.
built_in_by_config() {
	local module

	for module in $MODULES_NEEDED $MODULES_ON_DEMAND; do
		! grep -qx "CONFIG_$(module_option "$module")=y" "$1" ||
			echo "kernel/$module.ko"
	done
}

# modules_in_order TREE: their paths. They have kernel/ before them until 6.2, and are objects' names
# since 6.3.
modules_in_order() {
	local blocked expression='s,^kernel/,,; s/\.o$/.ko/'

	for blocked in $MODULES_BLOCKED; do
		expression+="; \\,^$blocked/,d"
	done
	sed "$expression" "$1/modules.order"
}

# modules_of_tree TREE DIR: what `make modules_install` would put into DIR, by links.
modules_of_tree() {
	local tree=$1 dir=$2 path

	mkdir -p "$dir/kernel"
	cp -t "$dir" "$tree"/modules.builtin* 2>/dev/null || true
	[ -e "$tree/modules.order" ] || return 0
	modules_in_order "$tree" >"$dir/list"
	while read -r path; do
		[ -e "$tree/$path" ] ||
			die "$tree/$path is missing: 'make modules' there, or 'make' all"
		mkdir -p "$dir/kernel/${path%/*}"
		ln -s "$tree/$path" "$dir/kernel/$path"
		echo "kernel/$path"
	done <"$dir/list" >"$dir/modules.order"
	rm "$dir/list"
}

# are_modules_of DIR RELEASE: are they, by the folder's name or by what the first of them says?
are_modules_of() {
	local module

	[ "${1##*/}" != "$2" ] || return 0
	module=$(find "$1/" -name '*.ko*' -print -quit)
	[ -n "$module" ] && [[ $(modinfo -F vermagic "$module" 2>/dev/null) == "$2 "* ]]
}

# modules_beside IMAGE-DIR RELEASE: the folder of the modules of an image in that folder.
modules_beside() {
	local dir

	for dir in "$1/lib/modules/$2" "$1/usr/lib/modules/$2" "$1/../lib/modules/$2" \
		"$1/modules/lib/modules/$2" "$1/modules/$2" "$1/modules" "$1/$2"; do
		[ -d "$dir/kernel" ] || [ -e "$dir/modules.builtin" ] || continue
		if are_modules_of "$dir" "$2"; then
			realpath "$dir"
			return
		fi
		say "$dir has modules of another release than $2: leaving them out"
	done
	return 1
}

# first_of FILE...: the first that is there.
first_of() {
	local file

	for file; do
		[ ! -f "$file" ] || { echo "$file"; return; }
	done
	return 1
}

# image_in DIR: the one image in a folder.
image_in() {
	local found

	found=$(find -L "$1" "$1/boot" -maxdepth 1 -type f \( -name 'vmlinuz*' -o -name bzImage \) \
		2>/dev/null | sort)
	[ -n "$found" ] || die "$1 holds no kernel: no vmlinuz, bzImage or arch/x86/boot/bzImage"
	[ "$(wc -l <<<"$found")" -eq 1 ] || die "$1 holds several kernels: name one of the files"
	echo "$found"
}

# prepare_given IMAGE CONFIG MODULES|'' PATH RELEASE: into the cache; sets KERNEL. MODULES is a
# folder such as lib/modules/RELEASE, or a tree that a kernel was built in.
prepare_given() {
	local image=$1 config=$2 modules=$3 path=$4 release=$5 tmp=$PARTIAL/kernel out tree identity

	# What a subject needs may have changed with the suite, too.
	identity="$path $(given_identity "$image" "$config" "$here/../../config")"
	identity+=" $(modules_identity "$modules")"
	KERNEL=$CACHE/kernels/$release-$(sha256sum <<<"$path" | cut -c 1-8)
	[ "$(cat "$KERNEL/package" 2>/dev/null)" != "$identity" ] || return 0
	say "preparing the kernel $release of $path"
	out=$tmp/out tree=$tmp/tree/lib/modules/$release
	mkdir -p "$out" "$tree"
	cp "$image" "$out/vmlinuz"
	[ -z "$config" ] || cp "$config" "$out/config"
	if is_kernel_tree "$modules"; then
		modules_of_tree "$modules" "$tree"
	elif [ -n "$modules" ]; then
		cp -rsT "$modules" "$tree"	# links: depmod writes there
		rm -f "$tree"/modules.*.bin "$tree/build" "$tree/source"
	fi
	[ -e "$tree/modules.builtin" ] || [ -z "$config" ] ||
		built_in_by_config "$config" >"$tree/modules.builtin"
	touch "$tree/modules.order" "$tree/modules.builtin.modinfo"	# depmod asks for both
	check_kernel "$out/config" "$release"
	kernel_modules "$tmp/tree" "$release" "$out"
	strip --strip-debug "$out"/*.ko 2>/dev/null || true
	echo "$identity" >"$out/package"
	mkdir -p "$CACHE/kernels"
	rm -rf "$KERNEL"
	mv "$out" "$KERNEL"
	rm -rf "$tmp"
}

prepare_kernel_tree() {
	local tree image release built

	tree=$(realpath "$1")
	image=$tree/arch/x86/boot/bzImage
	[ -e "$tree/.config" ] || die "$tree has no .config: build a kernel there with 'make'"
	# a make that failed, or was one of vmlinux or of the modules alone
	[ ! "$tree/vmlinux" -nt "$image" ] ||
		die "$tree: its bzImage is older than its vmlinux: run 'make' there"
	built=$(image_release "$image") || die "$image is no kernel for x86 (bzImage)"
	release=$(<"$tree/include/config/kernel.release")
	[ "$built" = "$release" ] ||
		die "$tree: its bzImage is $built, and it was configured as $release since:" \
			"run 'make' there"
	prepare_given "$image" "$tree/.config" "$tree" "$tree" "$release"
}

prepare_kernel_image() {
	local image dir release config modules

	image=$(realpath "$1")
	dir=${image%/*}
	release=$(image_release "$image") || die "$image is no kernel for x86 (bzImage)"
	modules=$(modules_beside "$dir" "$release") || modules=
	config=$(first_of "$dir/config-$release" "$dir/config" "$dir/.config" \
		"${modules:-$dir}/config" "${modules:-$dir}/build/.config") || config=
	[ -n "$modules" ] || [ -n "$config" ] ||
		die "$image: neither its modules (lib/modules/$release) nor its config lie beside it"
	[ -n "$modules" ] || say "$dir has no lib/modules/$release: taking it that there are none"
	prepare_given "$image" "$config" "$modules" "$image" "$release"
}

# prepare_given_kernel WHAT: whatever it is; sets KERNEL.
prepare_given_kernel() {
	if [ -d "$1" ] && [ -e "$1/vmlinuz" ] && [ -f "$1/modules" ]; then
		KERNEL=$(realpath "$1")
	elif [ -d "$1" ] && is_kernel_tree "$1"; then
		prepare_kernel_tree "$1"
	elif [ -d "$1" ]; then
		local image

		image=$(image_in "$1") || exit 1
		prepare_kernel_image "$image"
	elif [[ $1 == *.deb ]]; then
		[ -e "$1" ] || die "there is no file $1"
		prepare_kernel "$1"
	elif [ -e "$1" ]; then
		prepare_kernel_image "$1"
	elif [[ $1 == */* ]]; then
		die "there is no $1: --kernel takes a folder, an image, a .deb or a package's name"
	elif ! KERNEL=$(kernel_of_package "$1"); then
		archive_kernels_open
		download_kernel "$1"
		prepare_downloaded
	fi
}
