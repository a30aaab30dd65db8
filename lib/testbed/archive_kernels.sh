# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2016,SC2034,SC2153
#
# The stock kernels of Debian's archive: of every suite that has some, which is a view of its own.

SUITES='bookworm bookworm-updates bookworm-backports trixie trixie-updates trixie-backports sid'
SUITES_SECURITY='bookworm-security trixie-security'

archive_kernels_config() {
	APT=$CACHE/apt-kernels
	archive_write_config
}

# Read the lists of those suites that the archive has; the others are said and left out. Within an
# hour they are not read again. With the lock of the cache, as apt works in its folder.
archive_kernels_open() {
	local log missing suite

	archive_kernels_config
	log=$APT/log
	[ -z "$(find "$APT/read" -mmin -60 2>/dev/null)" ] || return 0
	say "reading Debian's package lists (${SUITES// /, }, ${SUITES_SECURITY// /, }:" \
		"about 25 MB when new)"
	while archive_write_suites "$SUITES" "$SUITES_SECURITY" &&
		! apt_private apt-get -qq update >"$log" 2>&1; do
		missing=$(sed -n "s/^E: The repository '[^ ]* \([^ ]*\) Release' does not have.*/\1/p" \
			"$log")
		[ -n "$missing" ] || die_of_apt "cannot read Debian's package lists" "$log"
		for suite in $missing; do
			say "the archive has no $suite: left out"
			SUITES=$(without "$suite" "$SUITES")
			SUITES_SECURITY=$(without "$suite" "$SUITES_SECURITY")
		done
	done
	touch "$APT/read"
}

without() {
	tr ' ' '\n' <<<"$2" | grep -vxF "$1" | paste -sd ' ' || true
}

# "RELEASE VERSION PACKAGE SUITE" of each stock kernel: neither cloud (no e1000e) nor rt, of each
# release its newest package, and the signed one where there is one.
kernels_of_archive() {
	local names

	names=$(apt_private apt-cache pkgnames linux-image-)
	names=$(grep -E '^linux-image-[0-9]+\.[0-9]+\.[0-9][^-]*(-[0-9]+)?-amd64(-unsigned)?$' \
		<<<"$names") ||
		die "the archive has no stock kernel: no linux-image-*-amd64 in $SUITES"
	# shellcheck disable=SC2086
	apt_private apt-cache madison $names | awk -F ' *[|] *' '
		$3 ~ /Packages$/ {
			package = release = $1
			gsub(/ /, "", package)
			release = package
			sub(/^linux-image-/, "", release)
			unsigned = sub(/-unsigned$/, "", release)
			split($3, source, " ")
			sub("/.*", "", source[2])
			version = $2
			gsub(/ /, "", version)
			print release, unsigned, version, package, source[2]
		}' | sort -k 1,1 -k 2,2n -k 3,3Vr | awk '!seen[$1]++ { print $1, $3, $4, $5 }' |
		sort -k 2,2V -k 1,1V
}

# "PACKAGE PART" of each kernel that consists of several packages, of which the archive lost one;
# linux-base is one that a kernel can do without.
kernels_lacking() {
	apt_private apt-cache dumpavail | awk '
		/^Package: linux-/ { package = $2; there[package] = 1 }
		/^Depends: / && package ~ /^linux-image-/ {
			n = split($0, words, /[ ,]+/)
			for (i = 1; i <= n; i++)
				if (words[i] ~ /^linux-(binary|modules)-/)
					part[package " " words[i]] = words[i]
		}
		END { for (i in part) if (!there[part[i]]) print i }'
}

# in_range VERSION A B
in_range() {
	local upstream=${1%-*}

	[ -z "$2" ] || dpkg --compare-versions "$upstream" ge "$2" || return 1
	[ -z "$3" ] || [ "$upstream" = "$3" ] || [ "${upstream#"$3".}" != "$upstream" ] ||
		dpkg --compare-versions "$upstream" le "$3"
}

# kernels_in RANGE: those of them that are within A..B; either may be empty.
kernels_in() {
	local range=$1 first last release version package suite

	first=${range%%..*} last=${range##*..}
	kernels_of_archive | while read -r release version package suite; do
		! in_range "$version" "$first" "$last" || echo "$release $version $package $suite"
	done
}
