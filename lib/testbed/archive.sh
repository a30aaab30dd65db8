# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2016,SC2153
#
# A private view of the Debian archive: its own sources list, package lists and (empty) package
# status, all below $CACHE/apt, or below $CACHE/apt-ARCHITECTURE for another than amd64. It needs no
# root and leaves the system's apt as it is; address, proxy and credentials of the archive are those
# that the system's apt uses.

KEYRING=/usr/share/keyrings/debian-archive-keyring.gpg
SUITE=trixie
ARCHITECTURE=amd64
APT=$CACHE/apt

say() { printf '%s\n' "prepare: $*" >&2; }
# To where prepare.sh says that its last word goes.
die() { printf '%s\n' "prepare: $*" >&"${DIE_FD:-2}"; exit 1; }

# die_of_apt WHAT LOG: end with apt's own first complaint.
die_of_apt() {
	die "$1: $(sed -n '/^[EW]: /{s/^..  *//p;q}' "$2")"
}

# A command that ends when this script is killed.
bound() { setpriv --pdeathsig TERM "$@"; }

human() { awk -v b="$1" 'BEGIN { printf(b < 1e6 ? "%.2f MB" : "%.1f MB", b / 1e6) }'; }

# archive_base LABEL PATH: the address of the archive's part with that label, or (where the system
# has never updated its lists and knows no labels) of the source whose address ends in PATH.
archive_base() {
	local known

	known=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' \
		'Origin: Debian' "Label: $1" 2>/dev/null)
	[ -n "$known" ] || known=$(apt-get indextargets --no-release-info --format '$(REPO_URI)' \
		'Created-By: Packages' 2>/dev/null | grep -E "/$2/?\$" || true)
	sed -n 1p <<<"$known"
}

# archive_of ARCHITECTURE: whose packages are meant from now on.
archive_of() {
	ARCHITECTURE=$1
	APT=$CACHE/apt
	[ "$ARCHITECTURE" = amd64 ] || APT+=-$ARCHITECTURE
}

apt_private() {
	local tool=$1

	shift
	LC_ALL=C bound "$tool" -c "$APT/apt.conf" "$@"
}

archive_write_config() {
	mkdir -p "$APT/lists/partial" "$APT/cache/archives/partial"
	: >"$APT/status"
	cat >"$APT/apt.conf" <<-EOF
	#clear APT::Update;
	#clear APT::Architectures;
	#clear APT::Default-Release;
	APT::Architecture "$ARCHITECTURE";
	APT::Architectures { "$ARCHITECTURE"; };
	APT::Sandbox::User "";
	APT::Update::Error-Mode "any";
	Acquire::Languages "none";
	Acquire::Retries "2";
	Acquire::http::Timeout "30";
	Acquire::https::Timeout "30";
	Dir::State "$APT";
	Dir::State::lists "$APT/lists";
	Dir::State::status "$APT/status";
	Dir::Cache "$APT/cache";
	Dir::Etc::sourcelist "$APT/sources.list";
	Dir::Etc::sourceparts "/dev/null";
	Dir::Etc::preferences "/dev/null";
	Dir::Etc::preferencesparts "/dev/null";
	EOF
}

# archive_write_suites SUITES SECURITY-SUITES: take packages from these, of the archive's two parts.
archive_write_suites() {
	local main security suite

	main=$(archive_base Debian debian)
	security=$(archive_base Debian-Security debian-security)
	[ -n "$main" ] || die "apt knows no Debian archive: name one in /etc/apt/sources.list.d"
	[ -e "$KEYRING" ] || die "$KEYRING is missing: install debian-archive-keyring"
	for suite in $1; do
		echo "deb [signed-by=$KEYRING] $main $suite main"
	done >"$APT/sources.list"
	[ -n "$security" ] || return 0
	for suite in $2; do
		echo "deb [signed-by=$KEYRING] $security $suite main"
	done >>"$APT/sources.list"
}

archive_write_sources() {
	archive_write_suites "$*" "$SUITE-security"
}

# Bring the private package lists up to date, once a call of prepare.sh for each architecture.
archive_open() {
	local log=$APT/log

	[ "${ARCHIVE_OPEN-}" != "$ARCHITECTURE" ] || return 0
	archive_write_config
	say "reading Debian's package lists" \
		"($ARCHITECTURE of $SUITE and $SUITE-backports, about 11 MB when new)"
	archive_write_sources "$SUITE" "$SUITE-updates" "$SUITE-backports"
	if ! apt_private apt-get -qq update >"$log" 2>&1; then
		grep -q "$SUITE-backports.* does not have a Release file" "$log" ||
			die_of_apt "cannot read Debian's package lists" "$log"
		say "the archive offers no $SUITE-backports: taking what $SUITE has"
		archive_write_sources "$SUITE" "$SUITE-updates"
		apt_private apt-get -qq update >"$log" 2>&1 ||
			die_of_apt "cannot read Debian's package lists" "$log"
	fi
	ARCHIVE_OPEN=$ARCHITECTURE
}

# archive_download DIR WHAT PACKAGE[=VERSION]...: fetch the packages into DIR, checked by apt
# against the signed lists, after saying how much it will be.
archive_download() {
	local dir=$1 what=$2 bytes log=$APT/log

	shift 2
	mkdir -p "$dir"
	bytes=$(apt_private apt-get -qq --print-uris download "$@" 2>"$log" |
		awk '{ sum += $3 } END { print sum + 0 }') || die_of_apt "cannot get $what" "$log"
	say "downloading $what: $# package(s), $(human "$bytes")"
	bound env -C "$dir" LC_ALL=C apt-get -c "$APT/apt.conf" -qq download "$@" \
		>"$log" 2>&1 ||
		die_of_apt "download of $what failed" "$log"
}

# unpack DEB DIR TAR-OPTION...: unpack a package, or the part of it that the options select.
unpack() {
	local deb=$1 dir=$2

	shift 2
	bound dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$dir" "$@" 2> >(head -n 1 >&2)
}
