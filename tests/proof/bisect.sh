#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Does a bisection of a real kernel tree end at the right commit? From Debian's linux-source a
# repository of 19 commits is made, in FOLDER/source: one of them makes the flush or the map path some
# instructions longer, one does not build, and the others touch the same files without any effect.
# `iommu-perf bisect --tree` must find the first. Of TIMES repetitions (default 3) each has another
# culprit at another place.
#
# The first build takes 12 minutes of a CPU; a repetition builds some 8 kernels.
# Made again with the same FOLDER, the source and the objects are used again. 5 GB.
#
# usage: tests/proof/bisect.sh FOLDER [TIMES]
# shellcheck disable=SC2034 # for the parts of prepare.sh
set -euo pipefail

here=$(cd "$(dirname "$0")/../.." && pwd)
program=$here/build/iommu-perf
PACKAGE=linux-source-6.12
SCENARIO=strict-bare-4flows
# Where the culprit is in the series, what it is, and the metric that it is in.
CASES=('12 loop qi_submit_sync.mean_ns' '5 lock intel_iommu_tlb_sync.mean_ns' '15 map iommu_map.mean_ns')

[ $# -ge 1 ] || { sed -n '/^# usage/s/^# //p' "$0" >&2; exit 2; }
folder=$(realpath -m "$1") times=${2:-3}
tree=$folder/source
export GIT_AUTHOR_NAME=proof GIT_AUTHOR_EMAIL=proof@example.org GIT_CONFIG_GLOBAL=/dev/null
export GIT_COMMITTER_NAME=proof GIT_COMMITTER_EMAIL=proof@example.org

git_tree() {
	git -C "$tree" "$@"
}

commit() {
	git_tree commit -q -a -m "$1"
}

# before FILE TEXT LINE: put LINE before the first line of FILE that contains TEXT, which must be there.
before() {
	awk -v text="$2" -v line="$3" 'index($0, text) && !done { print line; done = 1 } { print }
		END { exit !done }' "$tree/$1" >"$folder/edited"
	cat "$folder/edited" >"$tree/$1"
	rm "$folder/edited"
}

comment() {
	before "$1" "$2" "/* $3 */"
	commit "Say more in ${1##*/}: $3"
}

rename() {
	sed -i "s/\\b$2\\b/$3/g" "$tree/$1"
	commit "Rename $2 to $3 in ${1##*/}"
}

# What makes the path longer.
culprit() {
	case $1 in
	loop)
		before drivers/iommu/intel/dmar.c 'writel(qi->free_head << shift, iommu->reg + DMAR_IQT_REG)' \
			$'\tfor (i = 0; i < 12; i++)\n\t\tbarrier();' ;;
	lock)
		before drivers/iommu/intel/cache.c 'void cache_tag_flush_range(struct' \
			$'static DEFINE_SPINLOCK(flushed_lock);\nstatic unsigned long flushed[8];\n'
		# the first in the file after that
		awk '/^void cache_tag_flush_range\(struct/ { inside = 1 }
			inside && /spin_lock_irqsave/ {
				print "\tspin_lock(&flushed_lock);"
				print "\tfor (int i = 0; i < 8; i++) {\n\t\tflushed[i]++;\n\t\tbarrier();\n\t}"
				print "\tspin_unlock(&flushed_lock);\n"
				inside = 0
			} { print }' "$tree/drivers/iommu/intel/cache.c" >"$folder/edited"
		cat "$folder/edited" >"$tree/drivers/iommu/intel/cache.c"
		rm "$folder/edited" ;;
	map)
		before drivers/iommu/iommu.c 'pr_debug("map: iova' \
			$'\tfor (int turn = 0; turn < 20; turn++)\n\t\tbarrier();' ;;
	esac
	commit "Be more careful in the $1"
	git_tree tag -f culprit >/dev/null
}

# The commits 1 to 17; the culprit comes after the one of its number.
edit() {
	case $1 in
	1) comment drivers/iommu/intel/dmar.c 'int qi_submit_sync(' 'Callers may sleep in no case.' ;;
	2) comment drivers/iommu/intel/cache.c 'void cache_tag_flush_range(struct' 'The range is inclusive.' ;;
	3) rename drivers/iommu/intel/dmar.c wait_index wait_slot ;;
	4) comment drivers/iommu/iommu.c 'static int __iommu_map(' 'Nothing is mapped on errors.' ;;
	5) comment drivers/iommu/dma-iommu.c 'static void __iommu_dma_unmap(' 'Of one device.' ;;
	6) rename drivers/iommu/intel/cache.c flags irq_flags ;;
	7) comment drivers/iommu/iova.c 'alloc_iova_fast(' 'From the cache where it can.' ;;
	8) comment drivers/iommu/intel/iommu.c 'static void intel_iommu_tlb_sync(' 'At the end of an unmap.' ;;
	9) before drivers/iommu/intel/cache.c 'void cache_tag_flush_range(struct' \
		'static int unfinished(void) { return not_yet_written(); }'
		commit "Begin something, which does not build" ;;
	10) sed -i '/not_yet_written/d' "$tree/drivers/iommu/intel/cache.c"
		commit "Drop what was begun" ;;
	11) comment drivers/iommu/intel/dmar.c 'void dmar_disable_qi(' 'Waits for what is pending.' ;;
	12) comment drivers/iommu/dma-iommu.c 'static dma_addr_t __iommu_dma_map(' 'May be in interrupts.' ;;
	13) comment drivers/iommu/intel/cache.c 'void cache_tag_flush_all(' 'All of a domain.' ;;
	14) rename drivers/iommu/intel/dmar.c wait_slot wait_index ;;
	15) comment drivers/iommu/iova.c 'free_iova_fast(' 'To the cache where it can.' ;;
	16) comment drivers/iommu/iommu.c 'static size_t __iommu_unmap(' 'By pages.' ;;
	17) rename drivers/iommu/intel/cache.c irq_flags flags ;;
	esac
}

# make_series PLACE KIND
make_series() {
	local i

	git_tree checkout -q --force --detach base
	for i in $(seq 17); do
		edit "$i"
		[ "$i" -ne "$1" ] || culprit "$2"
	done
	git_tree checkout -q -B series
	[ "$(git_tree rev-list --count base..series)" -eq 18 ]
}

# The source that build_kernel.sh would unpack.
unpack_source() (
	here=$here/lib/testbed
	CACHE=${IOMMU_PERF_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/iommu-perf}
	# shellcheck source=/dev/null
	. "$here/archive.sh"
	# shellcheck source=/dev/null
	. "$here/kernel_build.sh"
	exec 9>>"$CACHE/lock"
	flock 9
	archive_open
	archive_download "$folder/deb" "the kernel's source" "$PACKAGE"
	kernel_unpack "$PACKAGE" "$folder"/deb/*.deb "$tree" "$SOURCE_UNUSED $SOURCE_UNUSED_X86"
	rm -r "$folder/deb"
)

make_base() {
	[ -e "$tree/Makefile" ] || unpack_source
	[ ! -e "$tree/.git" ] || return 0
	git_tree init -q -b series
	sed -i '/^# Debian packaging/,$d' "$tree/.gitignore"	# which ignores everything
	git_tree -c core.compression=0 add -A
	git_tree -c core.compression=0 commit -q -m "Import $PACKAGE"
	git_tree tag base
}

mkdir -p "$folder"
make_base
failures=0
for ((i = 0; i < times; i++)); do
	read -r place kind metric <<<"${CASES[i % ${#CASES[@]}]}"
	make_series "$place" "$kind"
	wanted=$(git_tree rev-parse --short=12 culprit)
	begun=$SECONDS
	echo "== $kind after commit $place, by $metric: $wanted"
	"$program" bisect --tree "$tree" --build "$folder/build" --good base --bad series \
		--state "$folder/state-$(date +%s)" "$SCENARIO" "$metric" | tee "$folder/said" ||
		echo "exit code ${PIPESTATUS[0]}"
	if grep -q "^first bad: $wanted " "$folder/said"; then
		echo "== right, after $((SECONDS - begun)) s"
	else
		echo "== WRONG, after $((SECONDS - begun)) s"
		failures=$((failures + 1))
	fi
done
[ "$failures" -eq 0 ]
