# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2153
#
# QEMU and iperf3 with every library they need, loader included, in a folder of their own:
# newer than what the system has, and without touching it.

# Dependencies that only maintainer scripts use; nothing that QEMU or iperf3 load is in them.
UNUSED='adduser|base-passwd|debconf|gcc-[0-9]+-base|init-system-helpers|libaudit-common|'
UNUSED+='libpam-modules|libpam-modules-bin|libsemanage-common|login.defs|passwd'

# sysroot_closure OPTION... PACKAGE...: the packages, with versions, that apt would install on an
# empty system, as PACKAGE=VERSION.
sysroot_closure() {
	apt_private apt-get -qq --simulate --no-install-recommends install "$@" |
		awk '$1 == "Inst" { gsub(/[()]/, "", $3); print $2 "=" $3 }' |
		grep -vE "^($UNUSED)="
}

# sysroot_fill TMP WHAT PACKAGE=VERSION...: download the packages and unpack them in TMP/root.
sysroot_fill() {
	local tmp=$1 what=$2 deb

	shift 2
	archive_download "$tmp/deb" "$what" "$@"
	mkdir "$tmp/root"
	for deb in "$tmp"/deb/*.deb; do
		unpack "$deb" "$tmp/root" \
			--exclude=./usr/share/doc --exclude=./usr/share/man \
			--exclude=./usr/share/locale --exclude=./etc \
			--exclude=./usr/bin/qemu-system-i386 --exclude='./usr/bin/*-microvm' \
			--exclude=./usr/bin/qemu-system-arm
	done
	[ -e "$tmp/root/lib64" ] || ln -s usr/lib64 "$tmp/root/lib64"
	printf '%s\n' "$@" >"$tmp/root/packages"
}

# sysroot_check ROOT PROGRAM...: everything that is linked must be found inside the sysroot.
sysroot_check() {
	local root=$1 program missing

	shift
	for program in "$@"; do
		missing=$("$root/lib64/ld-linux-x86-64.so.2" \
			--library-path "$root/usr/lib/x86_64-linux-gnu" --list \
			"$root/usr/bin/$program" 2>&1 | grep -E 'not found|cannot' || true)
		[ -z "$missing" ] || die "$program lacks a library: $missing"
	done
}

# The wrapper execs, so that the process a caller started is QEMU itself.
sysroot_write_wrapper() {
	cat >"$1" <<-'EOF'
	#!/bin/sh
	# QEMU from the private sysroot, started through the sysroot's own loader.
	root=${0%/*}/sysroot
	QEMU_MODULE_DIR=$root/usr/lib/x86_64-linux-gnu/qemu
	export QEMU_MODULE_DIR
	exec "$root/lib64/ld-linux-x86-64.so.2" --library-path "$root/usr/lib/x86_64-linux-gnu" \
		"$root/usr/bin/qemu-system-x86_64" -L "$root/usr/share/seabios" \
		-L "$root/usr/share/qemu" "$@"
	EOF
	chmod 755 "$1"
}

# sysroot_newest PACKAGE: what it takes in the newest suite that has it, in $packages, and $suite.
sysroot_newest() {
	for suite in "$SUITE-backports" "$SUITE"; do
		packages=$(sysroot_closure -t "$suite" "$1") && return 0
	done
	die "neither $SUITE-backports nor $SUITE has an installable QEMU"
}

prepare_sysroot() {
	local tmp=$PARTIAL/sysroot version suite id packages

	[ ! -x "$CACHE/testbed/qemu" ] || return 0
	archive_open
	sysroot_newest qemu-system-x86
	packages+=$'\n'$(sysroot_closure iperf3) || die "$SUITE has no installable iperf3"
	version=$(sed -n 's/^qemu-system-x86=//p' <<<"$packages")
	id=${version//[!A-Za-z0-9.+~-]/_}
	say "the testbed takes QEMU $version from $suite"
	# A library that both closures name is taken once, in the version that QEMU asked for.
	mapfile -t packages < <(sort -u -t= -k1,1 -s <<<"$packages")
	sysroot_fill "$tmp" "QEMU and iperf3" "${packages[@]}"
	sysroot_check "$tmp/root" qemu-system-x86_64 iperf3
	mkdir "$tmp/testbed"
	sysroot_write_wrapper "$tmp/testbed/qemu"
	echo "# QEMU $version" >>"$tmp/testbed/qemu"	# snapshots are named by this file's hash
	ln -s "../sysroot-$id" "$tmp/testbed/sysroot"
	echo "$version ($suite)" >"$tmp/testbed/version"
	rm -rf "$CACHE/sysroot-$id" "$CACHE/testbed"
	mv "$tmp/root" "$CACHE/sysroot-$id"
	mv "$tmp/testbed" "$CACHE/testbed"
	"$CACHE/testbed/qemu" --version >/dev/null || die "the unpacked QEMU $version does not start"
	rm -rf "$tmp"
}
