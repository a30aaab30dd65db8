# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Pack archives for initramfs. The same input gives the same bytes. Uncompressed: under emulation
# unpacking costs more than reading.

# pack_begin OUT: begin an archive; sets $root, the folder to fill.
pack_begin() {
	root=$1.root
	rm -rf "$root"
	mkdir -p "$root"
	trap 'rm -rf "$root" "$root.tmp"' EXIT
	trap 'exit 1' HUP INT TERM
}

# pack_end OUT: what is in $root into the archive.
pack_end() {
	find "$root" -exec touch -h -d @0 {} +
	(cd "$root" && find . -mindepth 1 -print0 | LC_ALL=C sort -z |
		cpio --quiet --null -o -H newc --reproducible -R 0:0) >"$root.tmp"
	mv "$root.tmp" "$1"
}

# elf_loader PROGRAM: the path of the loader that it asks for, without the leading slash.
elf_loader() {
	LC_ALL=C readelf -lW "$1" | sed -n 's/.*program interpreter: \/\(.*\)]/\1/p'
}

# elf_needed FILE: the names of the libraries that it is linked with, a line each.
elf_needed() {
	LC_ALL=C readelf -dW "$1" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p'
}

# pack_libraries PROGRAM FROM TO [LIBRARY...]: the libraries that a program needs (and those that no
# dependency shows) and its loader, from the root folder FROM to the same places below TO. They are
# read and not run: the program may be another architecture's.
pack_libraries() {
	local program=$1 from=$2 to=$3 loader lib dir
	local -A seen=()

	shift 3
	loader=$(elf_loader "$program")
	install -D "$from/$loader" "$to/$loader"
	seen[${loader##*/}]=1
	# shellcheck disable=SC2046
	set -- "$@" $(elf_needed "$program")
	while [ $# -gt 0 ]; do
		lib=$1
		shift
		[ -z "${seen[$lib]-}" ] || continue
		seen[$lib]=1
		for dir in "lib/$(triplet "$loader")" "usr/lib/$(triplet "$loader")"; do
			[ ! -e "$from/$dir/$lib" ] || break
		done
		[ -e "$from/$dir/$lib" ] || die "$program needs $lib, which is not in $from"
		install -D "$from/$dir/$lib" "$to/$dir/$lib"
		# shellcheck disable=SC2046
		set -- "$@" $(elf_needed "$from/$dir/$lib")
	done
}

# triplet LOADER: the folder of libraries of the architecture that the loader is for.
triplet() {
	case $1 in
	*x86-64*) echo x86_64-linux-gnu ;;
	*aarch64*) echo aarch64-linux-gnu ;;
	*) die "no such architecture: its loader is $1" ;;
	esac
}
