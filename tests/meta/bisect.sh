#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The verb bisect, over packages and over the commits of a tree: exit codes, refusals, what is kept
# and what is put back. Nearly all values come from records that lie in the state already, of kernels
# that were never built; the trees are a Makefile that does what it is told. One machine is booted for
# a kernel that does not run, and one to show that others do. tests/proof/bisect.sh is about real ones.
# shellcheck source=tests/meta/lib.sh
. "$(dirname "$0")/lib.sh"

record=$data/strict-bare-4flows.json
slower=$data/strict-bare-4flows-slower.json	# $record, with iommu_map 2 % longer
what=(strict-bare-4flows iommu_map.mean_ns)
tree=$work/tree
state=$work/state
default=$(realpath "$cache/kernels/default")
export GIT_AUTHOR_NAME=t GIT_AUTHOR_EMAIL=t GIT_COMMITTER_NAME=t GIT_COMMITTER_EMAIL=t
export GIT_CONFIG_GLOBAL=/dev/null

quietly() {
	git -C "$tree" "$@" >/dev/null 2>&1
}

short() {
	git -C "$tree" rev-parse --short=12 "$1"
}

# A repository of commits v0 to v9. From v6 on iommu_map is longer; v4 does not build; v5 does not boot.
make_tree() {
	local i

	mkdir -p "$tree/arch/x86"
	quietly init -b main
	touch "$tree/arch/x86/Kconfig"
	cp "$default/vmlinuz" "$tree/image"
	sed 's/=m$/=y/' "$default/config" >"$tree/config"
	cat >"$tree/Makefile" <<-'MAKE'
	.RECIPEPREFIX = >
	include $(wildcard broken.mk)
	allnoconfig:
	>mkdir -p $(O)/include/config $(O)/arch/x86/boot
	>cp config $(O)/.config
	bzImage:
	>cp image $(O)/arch/x86/boot/bzImage
	>echo 6.12.0-test >$(O)/include/config/kernel.release
	>touch $(O)/vmlinux
	MAKE
	for i in $(seq 0 9); do
		echo "$i" >"$tree/version"
		rm -f "$tree/broken.mk"
		# shellcheck disable=SC2016
		[ "$i" -ne 4 ] || echo '$(error this commit does not build)' >"$tree/broken.mk"
		quietly add -A
		quietly commit -m "Version $i"
		quietly tag "v$i"
	done
}

# know NAME RECORD: put a record of that kernel into the state.
know() {
	mkdir -p "$state"
	cp "$2" "$state/$1.1.json"
}

know_all() {
	local i

	rm -rf "$state"
	for i in 0 1 2 3; do
		know "$(short "v$i")" "$record"
	done
	for i in 6 7 8 9; do
		know "$(short "v$i")" "$slower"
	done
}

bisect() {
	run "$program" bisect --tree "$tree" --state "$state" "$@" "${what[@]}"
}

as_before() {
	[ "$(git -C "$tree" symbolic-ref --short HEAD)" = main ] || { git -C "$tree" status; return 1; }
	[ ! -e "$tree/.git/BISECT_START" ] && [ ! -e "$state/checkout" ]
}

# The package lists of an archive of ten kernels, and of two among them that another compiler made.
# They were read just now.
make_archive() {
	local lists=$private/apt-kernels/lists i

	mkdir -p "$lists/partial"
	for i in $(seq 0 9); do
		archive_package "6.12.9$i+deb13" "6.12.9$i-1"
	done >"$lists/made.up_debian_dists_trixie_main_binary-amd64_Packages"
	{
		archive_package 6.12.90+deb14 6.12.90-0
		archive_package 6.12.96+deb14 6.12.96-2
	} >"$lists/made.up_debian_dists_sid_main_binary-amd64_Packages"
	printf 'deb [trusted=yes] http://made.up/debian %s main\n' trixie sid \
		>"$private/apt-kernels/sources.list"
	touch "$private/apt-kernels/read"
}

archive_package() {
	printf 'Package: linux-image-%s-amd64\nArchitecture: amd64\nVersion: %s\n' "$1" "$2"
	printf 'Filename: %s.deb\nSize: 1\nSHA256: %064d\n\n' "$1" 0
}

echo "TAP version 13"
run "$program" bisect --help
point "help" 0 "git bisect run iommu-perf bisect --step"
run "$program" bisect
one_line "nothing to do" 128 "one scenario and one metric"
run "$program" bisect "${what[@]}"
one_line "no ends" 128 "between which ends?"
run "$program" bisect --good 1 --bad 2 strict-bare-4flows iommu_map.speed
one_line "no such metric" 128 "'iommu_map.speed' is no metric"
run "$program" bisect --good 1 --bad 2 strict-bare-5flows iommu_map.mean_ns
one_line "no such scenario" 128 "'5flows'"
run "$program" bisect --step "$tree" --good-value 1 "${what[@]}"
one_line "the value of one end" 128 "both or none"

private_cache
rm "$private/kernels"
mkdir "$private/kernels"
ln -s "$default" "$private/kernels/default"
export IOMMU_PERF_CACHE=$private
trap 'rm -rf "$work" "$build"/initramfs-6.12.0-test-*.cpio' EXIT
make_tree
bisect --good v0 --bad nowhere
one_line "no such revision" 128 "$tree has no commit nowhere"
know_all
bisect --good v0 --bad v3
one_line_name="ends that are the same"
point "$one_line_name" 128 "the ends cannot be told apart: good" "within the tolerance"
is "$one_line_name: all is as it was" as_before

know_all
bisect --good v0 --bad v9
point "the first bad commit is among those that cannot be told" 125 "one of 3" \
	"this commit does not build" "Version 6" "+2.00 %" "agent"
is "all is put back" as_before
is "its log is kept" grep -q "git bisect skip" "$state/git-bisect.log"
is "that it does not build is kept" grep -q "does not build" "$state/$(short v4).skip"
know "$(short v5)" "$record"
rm "$state/$(short v5).skip"
bisect --good v0 --bad v9
point "the first bad commit is found, with what was known" 0 "first bad: $(short v6) Version 6" \
	"last good  $(short v5)" "share      100 %"
is "all is put back, once more" as_before
printf main >"$state/checkout"
quietly bisect start v9 v0
bisect --good v0 --bad v9
point "a bisection that was killed goes on" 0 "first bad: $(short v6) Version 6"
is "a bisection that was killed: all is put back" as_before
quietly bisect start v9 v0
bisect --good v0 --bad v9
point "another bisection is under way" 128 "it is not this one: 'git bisect reset' ends it"
quietly bisect reset
bisect --good v1 --bad v9
one_line "the state is of other ends" 128 "is another bisection's" "--state"
change "$slower" '"tracer": "' '"tracer": "00' "$state/$(short v9).1.json"
bisect --good v0 --bad v9
point "records that cannot be compared" 128 "tracer differs"
know "$(short v9)" "$slower"
echo 10 >"$tree/version"
bisect --good v0 --bad v9
one_line "changes in the tree" 128 "changes that are in no commit"
quietly checkout version

step() {
	run "$program" bisect --step "$tree" --state "$state" "$@" "${what[@]}"
}
quietly checkout v3
step
point "a step: good" 0 "Version 3" "good"
quietly checkout v7
step
point "a step: bad" 1 "Version 7" "bad"
quietly checkout v4
step
point "a step: does not build" 125 "cannot tell: build_kernel: $tree does not build"
step --good-value 100 --bad-value 100.1
one_line "a step: given ends that are the same" 128 "cannot be told apart"
step --good-value 100 --bad-value x
one_line "a step: no number" 128 "--bad-value x: a number"
quietly checkout v7
step --good-value 3000 --bad-value 10000
point "a step: by given ends" 0 "good"
run "$program" bisect --step "$tree" --state "$state" --good-value 3000 --bad-value 10000 \
	strict-bare-1flows iommu_map.mean_ns
one_line "a step: records of another scenario" 128 "is of strict-bare-4flows" "--state"
step --iommu amd
one_line "a step: records of another IOMMU" 128 "with --iommu vtd" "--state"
run "$program" bisect --step "$tree" --state "$work/none" "${what[@]}"
one_line "a step without ends" 128 "knows no ends"
rm "$state/$(short v7).1.json"
PATH=$work/nowhere:/usr/bin/none run /usr/bin/env PATH=/nowhere "$program" bisect --step "$tree" \
	--state "$state" "${what[@]}"
point "a step: the laboratory is broken" 128 "cannot be run"
quietly checkout v5
rm "$state/$(short v5)".*
IOMMU_PERF_QEMU=/bin/false step
point "a step: no machine runs" 128 "the laboratory is broken: QEMU ended"
is "a step: no machine runs: that says nothing of the kernel" test ! -e "$state/$(short v5).skip"
git -C "$tree" rm -q --cached arch/x86/Kconfig
rm "$tree/arch/x86/Kconfig"
step
point "a step: no source" 128 "is no kernel's source"

make_archive
state=$work/packages
for i in 0 1 2 3 4 5 6; do know "6.12.9$i-1" "$record"; done
for i in 6-2 7-1 8-1 9-1; do know "6.12.9$i" "$slower"; done
packages() {
	run "$program" bisect --state "$state" "$@" "${what[@]}"
}
packages --good 6.12.90 --bad 6.12.99
point "packages" 0 "first bad: 6.12.97-1 linux-image-6.12.97+deb13-amd64" "last good  6.12.96-1"
packages --good 6.12.98 --bad 6.12.91
one_line "packages: the wrong way round" 128 "is the newer one"
packages --good 6.12.9 --bad 6.12.99
one_line "packages: no such version" 128 "no kernel 6.12.9; it has 12, from 6.12.90-0 to 6.12.99-1"
echo "no driver" >"$state/6.12.96-1.skip"
packages --good 6.12.90 --bad 6.12.99
point "packages: one cannot be told" 125 "one of 2" "or         6.12.96-1  cannot tell: no driver"
plan
