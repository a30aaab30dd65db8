# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2153,SC2154
#
# What a kernel lacks, by its configuration and the list that the suite has in the file `config`.

# Those without which most runs can still be made.
OPTIONS_DISPENSABLE='CONFIG_INET_DIAG CONFIG_INET_TCP_DIAG CONFIG_TCP_CONG_ADVANCED
CONFIG_TCP_CONG_DCTCP'
# Those that only a kernel with modules needs.
OPTIONS_OF_MODULES='CONFIG_MODULES CONFIG_DEBUG_INFO_BTF_MODULES'
# Of these it takes one: which, the run says. virtio's is not on the list, stock kernels of 6.1 have
# none.
OPTIONS_IOMMU='CONFIG_INTEL_IOMMU CONFIG_AMD_IOMMU CONFIG_VIRTIO_IOMMU'

# unfit MESSAGE...: end as die() does, by the code that says that the kernel is to blame.
unfit() {
	(die "$@") || true
	exit 5
}

# module_option MODULE: the option, without CONFIG_, that makes it.
module_option() {
	case $1 in
	qemu_fw_cfg) echo FW_CFG_SYSFS ;;
	tcp_dctcp) echo TCP_CONG_DCTCP ;;
	*) echo "${1^^}" ;;
	esac
}

# option_serves OPTION: what the suite takes it for, where its name does not say so.
option_serves() {
	case $1 in
	CONFIG_DEBUG_INFO_BTF*) echo ": no BTF, which the tracer needs; the build takes pahole for it" ;;
	CONFIG_BPF_* | CONFIG_KPROBES | CONFIG_*FTRACE* | CONFIG_FUNCTION_TRACER)
		echo ": the tracer needs it" ;;
	CONFIG_E1000E) echo ": no driver for the subject's NIC" ;;
	CONFIG_INTEL_IOMMU) echo ": no --iommu vtd" ;;
	CONFIG_AMD_IOMMU) echo ": no --iommu amd" ;;
	CONFIG_VIRTIO_IOMMU) echo ": no --iommu virtio" ;;
	CONFIG_VIRTIO_*) echo ": no driver for the peer's NIC" ;;
	CONFIG_FW_CFG_SYSFS) echo ": the agent gets its task by it" ;;
	CONFIG_TCP_CONG_*) echo ": no --congestion dctcp" ;;
	*DIAG) echo ": no facts of sockets" ;;
	esac
}

is_among() {
	[[ " ${*:2} " == *[[:space:]]"$1"[[:space:]]* ]]
}

# uses_modules CONFIG: is anything that the list has as a module one in that kernel?
uses_modules() {
	grep '=m$' "$here/../../config" | grep -qxFf - "$1"
}

# config_lacks CONFIG: the lines of the list that it does not fulfil; what is to be a module may be
# built in.
config_lacks() {
	local modules=

	! uses_modules "$1" || modules=1
	grep '^CONFIG_' "$here/../../config" | while IFS='=' read -r option value; do
		[ -n "$modules" ] || ! is_among "$option" "$OPTIONS_OF_MODULES" || continue
		grep -qxE "$option=(y|$value)" "$1" || echo "$option=$value"
	done
	grep -qxE 'CONFIG_VIRTIO_IOMMU=[ym]' "$1" || echo CONFIG_VIRTIO_IOMMU=m
}

# check_kernel CONFIG RELEASE: say in a line each what it lacks; end where it cannot be a subject.
check_kernel() {
	local line option lacks=0 iommus

	if [ ! -e "$1" ]; then
		say "kernel $2: there is no config of it, so what it lacks is not known"
		return 0
	fi
	iommus=$(wc -w <<<"$OPTIONS_IOMMU")
	while read -r line; do
		option=${line%=*}
		say "kernel $2 lacks $line$(option_serves "$option")"
		if is_among "$option" "$OPTIONS_IOMMU"; then
			iommus=$((iommus - 1))
		elif ! is_among "$option" "$OPTIONS_DISPENSABLE"; then
			lacks=$((lacks + 1))
		fi
	done < <(config_lacks "$1")
	[ "$lacks" -eq 0 ] || unfit "kernel $2 cannot be a subject: $lacks options that the suite's" \
		"file config lists are missing"
	[ "$iommus" -gt 0 ] || unfit "kernel $2 cannot be a subject: it has no driver of an" \
		"IOMMU, one of $OPTIONS_IOMMU"
}
