# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2015,SC2153
#
# kselftest's headers, lib.mk and runner, from the source package of the subject's series.

prepare_kselftest() {
	local tmp=$PARTIAL/kselftest part=tools/testing/selftests package=linux-source-$SERIES

	[ ! -e "$CACHE/kselftest/kselftest_harness.h" ] || return 0
	archive_open
	archive_download "$tmp/deb" "kselftest's headers (in the kernel's source)" "$package"
	mkdir "$tmp/out"
	# Each name occurs once, so tar can stop at the last one; xz then dies of a closed pipe.
	bound dpkg-deb --fsys-tarfile "$tmp"/deb/*.deb |
		tar -xO --occurrence=1 "./usr/src/$package.tar.xz" 2>/dev/null |
		xz -dc 2>/dev/null |
		tar -x -C "$tmp/out" --strip-components=4 --occurrence=1 \
			"$package/$part/kselftest.h" "$package/$part/kselftest_harness.h" \
			"$package/$part/lib.mk" "$package/$part/run_kselftest.sh" || true
	[ -s "$tmp/out/kselftest.h" ] && [ -s "$tmp/out/kselftest_harness.h" ] &&
		[ -s "$tmp/out/lib.mk" ] || die "$package does not hold $part/kselftest_harness.h"
	rm -rf "$CACHE/kselftest"
	mv "$tmp/out" "$CACHE/kselftest"
	rm -rf "$tmp"
}
