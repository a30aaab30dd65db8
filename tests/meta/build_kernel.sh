#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The exit codes of build_kernel.sh and its one line for each: the trees are a Makefile that does
# what it is told, and the archive is made up.
# shellcheck disable=SC2016 # for make
# shellcheck source=tests/meta/lib.sh
. "$(dirname "$0")/lib.sh"

default=$(realpath "$cache/kernels/default")
private_cache
export IOMMU_PERF_CACHE=$private
tree=$work/tree
out=$work/out

# A tree whose bzImage is the commands $1.
make_tree() {
	rm -rf "$tree" "$out"
	mkdir -p "$tree/arch/x86"
	touch "$tree/arch/x86/Kconfig"
	sed 's/=m$/=y/' "$default/config" >"$tree/config"
	cat >"$tree/Makefile" <<-MAKE
	.RECIPEPREFIX = >
	allnoconfig:
	>@mkdir -p \$(O)/include/config \$(O)/arch/x86/boot
	>@cp config \$(O)/.config
	bzImage:
	>@${1//$'\n'/$'\n'>@}
	MAKE
}

# build [TREE|PACKAGE [OUT]]: sets $output, which is the reason alone, and $code.
build() {
	output=$(BUILD_DIES=stdout "$here/lib/testbed/build_kernel.sh" "${1-$tree}" "${2-$out}" \
		2>"$work/said")
	code=$?
}

# A log that make ends with, and the code that it is.
ends_as() {
	local name=$1 want=$2 log=$3

	printf '%s\n' "$log" >"$work/log"
	make_tree "cat $work/log; exit 2"
	build
	one_line "$name" "$want" "${@:4}"
}

built() {
	make_tree 'echo 6.12.0-test >$(O)/include/config/kernel.release
touch $(O)/arch/x86/boot/bzImage'
	build
	point "built" 0
	is "built: no reason" same "" "$output"
	is "built: the tree is as it was" same "Makefile arch config" "$(find "$tree" -mindepth 1 \
		-maxdepth 1 -printf '%f\n' | LC_ALL=C sort | paste -sd ' ')"
	make_tree :
	build
	one_line "make says so, and nothing is there" 3 "has no bzImage"
}

source_to_blame() {
	ends_as "a compile error" 1 "drivers/iommu/iommu.c:7:1: error: expected ';' before 'int'
    7 | int out of memory, No space left on device
make[2]: *** [scripts/Makefile.build:243: drivers/iommu/iommu.o] Error 1" "$tree does not build:" \
		"iommu.c:7:1: error: expected"
	ends_as "a link error" 1 "ld: drivers/iommu/iommu.o: in function 'f':
iommu.c:(.text+0x1): undefined reference to 'g'" "undefined reference"
	ends_as "a rule that is missing" 1 \
		"make[3]: *** No rule to make target 'a.o', needed by 'built-in.a'.  Stop." "'a.o'"
	make_tree 'echo "a.c:1: error: in $$LANG, $$LC_MESSAGES"; exit 1'
	LANG=POSIX LC_MESSAGES=POSIX build
	one_line "a compiler speaks C" 1 "error: in C, C"
	make_tree :
	echo "\$(error this is no Makefile)" >>"$tree/Makefile"
	build
	one_line "a Makefile with an error" 1 "this is no Makefile"
	make_tree :
	sed -i 's/^>@cp config.*/>@echo net\/Kconfig:9: syntax error; exit 1/' "$tree/Makefile"
	build
	one_line "a Kconfig with an error" 1 "net/Kconfig:9: syntax error"
}

machine_to_blame() {
	local header="fatal error: gelf.h: No such file or directory"

	ends_as "no memory" 3 "cc1: out of memory allocating 65536 bytes
mm/slub.c:1:1: error: expected ';'" "this machine cannot build $tree: cc1: out of memory"
	ends_as "the compiler was killed" 3 "gcc: fatal error: Killed signal terminated program cc1
make[2]: *** [scripts/Makefile.build:243: mm/slub.o] Error 1" "Killed signal"
	ends_as "a command was killed" 3 "make[1]: *** [Makefile:9: vmlinux] Killed" "Killed"
	ends_as "no space" 3 "a.c:9: fatal error: error writing to a.s: No space left on device" "No space"
	ends_as "a header of this machine" 3 "$tree/scripts/sorttable.h:9:10: $header" "gelf.h"
	ends_as "a tool of this machine" 3 "/bin/sh: 1: flex: not found" "flex: not found"
	ends_as "nobody knows" 3 "make[1]: *** [Makefile:9: vmlinux] Error 1" "make bzImage failed:"
	make_tree 'kill -KILL $$PPID'
	build
	one_line "make was killed" 3 "make bzImage was ended by signal 9"
	make_tree :
	PATH=$(no_tool bison) build
	one_line "no tool" 3 "these are missing" " bison"
	: >"$work/file"
	build "$tree" "$work/file/out"
	one_line "no folder" 3 "cannot write to $work/file/out"
}

# A PATH without one program.
no_tool() {
	local dir=$work/without

	rm -rf "$dir"
	mkdir "$dir"
	cp -s /usr/bin/* "$dir" 2>/dev/null
	rm "$dir/$1"
	echo "$dir"
}

kernel_unfit() {
	make_tree :
	sed -i '/^CONFIG_KPROBES=/d' "$tree/config"
	build
	one_line "an option is missing" 5 "cannot be a subject: 1 options"
	is "an option is missing: which" grep -q "tree lacks CONFIG_KPROBES=y: the tracer" "$work/said"
}

refused() {
	local file before

	run "$here/lib/testbed/build_kernel.sh" "$tree"
	one_line "usage" 2 "usage: build_kernel.sh TREE|PACKAGE OUT"
	build "$work/nowhere"
	one_line "no source" 2 "$work/nowhere is no kernel's source"
	for file in .config include/config/kernel.release arch/x86/include/generated/asm; do
		make_tree :
		mkdir -p "$tree/$(dirname "$file")"
		echo mine >"$tree/$file"
		before=$(find "$work" -path "$work/said" -o -printf '%p %T@\n')
		build
		one_line "$file in the tree" 2 "$tree is configured in place: 'make mrproper' there, or"
		is "$file in the tree: nothing is written" same "$before" \
			"$(find "$work" -path "$work/said" -o -printf '%p %T@\n')"
	done
	make_tree :
	build "$tree" "$tree"
	one_line "objects in the tree" 2 "need another folder than $tree"
	build "$tree" "$work/a folder"
	one_line "a blank" 2 "a blank or a colon"
}

# What build_kernel.sh asks of apt. Package lists are read at once, and the download as $1 says.
archive() {
	mkdir -p "$work/bin"
	cat >"$work/bin/apt-get" <<-EOF
	#!/bin/sh
	case "\$*" in
	indextargets*Label*) ;;
	indextargets*) printf 'http://made.up/debian/\nhttp://made.up/debian-security/\n' ;;
	*update*) ;;
	*print-uris*) echo "'http://made.up/x.deb' x.deb 9 SHA256:0" ;;
	*download*) : >"$work/downloading"; $1 ;;
	esac
	EOF
	chmod +x "$work/bin/apt-get"
}

none_of_source() {
	find "$work" -name 'out.source*'
}

of_package() {
	local pid path=$PATH

	PATH=$work/bin:$PATH
	rm -rf "$out"
	archive "echo 'E: it went away' >&2; exit 100"
	build linux-source-7.3
	one_line "a download that fails" 3 "download of the kernel's source failed: it went away"
	is "a download that fails: nothing is left" none_left none_of_source
	archive "sleep 60"
	rm -f "$work/downloading"
	set -m
	build linux-source-7.3 >"$work/line" &
	pid=$!
	set +m
	is "a download" wait_for 20 ls "$work/downloading"
	kill -INT -- "-$pid"
	wait "$pid" 2>/dev/null
	is "a download that is interrupted: nothing is left" none_left none_of_source
	mkdir "$out.source"
	echo "linux-source-6.12 6.12.90-1" >"$out.source/.package"
	build linux-source-7.3
	one_line "the source of another package" 2 "$out.source has linux-source-6.12: remove it, or"
	rm "$out.source/.package"
	build linux-source-7.3
	one_line "another folder" 2 "$out.source has something else"
	is "another folder: it is still there" test -d "$out.source"
	make_tree 'echo 6.12.0-test >$(O)/include/config/kernel.release
touch $(O)/arch/x86/boot/bzImage'
	rmdir "$out.source"
	mv "$tree" "$out.source"
	echo "linux-source-7.3 7.3.4-1" >"$out.source/.package"
	build linux-source-7.3
	point "the source that is there already" 0
	PATH=$path
}

echo "TAP version 13"
built
source_to_blame
machine_to_blame
kernel_unfit
refused
of_package
plan
