// SPDX-License-Identifier: GPL-2.0
/* The trace of QEMU's IOMMU: every event of the window is counted, or none. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "agent/mark.h"
#include "testbed/trace_reader.h"

#define OPEN "serial_write [0x07] <- 0x6f\n"
#define CLOSE "serial_write [0x07] <- 0x63\n"
#define HIT "vtd_iotlb_page_hit IOTLB page hit sid 0x100 iova 0xfffff000 slpte 0x1a2b3003 domain 0x2\n"
#define UPDATE "vtd_iotlb_page_update IOTLB page update sid 0x100 iova 0xfe000 slpte 0x3 domain 0x2\n"
#define CC_HIT "vtd_iotlb_cc_hit IOTLB context hit bus 0x1 devfn 0x0 high 0x202 low 0x1001 gen 3\n"
#define CC_UPDATE "vtd_iotlb_cc_update IOTLB context update bus 0x1 devfn 0x0 high 0x202 low 0x1 " \
	"gen 0 -> gen 3\n"
#define FAULT_BUT_END "vtd_dmar_fault sid 0x100 fault 5 addr 0xfffff000 write 1"
#define FAULT FAULT_BUT_END "\n"
#define INV(type, low) "vtd_inv_desc invalidate desc type " type " high 0xfffff000 low " low "\n"
#define WAIT INV("wait", "0x200000025")

static void feed(struct trace *t, const char *text)
{
	trace_init(t, DRIVER_VTD);
	trace_feed(t, text, strlen(text));
}

/* What @text comes to; the counts into @t. */
static int count(struct trace *t, const char *text, struct err *e)
{
	feed(t, text);
	return trace_finish(t, e);
}

static uint64_t sum(const struct trace *t)
{
	uint64_t n = 0;

	for (int i = 0; i < TRACE_EVENTS; i++)
		n += t->count[i];
	return n;
}

TEST(counts_each_event)
{
	static const struct {
		const char *line;
		enum trace_event event;
	} events[] = {
		{ HIT, TRACE_IOTLB_HIT },
		{ UPDATE, TRACE_IOTLB_UPDATE },
		{ FAULT, TRACE_FAULT },
		{ CC_HIT, TRACE_CC_HIT },
		{ CC_UPDATE, TRACE_CC_UPDATE },
		{ INV("iotlb", "0x20012"), TRACE_INV_IOTLB_GLOBAL },
		{ INV("iotlb", "0x200e2"), TRACE_INV_IOTLB_DOMAIN },
		{ INV("iotlb", "0x200f2"), TRACE_INV_IOTLB_PAGE },
		{ INV("p-iotlb", "0x20026"), TRACE_INV_PIOTLB_ALL },
		{ INV("p-iotlb", "0x20036"), TRACE_INV_PIOTLB_PAGE },
		{ WAIT, TRACE_INV_WAIT },
		{ INV("context-cache", "0x31"), TRACE_INV_CC },
		{ INV("pasid-cache", "0x7"), TRACE_INV_PASID_CACHE },
		{ INV("iec", "0x4"), TRACE_INV_IEC },
		{ INV("device", "0x3"), TRACE_INV_DEV_IOTLB },
		{ INV("device-piotlb", "0x8"), TRACE_INV_DEV_IOTLB },
	};
	char text[1024];
	struct trace t;
	struct err e;

	for (size_t i = 0; i < sizeof(events) / sizeof(events[0]); i++) {
		snprintf(text, sizeof(text), OPEN "%s%s" CLOSE, events[i].line, events[i].line);
		ASSERT_EQ(count(&t, text, &e), 0) TH_LOG("%s: %s", events[i].line, e.text);
		EXPECT_EQ(t.count[events[i].event], 2) TH_LOG("%s", events[i].line);
		EXPECT_EQ(sum(&t), 2);
	}
	for (int i = 0; i < TRACE_EVENTS; i++)
		EXPECT_NE(trace_event_name(i), NULL);
}

/* As QEMU 11 prints them. The words of virtio's have the numbers in them. */
TEST(counts_other_iommus)
{
	static const struct {
		enum driver driver;
		const char *line;
		enum trace_event event;
	} events[] = {
		{ DRIVER_AMD, "amdvi_iotlb_hit hit iotlb devid 01:00.0 gpa 0xfffff00c hpa 0x5192000\n",
		  TRACE_IOTLB_HIT },
		{ DRIVER_AMD, "amdvi_cache_update  update iotlb domid 0x5 devid: 01:00.0 gpa 0xfffff000 "
		  "hpa 0x5192000\n", TRACE_IOTLB_UPDATE },
		{ DRIVER_AMD, "amdvi_page_fault error: page fault accessing guest physical address "
		  "0x1000\n", TRACE_FAULT },
		{ DRIVER_AMD, "amdvi_pages_inval AMD-Vi pages for domain 0x5 invalidated\n",
		  TRACE_INV_IOTLB_PAGE },
		{ DRIVER_AMD, "amdvi_all_inval Invalidation of all AMD-Vi cache requested \n",
		  TRACE_INV_IOTLB_GLOBAL },
		{ DRIVER_AMD, "amdvi_completion_wait completion wait requested with store address "
		  "0x41d9000 and store data 0x1\n", TRACE_INV_WAIT },
		{ DRIVER_AMD, "amdvi_intr_inval Interrupt table invalidated\n", TRACE_INV_IEC },
		{ DRIVER_AMD, "amdvi_devtab_inval device table entry for devid: 00:14.0 invalidated\n",
		  TRACE_INV_DEVTAB },
		{ DRIVER_AMD, "amdvi_iotlb_reset IOTLB exceed size limit - reset \n",
		  TRACE_IOTLB_RESET },
		{ DRIVER_VIRTIO, "virtio_iommu_translate mr=virtio-iommu-8 rid=256 addr=0xfffff000 "
		  "flag=2\n", TRACE_TRANSLATE },
		{ DRIVER_VIRTIO, "virtio_iommu_map domain=1 virt_start=0xfffff000 virt_end=0xffffffff "
		  "phys_start=0x5192000 flags=3\n", TRACE_MAP },
		{ DRIVER_VIRTIO, "virtio_iommu_unmap domain=1 virt_start=0xfffff000 virt_end=0xffffffff\n",
		  TRACE_UNMAP },
	};
	char text[1024];
	struct trace t;
	struct err e;

	for (size_t i = 0; i < sizeof(events) / sizeof(events[0]); i++) {
		snprintf(text, sizeof(text), OPEN "%s%s" CLOSE, events[i].line, events[i].line);
		trace_init(&t, events[i].driver);
		trace_feed(&t, text, strlen(text));
		ASSERT_EQ(trace_finish(&t, &e), 0) TH_LOG("%s", e.text);
		EXPECT_EQ(t.count[events[i].event], 2) TH_LOG("%s", events[i].line);
		EXPECT_EQ(sum(&t), 2);
		EXPECT_TRUE(trace_counts(events[i].driver, events[i].event));
		/* it is none of VT-d's */
		EXPECT_EQ(count(&t, text, &e), -EIO);
	}
}

TEST(each_iommu_has_a_source_or_none)
{
	bool marked = false;

	EXPECT_STREQ(trace_source(DRIVER_VTD), "qemu-vtd");
	EXPECT_STREQ(trace_source(DRIVER_AMD), "qemu-amd");
	EXPECT_STREQ(trace_source(DRIVER_VIRTIO), "qemu-virtio");
	EXPECT_EQ(trace_source(DRIVER_SMMUV3), NULL);
	EXPECT_EQ(trace_wanted(DRIVER_SMMUV3, 0), NULL);
	for (int d = 0; d < DRIVER_SMMUV3; d++, marked = false) {
		for (size_t i = 0; trace_wanted(d, i); i++)
			marked |= !strcmp(trace_wanted(d, i), "serial_write");
		EXPECT_TRUE(marked);
	}
	EXPECT_FALSE(trace_counts(DRIVER_AMD, TRACE_CC_HIT));
	EXPECT_FALSE(trace_counts(DRIVER_VTD, TRACE_UNMAP));
	EXPECT_TRUE(trace_counts(DRIVER_VTD, TRACE_INV_PIOTLB_ALL));
}

TEST(counts_in_the_window_alone)
{
	struct trace t;

	ASSERT_EQ(count(&t, HIT WAIT "what there was in boot\n" OPEN HIT CLOSE HIT HIT "torn li",
			NULL), 0);
	EXPECT_EQ(t.count[TRACE_IOTLB_HIT], 1);
	EXPECT_EQ(sum(&t), 1);
	ASSERT_EQ(count(&t, OPEN CLOSE, NULL), 0);
	EXPECT_EQ(sum(&t), 0);
}

/* QEMU 10 says the same in other words. */
TEST(other_words)
{
	struct trace t;

	ASSERT_EQ(count(&t, "serial_write write addr 0x07 val 0x6f\n"
			"vtd_iotlb_page_hit IOTLB page hit sid 0x100 iova 0x1000 pte 0x3 domain 0x2\n"
			"serial_write write addr 0x07 val 0x63\n", NULL), 0);
	EXPECT_EQ(t.count[TRACE_IOTLB_HIT], 1);
}

/* The kernel writes to the same register when it looks for ports, and the agent to others. */
TEST(other_writes_are_no_marks)
{
	struct trace t;

	ASSERT_EQ(count(&t, "serial_write [0x07] <- 0xa5\nserial_write [0x07] <- 0x5a\n"
			"serial_write [0x00] <- 0x6f\nserial_write [0x00] <- 0x63\n" OPEN
			"serial_write [0x00] <- 0x63\n" HIT "serial_write [0x00] <- 0x6f\n" CLOSE
			"serial_write [0x00] <- 0x6f\n", NULL), 0);
	EXPECT_EQ(sum(&t), 1);
}

TEST(chunks)
{
	static const char text[] = "x\n" OPEN HIT UPDATE CC_HIT WAIT FAULT CLOSE HIT;
	struct trace t;

	for (size_t size = 1; size < sizeof(text); size++) {
		trace_init(&t, DRIVER_VTD);
		for (size_t at = 0; at < sizeof(text) - 1; at += size)
			trace_feed(&t, text + at, sizeof(text) - 1 - at < size ?
				   sizeof(text) - 1 - at : size);
		ASSERT_EQ(trace_finish(&t, NULL), 0) TH_LOG("in pieces of %zu", size);
		EXPECT_EQ(sum(&t), 5);
		EXPECT_EQ(t.count[TRACE_IOTLB_HIT], 1);
	}
}

/* Whatever is cut off is missed, never counted short. */
TEST(ends_too_early)
{
	static const char text[] = OPEN HIT WAIT CLOSE;
	struct trace t;
	struct err e;

	for (size_t len = 0; len < sizeof(text) - 1; len++) {
		trace_init(&t, DRIVER_VTD);
		trace_feed(&t, text, len);
		EXPECT_EQ(trace_finish(&t, &e), -EIO) TH_LOG("after %zu bytes", len);
	}
	EXPECT_NE(strstr(e.text, "ends inside the window"), NULL);
	EXPECT_EQ(count(&t, HIT, &e), -EIO);
	EXPECT_NE(strstr(e.text, "never marked"), NULL);
}

TEST(marks_out_of_order)
{
	static const char *const texts[] = {
		CLOSE, CLOSE OPEN, OPEN OPEN CLOSE, OPEN CLOSE CLOSE, OPEN CLOSE OPEN,
		OPEN CLOSE OPEN CLOSE, OPEN "serial_write [0x07] <- 0xa5\n" CLOSE,
		OPEN CLOSE "serial_write [0x07] <- 0x00\n",
	};
	struct trace t;
	struct err e;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		EXPECT_EQ(count(&t, texts[i], &e), -EIO) TH_LOG("%s", texts[i]);
		EXPECT_NE(strstr(e.text, i ? "serial_write" : "mark"), NULL) TH_LOG("%s", e.text);
	}
}

TEST(lines_that_are_not_known)
{
	static const char *const lines[] = {
		"vtd_iotlb_page_h\n",
		"vtd_iotlb_page_hit IOTLB page hit sid 0x100 iova 0xfffff000\n",
		"vtd_iotlb_page_hit IOTLB page hit sid 0x100 iova 0xf slpte 0x1 domain 0x2 0x3\n",
		"vtd_iotlb_page_hit IOTLB page hit sid 0x100 iova 0xf slpte 0x1 domain 0x2vtd_\n",
		"vtd_iotlb_page_hit 0x1 0x2 0x3 0x11111111111111111\n",
		"vtd_iotlb_page_hit 1 2 3 4 5 6 7 8 9\n",
		"vtd_iotlb_page_hit_ 1 2 3 4\n",
		"hit sid 0x100 iova 0xfffff000 slpte 0x1a2b3003 domain 0x2\n",
		INV("iotlb", "0x2"), INV("p-iotlb", "0x16"), INV("waits", "0x25"),
		"vtd_inv_desc invalidate desc type wait high 0x1\n",
		"vtd_inv_desc invalidate desc type\n",
		"vtd_inv_desc invalidate desc high 0x1 low 0x5\n",
		"vtd_iotlb_reset IOTLB reset (reason: iotlb exceeds size limit)\n",
		"serial_write [0x07\n", "serial_write [] <- 0x63\n", "serial_write [0x07] <-\n",
		"\n", " \n", "no event\n",
	};
	char text[1024];
	struct trace t;
	struct err e;

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		snprintf(text, sizeof(text), OPEN HIT "%s" HIT CLOSE, lines[i]);
		EXPECT_EQ(count(&t, text, &e), -EIO) TH_LOG("%s", lines[i]);
		EXPECT_NE(strstr(e.text, "not known"), NULL) TH_LOG("%s", e.text);
	}
}

TEST(lines_that_are_no_text)
{
	static const char with_nul[] = OPEN FAULT_BUT_END "\0 0\n" CLOSE;
	char text[2048] = OPEN;
	size_t n = strlen(text);
	struct trace t;

	memset(text + n, 'x', 1000);
	strcpy(text + n + 1000, "\n" CLOSE);
	EXPECT_EQ(count(&t, text, NULL), -EIO);
	memmove(text, text + n, strlen(text + n) + 1);
	strcpy(text + 1001, OPEN HIT CLOSE);
	EXPECT_EQ(count(&t, text, NULL), 0);	/* before the window it does not matter */
	trace_init(&t, DRIVER_VTD);
	trace_feed(&t, with_nul, sizeof(with_nul) - 1);
	EXPECT_EQ(trace_finish(&t, NULL), -EIO);
}

TEST(reader_reads_all)
{
	enum { LINES = 50000 };
	struct trace_reader *reader;
	struct trace t;
	struct err e;
	int fd;

	ASSERT_EQ(trace_reader_start(&reader, DRIVER_VTD, &fd, &e), 0);
	ASSERT_EQ(write(fd, OPEN, strlen(OPEN)), strlen(OPEN));
	for (int i = 0; i < LINES; i++)
		ASSERT_EQ(write(fd, HIT, strlen(HIT)), strlen(HIT));
	ASSERT_EQ(write(fd, CLOSE, strlen(CLOSE)), strlen(CLOSE));
	close(fd);
	ASSERT_EQ(trace_reader_end(reader, &t, &e), 0) TH_LOG("%s", e.text);
	EXPECT_EQ(t.count[TRACE_IOTLB_HIT], LINES);
	EXPECT_EQ(sum(&t), LINES);
}

TEST(reader_of_a_writer_that_died)
{
	struct trace_reader *reader;
	struct trace t;
	struct err e;
	int fd;

	ASSERT_EQ(trace_reader_start(&reader, DRIVER_VTD, &fd, &e), 0);
	ASSERT_EQ(write(fd, OPEN HIT, strlen(OPEN HIT)), strlen(OPEN HIT));
	close(fd);
	EXPECT_EQ(trace_reader_end(reader, &t, &e), -EIO);
	EXPECT_EQ(trace_reader_end(NULL, &t, &e), 0);
}

TEST(full_pipe)
{
	int fds[2];

	ASSERT_EQ(pipe2(fds, O_NONBLOCK), 0);
	EXPECT_FALSE(trace_pipe_is_full(fds[0]));
	ASSERT_EQ(write(fds[1], HIT, strlen(HIT)), strlen(HIT));
	EXPECT_FALSE(trace_pipe_is_full(fds[0]));
	while (write(fds[1], HIT, strlen(HIT)) > 0)
		;
	EXPECT_TRUE(trace_pipe_is_full(fds[0]));
	close(fds[0]);
	close(fds[1]);
}

TEST_HARNESS_MAIN
