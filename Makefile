# SPDX-License-Identifier: GPL-2.0
#
# iommu-perf: the suite's programs, its tests, and the initramfs the subject boots.
#
#   make            all programs             make check      the suite's own tests
#   make initramfs  what the subject boots   make install    DESTDIR=, prefix=
#   make clean
#
# Sources are found by wildcard: a new file needs no line here.

CACHE := $(or $(IOMMU_PERF_CACHE),$(or $(XDG_CACHE_HOME),$(HOME)/.cache)/iommu-perf)
OUTPUT ?= build
KSFT ?= $(CACHE)/kselftest
KERNELDIR ?= $(realpath $(CACHE)/kernels/default)

prefix ?= /usr/local
bindir ?= $(prefix)/bin
datadir ?= $(prefix)/share/iommu-perf
mandir ?= $(prefix)/share/man

CC ?= gcc
CLANG ?= clang
LLVM_STRIP ?= llvm-strip
# An ordinary user's PATH lacks sbin, where Debian keeps bpftool.
BPFTOOL ?= PATH="$$PATH:/usr/sbin" bpftool

CFLAGS ?= -O2 -g
SUITE_CFLAGS := -std=gnu11 -D_GNU_SOURCE -Wall -Wextra -Werror -Ilib -Ibpf -I$(OUTPUT) \
	-isystem /usr/include/libsmartcols -MD -MP -ffile-prefix-map=$(CURDIR)=. \
	-DBASELINES_DIR='"$(datadir)/baselines"' -DMATRIX_FILE='"$(datadir)/matrix"'
BPF_CFLAGS := -target bpf -mcpu=v3 -O2 -g -Wall -Werror -MD -MP \
	-idirafter /usr/include/$(shell $(CC) -print-multiarch)
LDFLAGS += -Wl,--as-needed
LDLIBS := -lbpf -lelf -lz -lmnl -lsmartcols -ljansson -lm

obj = $(patsubst %.c,$(OUTPUT)/obj/%.o,$(1))

AGENT_SRC := $(wildcard lib/agent/*.c)
LIB_SRC := $(filter-out $(AGENT_SRC),$(wildcard lib/*/*.c))
CMD_SRC := $(wildcard cmd/*.c)
UNIT_SRC := $(wildcard tests/unit/*.c)
META := $(filter-out %/lib.sh,$(wildcard tests/meta/*.sh))

LIB := $(OUTPUT)/libiommu-perf.a
AGENT_LIB := $(OUTPUT)/libagent.a
SKELETONS := $(patsubst bpf/%.bpf.c,$(OUTPUT)/%.skel.h,$(wildcard bpf/*.bpf.c))
INITRAMFS := $(OUTPUT)/initramfs-$(notdir $(KERNELDIR)).cpio
UNIT := $(patsubst tests/%.c,$(OUTPUT)/%,$(UNIT_SRC))

ifeq ($(V),1)
Q :=
msg :=
else
Q := @
msg = @printf '  %-8s %s\n' "$(1)" "$(patsubst $(OUTPUT)/%,%,$@)";
MAKEFLAGS += --no-print-directory
endif

all: $(OUTPUT)/iommu-perf $(OUTPUT)/agent $(OUTPUT)/tests/.links

unit: $(UNIT)

initramfs: $(INITRAMFS)

# Each program links what it uses of both libraries, which use each other.
$(OUTPUT)/iommu-perf: $(call obj,$(CMD_SRC)) $(LIB) $(AGENT_LIB)
$(OUTPUT)/agent: $(OUTPUT)/obj/lib/agent/main.o $(LIB) $(AGENT_LIB)
$(OUTPUT)/tests/scenario: $(OUTPUT)/obj/tests/scenario.o $(LIB) $(AGENT_LIB)
$(UNIT): $(OUTPUT)/unit/%: $(OUTPUT)/obj/tests/unit/%.o $(LIB) $(AGENT_LIB)

$(OUTPUT)/iommu-perf $(OUTPUT)/agent $(OUTPUT)/tests/scenario $(UNIT):
	$(call msg,LINK)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -Wl,--start-group $^ -Wl,--end-group $(LDLIBS) -o $@

$(LIB): $(call obj,$(LIB_SRC))
$(AGENT_LIB): $(call obj,$(filter-out lib/agent/main.c,$(AGENT_SRC)))
$(LIB) $(AGENT_LIB):
	$(call msg,AR)
	$(Q)rm -f $@ && $(AR) qcs $@ $^

$(OUTPUT)/obj/%.o: %.c Makefile
	$(call msg,CC)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) $(SUITE_CFLAGS) -c $< -o $@

$(call obj,$(AGENT_SRC) $(UNIT_SRC)): | $(SKELETONS)
$(OUTPUT)/obj/tests/%.o: SUITE_CFLAGS += -isystem $(KSFT)
$(call obj,$(UNIT_SRC) tests/scenario.c): | $(KSFT)/kselftest_harness.h

$(KSFT)/kselftest_harness.h:
	$(error $@ is missing: run ./run_tests.sh, which fetches it, or set KSFT=)

$(OUTPUT)/%.bpf.o: bpf/%.bpf.c Makefile
	$(call msg,CLANG)
	@mkdir -p $(@D)
	$(Q)$(CLANG) $(BPF_CFLAGS) -Ibpf -c $< -o $@
	$(Q)$(LLVM_STRIP) -g $@

$(OUTPUT)/%.skel.h: $(OUTPUT)/%.bpf.o
	$(call msg,SKEL)
	$(Q)$(BPFTOOL) gen skeleton $< >$@.tmp && mv $@.tmp $@

# One program, one link to it for each scenario: the name tells the program what to do.
$(OUTPUT)/tests/.links: tests/matrix $(OUTPUT)/tests/scenario
	$(call msg,LINKS)
	$(Q)find $(@D) -type l -delete
	$(Q)while read -r name _; do ln -s scenario "$(@D)/$$name" || exit 1; done <tests/matrix
	$(Q)touch $@

$(INITRAMFS): lib/testbed/initramfs.sh $(OUTPUT)/agent $(KERNELDIR)/modules $(CACHE)/testbed/version
	$(call msg,CPIO)
	$(Q)lib/testbed/initramfs.sh $(OUTPUT)/agent $(KERNELDIR) $@

$(KERNELDIR)/modules $(CACHE)/testbed/version:
	$(error $@ is missing: run ./run_tests.sh, which prepares it)

check:
	@lib/testbed/prepare.sh
	@$(MAKE) all unit initramfs
	@OUTPUT="$(abspath $(OUTPUT))" prove --timer --failures --jobs "$$(nproc)" --exec tests/tap.sh \
		$(UNIT) $(META)

install: all
	install -D -m 755 $(OUTPUT)/iommu-perf $(DESTDIR)$(bindir)/iommu-perf
	install -D -m 644 doc/iommu-perf.1 $(DESTDIR)$(mandir)/man1/iommu-perf.1
	install -D -m 644 tests/matrix $(DESTDIR)$(datadir)/matrix
	cd baselines && find . -name '*.json' -exec install -D -m 644 {} $(DESTDIR)$(datadir)/baselines/{} \;

clean:
	rm -rf $(OUTPUT)

.PHONY: all unit initramfs check install clean
.DELETE_ON_ERROR:

-include $(patsubst %.o,%.d,$(call obj,$(AGENT_SRC) $(LIB_SRC) $(CMD_SRC) $(UNIT_SRC) tests/scenario.c))
-include $(patsubst %.skel.h,%.bpf.d,$(SKELETONS))
