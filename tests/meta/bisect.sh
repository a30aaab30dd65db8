#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The verb bisect, over packages and over the commits of a tree: exit codes, refusals, what is kept,
# and that the tree stays as it was. Nearly all values come from records that lie in the state already,
# of kernels that were never built; the trees are a Makefile that does what it is told. Machines are
# booted for a kernel that does not run, and to show that others do. tests/proof/bisect.sh is about
# real ones.
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
# A branch that was begun before all of them, and comes in with v8, makes it longer in its 2nd commit.
make_tree() {
	local i

	mkdir -p "$tree/arch/x86"
	quietly init -b main
	touch "$tree/arch/x86/Kconfig"
	cp "$default/vmlinuz" "$tree/image"
	sed 's/=m$/=y/' "$default/config" >"$tree/config"
	cat >"$tree/Makefile" <<-MAKE
	.RECIPEPREFIX = >
	include \$(wildcard broken.mk)
	allnoconfig:
	>mkdir -p \$(O)/include/config \$(O)/arch/x86/boot
	>cp config \$(O)/.config
	bzImage:
	>\$(if \$(wildcard $work/slow),sleep 4711)
	>touch \$(O)/vmlinux
	>cp image \$(O)/arch/x86/boot/bzImage
	>echo ${default##*/} >\$(O)/include/config/kernel.release
	MAKE
	make_commits
}

make_commits() {
	local i

	quietly add -A
	quietly commit -m Begin
	quietly branch topic
	for i in $(seq 0 9); do
		echo "$i" >"$tree/version"
		rm -f "$tree/broken.mk"
		# shellcheck disable=SC2016
		[ "$i" -ne 4 ] || echo '$(error this commit does not build)' >"$tree/broken.mk"
		quietly add -A
		quietly commit -m "Version $i"
		quietly tag "v$i"
	done
	quietly checkout topic
	for i in $(seq 0 3); do
		quietly commit --allow-empty -m "Topic $i"
		quietly tag "t$i"
	done
	quietly checkout -b merged v3
	quietly merge --no-ff -m "Merge topic" topic
	quietly tag m
	quietly checkout main
}

# know NAME RECORD [RUNS]: put records of that kernel into the state.
know() {
	local run

	mkdir -p "$state"
	for run in $(seq "${3:-1}"); do
		cp "$2" "$state/$1.$run.json"
	done
}

know_all() {
	local i

	rm -rf "$state"
	for i in 0 1 2 3; do
		know "$(short "v$i")" "$record" 3
	done
	for i in 6 7 8 9; do
		know "$(short "v$i")" "$slower" 3
	done
}

bisect() {
	run "$program" bisect --tree "$tree" --state "$state" "$@" "${what[@]}"
}

# All of the tree that is its owner's.
of_owner() {
	git -C "$tree" symbolic-ref HEAD
	git -C "$tree" status --porcelain
	cat "$tree/.git/BISECT_START" "$tree/.config" "$tree/version"
}

# What a bisection that was ended has left running.
left_running() {
	pgrep -f "sleep 4711|bisect --tree $tree|$private/[^ ]*qemu"
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
trap 'rm -rf "$work" "$build/initramfs-${default##*/}"-????????.cpio' EXIT
make_tree
bisect --good v0 --bad nowhere
one_line "no such revision" 128 "$tree has no commit nowhere"
bisect --good v9 --bad v0
one_line "the wrong way round" 128 "is no ancestor of the bad end"
bisect --good v3 --bad v3
one_line "one end twice" 128 "both ends are the commit"
bisect --iommu smmuv3 --good v0 --bad v9
one_line "a machine that takes no such kernel" 128 "arm64"
bisect --good v0 --bad v9 --build "$work/a folder"
one_line "a folder to build in with a blank" 128 "has a blank or a colon" "--build"
know_all
bisect --good v0 --bad v3
point "ends that are the same" 128 "the ends cannot be told apart: good" "within the tolerance"

# The owner is at work: a change in no commit, a configuration in place, a bisection of his own.
quietly bisect start
echo "mine" >>"$tree/version"
echo "mine" >"$tree/.config"
before=$(of_owner)
know_all
bisect --good v0 --bad v9
point "the first bad commit is among those that cannot be told" 125 "one of 3" \
	"this commit does not build" "Version 6" "+2.00 %" "agent"
is "the owner's tree is as it was" same "$before" "$(of_owner)"
is "that it does not build is kept" grep -q "does not build" "$state/$(short v4).skip"
GIT_DIR=$work/nowhere bisect --good v0 --bad HEAD
point "the same again, from what is known" 125 "one of 3"
know "$(short v5)" "$record"
rm "$state/$(short v5).skip"
bisect --good v0 --bad v9
point "the first bad commit is found, with what was known" 0 "first bad: $(short v6) Version 6" \
	"last good  $(short v5)" "share      100 %"
is "the owner's tree is as it was, once more" same "$before" "$(of_owner)"
know "$(short v5)" "$slower"
for i in 0 1; do know "$(short "t$i")" "$record"; done
for i in 2 3; do know "$(short "t$i")" "$slower"; done
know "$(short m)" "$slower" 3
rm -f "$state/ends.json"
bisect --good v3 --bad m
point "the first bad commit is on a branch that is older than the good end" 0 \
	"first bad: $(short t2) Topic 2" "last good  $(short t1)"
rm -f "$state/ends.json"
bisect --good v0 --bad v9
bisect --good v1 --bad v9
one_line "the state is of other ends" 128 "is another bisection's" "--state"
change "$slower" '"tracer": "' '"tracer": "00' "$state/$(short v9).1.json"
bisect --good v0 --bad v9
point "records that cannot be compared" 128 "tracer differs"

# Ended while it builds.
know_all
rm -f "$state/$(short v3)".*
mkdir "$work/objects"
ln -s "$tree" "$work/objects/source"
bisect --good v3 --bad v9 --build "$work/objects"
one_line "the owner's checkout as the worktree" 128 "is no worktree that a bisection of $tree made"
touch "$work/slow"
for signal in TERM KILL; do
	"$program" bisect --tree "$tree" --state "$state" --good v3 --bad v9 "${what[@]}" \
		>/dev/null 2>&1 &
	pid=$!
	is "it builds, $signal" wait_for 60 pgrep -f "sleep 4711"
	bisect --good v3 --bad v9
	[ "$signal" = KILL ] || one_line "another at the same time" 128 "another bisection is at work"
	kill "-$signal" "$pid"
	wait "$pid" 2>/dev/null
	is "$signal ends all of it" none_left left_running
done
rm "$work/slow"
know "$(short v3)" "$record" 3
know "$(short v5)" "$record"
rm -f "$state/$(short v5).skip"
bisect --good v3 --bad v9
point "a bisection that was killed goes on" 0 "first bad: $(short v6) Version 6"
is "the owner's tree is as it was, in the end" same "$before" "$(of_owner)"
rm "$tree/.config"
quietly checkout version
quietly bisect reset

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
point "a step: does not build" 125 "cannot tell: build_kernel: " "does not build"
quietly checkout v7
step --iommu amd
one_line "a step: the state is of another IOMMU" 128 "another bisection's" "--iommu vtd"
ends=$state state=$work/given
know "$(short v7)" "$slower"
step --good-value 100 --bad-value 100.1
one_line "a step: given ends that are the same" 128 "cannot be told apart"
step --good-value 100 --bad-value x
one_line "a step: no number" 128 "--bad-value x: a number"
step --good-value 3000 --bad-value 10000
point "a step: by given ends" 0 "good"
step --good-value 3000 --bad-value 9000
one_line "a step: by others" 128 "another bisection's" "3000 to 10000"
know "$(short v7)" "$data/strict-shadow-4flows.json"
step --good-value 3000 --bad-value 10000
one_line "a step: records of another scenario" 128 "is of strict-shadow-4flows" "--state"
step --iommu smmuv3 --clock real --good-value 3000 --bad-value 10000
one_line "a step: what the testbed cannot" 128 "counted clock alone"
state=$ends
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
touch "$tree/.config"
step
point "a step: configured in place" 128 "configured in place" "make mrproper"
rm "$tree/.config"
git -C "$tree" rm -q --cached arch/x86/Kconfig
rm "$tree/arch/x86/Kconfig"
step
point "a step: no source" 128 "is no kernel's source"

make_archive
state=$work/packages
for i in 0 1 2 3 4 5 6; do know "6.12.9$i-1" "$record" 3; done
for i in 6-2 7-1 8-1 9-1; do know "6.12.9$i" "$slower" 3; done
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
