#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# iommu-perf history kernels, with an archive of three kernels that is made up: one that is in
# the cache already, one whose package is broken, and one that lacks a part.
# shellcheck source=tests/meta/lib.sh
. "$(dirname "$0")/lib.sh"

read -r package version <"$cache/kernels/default/package"
release=${package#linux-image-}
upstream=${version%%-*}
records=$work/records
scenario=strict-bare-1flows
private_cache
export IOMMU_PERF_CACHE=$private

# What kernels.sh asks of apt. The suite of the security archive is not there.
archive() {
	mkdir "$work/bin"
	cat >"$work/bin/apt-get" <<-EOF
	#!/bin/sh
	case "\$*" in
	indextargets*Label*) ;;
	indextargets*) printf 'http://made.up/debian/\nhttp://made.up/debian-security/\n' ;;
	*update*)
		# as apt does where another is at work
		mkdir "$work/updating" || { echo "E: Could not get lock"; exit 100; }
		sleep "\${UPDATE_TAKES:-0}"
		rmdir "$work/updating"
		! grep -q nosuch "$private/apt-kernels/sources.list" ;;
	*print-uris*) echo "'http://made.up/x.deb' x.deb 9 SHA256:0" ;;
	*download*) echo broken >linux-image-0.deb ;;
	esac
	EOF
	cat >"$work/bin/apt-cache" <<-EOF
	#!/bin/sh
	case "\$*" in
	*pkgnames*) printf '%s\n' linux-image-amd64 linux-image-cloud-amd64 $package \
		$package-unsigned linux-image-9.9.9-rt-amd64 linux-image-9.9.9-amd64 \
		linux-image-9.9.8-amd64 ;;
	*dumpavail*) printf '%s\n' 'Package: linux-image-9.9.8-amd64' \
		'Depends: kmod, linux-base-9 (= 1), linux-modules-9.9.8-amd64 (= 9.9.8-1)' ;;
	*madison*) printf '%s\n' ' $package-unsigned | $version | http://made.up trixie/main amd64 Packages' \
		' $package |  $version | http://made.up trixie/main amd64 Packages' \
		' linux-image-9.9.8-amd64 | 9.9.8-1 | http://made.up sid/main amd64 Packages' \
		' linux-image-9.9.9-amd64 | 9.9.9-1 | http://made.up sid/main amd64 Packages' ;;
	esac
	EOF
	chmod +x "$work/bin"/*
	PATH=$work/bin:$PATH
}

listing() {
	run "$here/lib/testbed/kernels.sh" list "$upstream..9.9"
	point "the list: no cloud, no rt, the signed package" 0 "$release $version $package trixie" \
		"9.9.9-amd64 9.9.9-1 linux-image-9.9.9-amd64 sid"
	is "each release once" test "$(grep -c '^[0-9]' <<<"$output")" -eq 3
	run "$here/lib/testbed/kernels.sh" list ..1.0
	is "a range without kernels" test "$(grep -c '^[0-9]' <<<"$output")" -eq 0
}

# Two at the same time: while one reads the lists the other waits.
together() {
	local first

	rm "$private/apt-kernels/read"
	UPDATE_TAKES=2 "$here/lib/testbed/kernels.sh" list "$upstream..9.9" >"$work/first" 2>&1 &
	first=$!
	is "one reads the lists" wait_for 10 find "$work/updating" -maxdepth 0
	run "$here/lib/testbed/kernels.sh" list "$upstream..9.9"
	point "two lists at the same time: one waits" 0 "waiting for it" "$release $version $package trixie"
	wait "$first"
	is "two lists at the same time: the other" test $? -eq 0
}

no_kernels() {
	mv "$work/bin/apt-cache" "$work/apt-cache"
	printf '#!/bin/sh\necho linux-image-amd64\n' >"$work/bin/apt-cache"
	chmod +x "$work/bin/apt-cache"
	run "$here/lib/testbed/kernels.sh" list ..
	one_line "an archive without kernels" 1 "the archive has no stock kernel"
	mv "$work/apt-cache" "$work/bin/apt-cache"
}

kernels() {
	run "$program" history kernels "$@"
}

# The files of the records, and when they were written.
written() {
	find "$records" -type f ! -name .lock -exec stat -c '%n %Y' {} + | sort
}

measured() {
	local before

	kernels "$records" "$scenario" --kernels "$upstream..9.9" --db "$work/kernels.db"
	point "three kernels" 0 "| $release | $version, trixie |" \
		"9.9.8-1, sid | the archive lost a part of it: linux-modules-9.9.8-amd64 |" \
		"| 9.9.9-amd64 | 9.9.9-1, sid | " "is not a Debian package |"
	is "one record" test -s "$records/$release/$scenario.json"
	is "a reason is one line" test "$(wc -l <"$records/9.9.9-amd64/$scenario.reason")" -eq 1
	is "the kernel that was there is still there" test -e "$private/kernels/$release/vmlinuz"
	is "nothing else is left" test ! -e "$records/.partial" -a ! -e "$private/partial"
	run "$program" check "$records/$release/$scenario.json"
	point "the record is valid" 0 "valid"
	run "$program" history list --db "$work/kernels.db"
	point "it is in the history" 0 "$scenario"
	before=$(written)
	kernels "$records" "$scenario" --kernels "$upstream..9.9" --db "$work/kernels.db"
	point "again: nothing to do" 0 "kernels: 3 kernels"
	is "again: no file is new" same "$before" "$(written)"
}

page() {
	echo "$upstream It was so." >"$work/notes"
	kernels "$records" "$scenario" --markdown "$work/page.md" --notes "$work/notes"
	point "the page" 0
	is "it has a row of each kernel" test "$(grep -c -- '-amd64 |.*, ' "$work/page.md")" -eq 3
	is "its picture is beside it" grep -q '</svg>' "$work/page-$scenario.svg"
	is "it shows it" grep -q "(page-$scenario.svg)" "$work/page.md"
}

bad_input() {
	IOMMU_PERF_QEMU=/bin/false kernels "$work/broken" "$scenario" --kernels "$upstream..$upstream"
	point "nothing runs here" 2 "and the default kernel, which must run: " "QEMU ended"
	is "that is no kernel's fault" test -z "$(find "$work/broken" -name '*.reason')"
	kernels "$records" strict-shadow-1flows
	one_line "a scenario of two levels" 2 "two levels"
	kernels
	one_line "no folder" 2 "which folder of records"
	kernels "$work/nowhere"
	one_line "a folder that is not there" 2 "cannot open $work/nowhere"
	mkdir "$work/empty"
	kernels "$work/empty"
	one_line "an empty folder" 2 "holds records of no kernel" "--kernels RANGE"
	kernels "$records" frobnicate
	one_line "an unknown scenario" 2 "'frobnicate' is no scenario"
	kernels "$work/empty" --kernels 1.0..1.1
	point "a range without kernels" 2 "no stock kernel in 1.0..1.1"
}

# What a run that was stopped may not leave.
half_done() {
	find "$work/killed" -name '*.json' -o -name '*.reason' -o -name .partial
}

killed() {
	local pid

	"$program" history kernels "$work/killed" "$scenario" --kernels "$upstream..$upstream" \
		--db "$work/killed.db" >/dev/null 2>&1 &
	pid=$!
	is "a machine runs" wait_for 60 machines
	kill -TERM "$pid"
	wait "$pid" 2>/dev/null
	is "stopped: no machine is left" none_left machines
	is "stopped: no record, no reason" none_left half_done
}

echo "TAP version 13"
run "$program" history kernels --help
point "help" 0 "Usage: iommu-perf history kernels"
archive
listing
together
no_kernels
measured
page
bad_input
killed
plan
