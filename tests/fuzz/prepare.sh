#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# See that clang can fuzz: install its runtime libraries where they are missing.
#
# usage: prepare.sh
# exit: 0 it can, 1 failed, 4 an administrator must install a package first.
set -euo pipefail

# shellcheck disable=SC2034 # the parts use it
CACHE=${IOMMU_PERF_CACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/iommu-perf}
here=$(cd "$(dirname "$0")/../.." && pwd)

for part in archive packages; do
	# shellcheck source=/dev/null
	. "$here/lib/testbed/$part.sh"
done

can_fuzz() {
	echo 'int LLVMFuzzerTestOneInput(const char *d, long n) { return n < 0 && *d; }' |
		clang -fsanitize=fuzzer,address,undefined -x c - -o /dev/null 2>/dev/null
}

"$here/lib/testbed/prepare.sh"
can_fuzz && exit 0
# shellcheck disable=SC2034 # prepare_packages reads it
PACKAGES=libclang-rt-$(clang -dumpversion | cut -d. -f1)-dev
prepare_packages
can_fuzz || die "clang cannot build with -fsanitize=fuzzer,address,undefined"
