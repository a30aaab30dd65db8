# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# The system's own packages that the build and the preparation need; the names are those of
# Debian 12 and 13. Installing them is the one thing that takes an administrator.

PACKAGES='binutils bpftool clang cpio gcc kmod libbpf-dev libc6-dev libelf-dev libjansson-dev
libmnl-dev libsmartcols-dev libsqlite3-dev linux-libc-dev llvm make perl xz-utils zlib1g-dev'

# The packages of the list that are not installed, on one line.
packages_missing() {
	local name status
	declare -A installed=()

	# shellcheck disable=SC2086
	while read -r name status; do
		[ "$status" != installed ] || installed[$name]=1
	done < <(dpkg-query -W -f '${Package} ${db:Status-Status}\n' $PACKAGES 2>/dev/null)
	for name in $PACKAGES; do
		[ -n "${installed[$name]-}" ] || printf '%s ' "$name"
	done
}

# Bytes to download for the packages of $1; 0 where apt does not know them.
packages_size() {
	# shellcheck disable=SC2086
	{ apt-get -qq --print-uris --no-install-recommends install $1 2>/dev/null || true; } |
		awk '{ sum += $3 } END { print sum + 0 }'
}

prepare_packages() {
	local missing log=$CACHE/packages.log bytes

	command -v dpkg-query apt-get >/dev/null ||
		die "this is not Debian: the suite prepares itself on Debian 12 and 13 only"
	missing=$(packages_missing)
	[ -n "$missing" ] || return 0
	if [ "$(id -u)" -ne 0 ]; then
		say "packages are missing; an administrator must run:"
		say "    apt-get install --no-install-recommends $missing"
		exit 4
	fi
	export DEBIAN_FRONTEND=noninteractive
	bytes=$(packages_size "$missing")
	if [ "$bytes" -eq 0 ]; then
		say "reading the system's package lists"
		bound apt-get -qq update >"$log" 2>&1 || die_of_apt "apt-get update failed" "$log"
		bytes=$(packages_size "$missing")
	fi
	say "installing packages of the system ($(human "$bytes")): $missing"
	# shellcheck disable=SC2086
	bound apt-get -y -qq --no-install-recommends install $missing >"$log" 2>&1 ||
		die_of_apt "cannot install the packages" "$log"
	rm -f "$log"
}
