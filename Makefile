# SPDX-License-Identifier: GPL-2.0
#
# iommu-perf: the suite's programs, its tests, and the initramfs the subject boots.
#
#   make            all programs             make check      the suite's own tests
#   make initramfs  what the subject boots   make install    DESTDIR=, prefix=
#   make host       the same for a subject that is host to a guest
#   make arm64      all of these for an arm64 subject
#   make fuzz       FUZZ_SECONDS= for each parser, FUZZ_TARGETS=
#   make clean
#
# In a kernel tree, as tools/testing/selftests/iommu-perf, lib.mk's targets instead: install to
# INSTALL_PATH=, which takes rsync, run_tests, emit_tests.
#
# Sources are found by wildcard: a new file needs no line here.

CACHE := $(or $(IOMMU_PERF_CACHE),$(or $(XDG_CACHE_HOME),$(HOME)/.cache)/iommu-perf)
OUTPUT ?= build
LIB_MK := $(wildcard ../lib.mk)
ifneq ($(LIB_MK),)
KSFT := ..
# kselftest's is this folder itself, where the programs' names are those of folders. Relative, as
# without kselftest: an object by another name would be another to make.
override OUTPUT := $(if $(filter $(CURDIR),$(realpath $(OUTPUT))),build,$(OUTPUT))
else ifneq ($(filter command,$(origin INSTALL_PATH))$(filter $(CURDIR),$(realpath $(OUTPUT))),)
# kselftest's call by a link, from where .. is another folder: install would be to $(prefix).
$(error no ../lib.mk: in a kernel tree this must be a folder, not a link to one)
endif
KSFT ?= $(CACHE)/kselftest
KERNELDIR ?= $(realpath $(CACHE)/kernels/default)
SYSROOT ?= $(CACHE)/testbed/sysroot
ARM64 := $(CACHE)/testbed-arm64-user
# The root folder of the system that is compiled for, where that is not this one.
ROOT ?=

prefix ?= /usr/local
bindir ?= $(prefix)/bin
datadir ?= $(prefix)/share/iommu-perf
mandir ?= $(prefix)/share/man

CC ?= gcc
CLANG ?= clang
LLVM_STRIP ?= llvm-strip
STRIP ?= strip
# An ordinary user's PATH lacks sbin, where Debian keeps bpftool.
BPFTOOL ?= PATH="$$PATH:/usr/sbin" bpftool

CFLAGS ?= -O2 -g
SUITE_CFLAGS := -std=gnu11 $(if $(LIB_MK),,-D_GNU_SOURCE) -Wall -Wextra -Werror -Ilib -Ibpf -I$(OUTPUT) \
	-isystem $(ROOT)/usr/include/libsmartcols -MD -MP -ffile-prefix-map=$(CURDIR)=. \
	-DBASELINES_DIR='"$(datadir)/baselines"' -DMATRIX_FILE='"$(datadir)/matrix"'
BPF_CFLAGS := -target bpf -mcpu=v3 -O2 -g -Wall -Werror -MD -MP \
	-idirafter $(ROOT)/usr/include/$(shell $(CC) -print-multiarch)
LDFLAGS += -Wl,--as-needed
LDLIBS := -lbpf -lelf -lz -lmnl -lsmartcols -ljansson -lsqlite3 -lm

obj = $(patsubst %.c,$(OUTPUT)/obj/%.o,$(1))

AGENT_SRC := $(wildcard lib/agent/*.c)
LIB_SRC := $(filter-out $(AGENT_SRC),$(wildcard lib/*/*.c))
CMD_SRC := $(wildcard cmd/*.c)
UNIT_SRC := $(wildcard tests/unit/*.c)
# A target each, but for what they share: the one over the committed inputs, the other libFuzzer's.
FUZZ_SRC := $(filter-out %/replay.c %/mutate.c,$(wildcard tests/fuzz/*.c))
META := $(filter-out %/lib.sh,$(wildcard tests/meta/*.sh))

LIB := $(OUTPUT)/libiommu-perf.a
AGENT_LIB := $(OUTPUT)/libagent.a
SKELETONS := $(patsubst bpf/%.bpf.c,$(OUTPUT)/%.skel.h,$(wildcard bpf/*.bpf.c))
INITRAMFS := $(OUTPUT)/initramfs-$(notdir $(KERNELDIR)).cpio
HOST := $(OUTPUT)/host-initramfs-$(notdir $(KERNELDIR)).cpio
UNIT := $(patsubst tests/%.c,$(OUTPUT)/%,$(UNIT_SRC))
REPLAY := $(patsubst tests/fuzz/%.c,$(OUTPUT)/replay/replay_%,$(FUZZ_SRC))
FUZZERS := $(patsubst tests/fuzz/%.c,$(OUTPUT)/fuzzers/%,$(FUZZ_SRC))

# Not msg: lib.mk has one of that name, which names what it is told to.
ifeq ($(V),1)
Q :=
note :=
else
Q := @
note = @printf '  %-8s %s\n' "$(1)" "$(patsubst $(OUTPUT)/%,%,$@)";
MAKEFLAGS += --no-print-directory
endif

# Programs that measure the judge itself; README, "What it detects".
PROOF := $(patsubst tests/%.c,$(OUTPUT)/%,$(wildcard tests/proof/*.c))

all: $(OUTPUT)/iommu-perf $(OUTPUT)/agent $(OUTPUT)/tests/.links

unit: $(UNIT) $(REPLAY) $(OUTPUT)/history_records

fuzzers: $(FUZZERS)

proof: $(PROOF)

initramfs: $(INITRAMFS)

host: $(HOST)

# Of both architectures, where ./run_tests.sh --build-host-kernel has prepared the other.
hosts: host $(if $(wildcard $(CACHE)/testbed-arm64/iort.cpio),arm64)

# Each program links what it uses of both libraries, which use each other.
$(OUTPUT)/iommu-perf: $(call obj,$(CMD_SRC)) $(LIB) $(AGENT_LIB)
$(OUTPUT)/agent: $(OUTPUT)/obj/lib/agent/main.o $(LIB) $(AGENT_LIB)
$(OUTPUT)/tests/scenario: $(OUTPUT)/obj/tests/scenario.o $(LIB) $(AGENT_LIB)
$(OUTPUT)/history_records: $(OUTPUT)/obj/tests/history_records.o $(LIB) $(AGENT_LIB)
$(UNIT): $(OUTPUT)/unit/%: $(OUTPUT)/obj/tests/unit/%.o $(LIB) $(AGENT_LIB)
$(REPLAY): $(OUTPUT)/replay/replay_%: $(OUTPUT)/obj/tests/fuzz/%.o $(OUTPUT)/obj/tests/fuzz/replay.o \
	$(LIB) $(AGENT_LIB)
$(FUZZERS): $(OUTPUT)/fuzzers/%: $(OUTPUT)/obj/tests/fuzz/%.o $(OUTPUT)/obj/tests/fuzz/mutate.o \
	$(LIB) $(AGENT_LIB)
$(FUZZERS): LDFLAGS += -fsanitize=fuzzer
$(PROOF): $(OUTPUT)/proof/%: $(OUTPUT)/obj/tests/proof/%.o $(LIB) $(AGENT_LIB)

$(OUTPUT)/iommu-perf $(OUTPUT)/agent $(OUTPUT)/tests/scenario $(OUTPUT)/history_records $(UNIT) \
	$(REPLAY) $(FUZZERS) $(PROOF):
	$(call note,LINK)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -Wl,--start-group $^ -Wl,--end-group $(LDLIBS) -o $@

$(LIB): $(call obj,$(LIB_SRC))
$(AGENT_LIB): $(call obj,$(filter-out lib/agent/main.c,$(AGENT_SRC)))
$(LIB) $(AGENT_LIB):
	$(call note,AR)
	$(Q)rm -f $@ && $(AR) qcs $@ $^

$(OUTPUT)/obj/%.o: %.c Makefile
	$(call note,CC)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) $(SUITE_CFLAGS) -c $< -o $@

$(call obj,$(AGENT_SRC) $(UNIT_SRC)): | $(SKELETONS)
$(OUTPUT)/obj/tests/%.o: SUITE_CFLAGS += -isystem $(KSFT)
$(call obj,$(UNIT_SRC) tests/scenario.c): | $(KSFT)/kselftest_harness.h

$(KSFT)/kselftest_harness.h:
	$(error $@ is missing: run ./run_tests.sh, which fetches it, or set KSFT=)

$(OUTPUT)/%.bpf.o: bpf/%.bpf.c Makefile
	$(call note,CLANG)
	@mkdir -p $(@D)
	$(Q)$(CLANG) $(BPF_CFLAGS) -Ibpf -c $< -o $@
	$(Q)$(LLVM_STRIP) -g $@

# Named, by $(SKELETONS): make removes an object that only a pattern knows, and builds all anew.
$(SKELETONS): $(OUTPUT)/%.skel.h: $(OUTPUT)/%.bpf.o
	$(call note,SKEL)
	$(Q)$(BPFTOOL) gen skeleton $< >$@.tmp && mv $@.tmp $@

# One program, one link to it for each scenario: the name tells the program what to do.
$(OUTPUT)/tests/.links: tests/matrix $(OUTPUT)/tests/scenario
	$(call note,LINKS)
	$(Q)find $(@D) -type l -delete
	$(Q)while read -r name _; do ln -s scenario "$(@D)/$$name" || exit 1; done <tests/matrix
	$(Q)touch $@

$(INITRAMFS): lib/testbed/initramfs.sh lib/testbed/pack.sh $(OUTPUT)/agent $(KERNELDIR)/modules \
	$(dir $(SYSROOT))version
	$(call note,CPIO)
	$(Q)STRIP=$(STRIP) lib/testbed/initramfs.sh $(OUTPUT)/agent $(ROOT)/ $(KERNELDIR) $(SYSROOT) $@

$(HOST): lib/testbed/host_initramfs.sh lib/testbed/pack.sh $(INITRAMFS) $(dir $(SYSROOT))version
	$(call note,CPIO)
	$(Q)lib/testbed/host_initramfs.sh $(SYSROOT) $(dir $(SYSROOT))version $(KERNELDIR) $(INITRAMFS) $@ $(TABLES)

$(KERNELDIR)/modules $(CACHE)/testbed/version $(ARM64)/version:
	$(error $@ is missing: run ./run_tests.sh, which prepares it)

# The same once more, by the cross compiler. What it has of its own C library lies behind that of
# $(ARM64)/dev, which the agent takes along. The kernel's folder is one that a host kernel is in.
ARM64_KERNELDIR ?= $(CACHE)/kernels/arm64-host
ARM64_ROOT := $(ARM64)/dev
ARM64_LIB := $(ARM64_ROOT)/usr/lib/aarch64-linux-gnu
ARM64_CC := aarch64-linux-gnu-gcc --sysroot=$(ARM64_ROOT) -B$(ARM64_LIB)/ -L$(ARM64_LIB) \
	-isystem $(ARM64_ROOT)/usr/include/aarch64-linux-gnu -isystem $(ARM64_ROOT)/usr/include

arm64: | $(ARM64)/version
	@$(MAKE) OUTPUT=$(OUTPUT)/arm64 CC="$(ARM64_CC)" STRIP=aarch64-linux-gnu-strip \
		ROOT=$(ARM64_ROOT) SYSROOT=$(ARM64)/sysroot KERNELDIR=$(ARM64_KERNELDIR) \
		INITRAMFS=$(OUTPUT)/arm64/initramfs.cpio HOST=$(OUTPUT)/arm64/host-initramfs.cpio \
		TABLES=$(CACHE)/testbed-arm64/iort.cpio host

check:
	@lib/testbed/prepare.sh
	@$(MAKE) all unit initramfs hosts
	@OUTPUT="$(abspath $(OUTPUT))" prove --timer --failures --jobs "$$(nproc)" --exec tests/tap.sh \
		$(UNIT) $(REPLAY) $(META)

FUZZ_SECONDS ?= 60
FUZZ_TARGETS ?= $(notdir $(FUZZERS))
SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer

# Everything once more, by clang and with its sanitizers, beside what is built otherwise.
fuzz:
	@tests/fuzz/prepare.sh
	@$(MAKE) OUTPUT=$(OUTPUT)/sanitized CC=$(CLANG) fuzzers \
		CFLAGS="-O1 -g $(SANITIZE) -fsanitize=fuzzer-no-link"
	@tests/fuzz/run.sh $(OUTPUT)/sanitized/fuzzers $(FUZZ_SECONDS) $(FUZZ_TARGETS)

ifeq ($(LIB_MK),)
install: all
	install -D -m 755 $(OUTPUT)/iommu-perf $(DESTDIR)$(bindir)/iommu-perf
	install -D -m 644 doc/iommu-perf.1 $(DESTDIR)$(mandir)/man1/iommu-perf.1
	install -D -m 644 tests/matrix $(DESTDIR)$(datadir)/matrix
	cd baselines && find . -name '*.json' -exec install -D -m 644 {} $(DESTDIR)$(datadir)/baselines/{} \;

clean:
	rm -rf $(OUTPUT)
else
# What a program looks for beside it: what it boots, where that is there to be built (not every
# kernel can be host), the matrix and the baselines. The tests are links to one program.
TEST_CUSTOM_PROGS := $(addprefix $(OUTPUT)/tests/,$(shell awk '$$2 == "quick" { print $$1 }' tests/matrix))
TEST_GEN_FILES := iommu-perf agent tests/scenario $(if $(KERNELDIR),$(notdir $(INITRAMFS))) \
	$(if $(wildcard $(KERNELDIR)/modules-host),$(notdir $(HOST)))
TEST_FILES := baselines $(OUTPUT)/installed/tests
EXTRA_CLEAN := $(OUTPUT)
OVERRIDE_TARGETS := 1

$(OUTPUT)/installed/tests/matrix: tests/matrix
	$(Q)install -D -m 644 $< $@

all: $(OUTPUT)/installed/tests/matrix

$(TEST_CUSTOM_PROGS): $(OUTPUT)/tests/.links

include ../lib.mk
endif

.PHONY: all unit fuzzers proof initramfs host hosts arm64 check fuzz install clean
.DELETE_ON_ERROR:

-include $(patsubst %.o,%.d,$(call obj,$(AGENT_SRC) $(LIB_SRC) $(CMD_SRC) $(UNIT_SRC) $(wildcard tests/fuzz/*.c tests/proof/*.c) \
	tests/scenario.c tests/history_records.c))
-include $(patsubst %.skel.h,%.bpf.d,$(SKELETONS))
