// SPDX-License-Identifier: GPL-2.0
#include <math.h>
#include <stdlib.h>

#include "kselftest_harness.h"
#include "markup.h"
#include "report/svg.h"
#include "report/svg_charts.h"

FIXTURE(drawing)
{
	FILE *out;
	char *text;
	size_t len;
};

FIXTURE_SETUP(drawing)
{
	self->out = open_memstream(&self->text, &self->len);
}

FIXTURE_TEARDOWN(drawing)
{
	fclose(self->out);
	free(self->text);
}

/* What was drawn must be well-formed; it is then forgotten. */
#define CHECK() \
	do { \
		const char *fault; \
		fputc('\0', self->out); \
		fflush(self->out); \
		fault = markup_fault(self->text); \
		EXPECT_EQ(fault, NULL) { \
			TH_LOG("%s", fault); \
		} \
		EXPECT_EQ(strncmp(self->text, "<svg ", 5), 0); \
		rewind(self->out); \
	} while (0)

TEST(markup)
{
	EXPECT_EQ(markup_fault("<a b=\"<\"><c/>&amp;</a>") == NULL, false);
	EXPECT_EQ(markup_fault("<a b=\"1\"><c/>&amp;</a>"), NULL);
	EXPECT_NE(markup_fault("<a><b></a></b>"), NULL);
	EXPECT_NE(markup_fault("<a>"), NULL);
	EXPECT_NE(markup_fault("<a>R & D</a>"), NULL);
	EXPECT_NE(markup_fault("<a x=\"nan\"/>"), NULL);
}

TEST_F(drawing, escapes)
{
	xml_put(self->out, "a<b>\"c\"&'d'\001\x7f\xff");
	fflush(self->out);
	EXPECT_STREQ(self->text, "a&lt;b&gt;&quot;c&quot;&amp;&#39;d&#39;???");
	rewind(self->out);
	xml_put(self->out, "\xc3\xa4");
	fputc(0, self->out);
	fflush(self->out);
	EXPECT_STREQ(self->text, "\xc3\xa4");
	rewind(self->out);
	svg_begin(self->out, 10, NAN, "\"><script>");
	svg_rect(self->out, "x", NAN, INFINITY, -3, 4, "</title>");
	svg_circle(self->out, "x", -INFINITY, 1, 2, NULL);
	svg_diamond(self->out, "x", NAN, NAN, 2, "&");
	svg_text(self->out, "x", NAN, 2, "%s", "</svg>");
	svg_path_begin(self->out, "x");
	svg_path_to(self->out, NAN, INFINITY);
	svg_path_end(self->out);
	svg_end(self->out);
	fflush(self->out);
	EXPECT_EQ(strstr(self->text, "<script>"), NULL);
	CHECK();
}

TEST(scales)
{
	struct scale s = scale_new(10, 20, 0, 100, false);
	double ticks[TICKS_MAX];
	int digits;

	EXPECT_EQ(scale_at(&s, 15), 50);
	EXPECT_EQ(scale_at(&s, 5), 0);
	EXPECT_EQ(scale_at(&s, 1e9), 100);
	EXPECT_EQ(scale_at(&s, NAN), 0);
	EXPECT_EQ(scale_ticks(&s, 5, ticks, &digits), 6);
	EXPECT_EQ(ticks[0], 10);
	EXPECT_EQ(ticks[5], 20);
	EXPECT_EQ(digits, 0);
	s = scale_new(1, 100, 0, 100, true);
	EXPECT_LT(fabs(scale_at(&s, 10) - 50), 1e-9);
	ASSERT_GE(scale_ticks(&s, 3, ticks, &digits), 3);
	EXPECT_EQ(ticks[0], 1);
	s = scale_new(0.0301, 0.0309, 0, 100, false);
	ASSERT_GE(scale_ticks(&s, 4, ticks, &digits), 2);
	EXPECT_EQ(digits, 4);
}

/* Whatever comes, a scale is one: finite, ascending, its ticks on it and few. */
TEST(odd_scales)
{
	static const double values[] = {
		0, -0.0, 1, -1, 1e-300, 1e300, -1e300, INFINITY, -INFINITY, NAN, 5e-324, 42,
	};
	enum { N = sizeof(values) / sizeof(values[0]) };
	double ticks[TICKS_MAX], at;
	int digits;

	for (size_t i = 0; i < N * N * 2; i++) {
		struct scale s = scale_new(values[i % N], values[i / 2 / N], 0, 100, i / N % 2);
		size_t n = scale_ticks(&s, 4, ticks, &digits);

		EXPECT_TRUE(isfinite(s.low) && isfinite(s.high));
		EXPECT_LT(s.low, s.high);
		EXPECT_LE(n, TICKS_MAX);
		for (size_t k = 0; k < N; k++) {
			at = scale_at(&s, values[k]);
			EXPECT_TRUE(at >= 0 && at <= 100) {
				TH_LOG("%g of %g..%g", values[k], s.low, s.high);
			}
		}
	}
}

TEST(tick_texts)
{
	static const struct { double value; int digits; const char *text; } known[] = {
		{ 0, 0, "0" }, { 1500, 0, "1500" }, { 1.5e6, 0, "1.5M" }, { 2e9, 0, "2G" },
		{ 0.25, 2, "0.25" }, { 0.001, 0, "0.001" }, { -3, 1, "-3.0" },
	};
	char text[32];

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		tick_text(text, sizeof(text), known[i].value, known[i].digits);
		EXPECT_STREQ(text, known[i].text);
	}
}

static const double one[] = { 5 }, same[] = { 3, 3, 3, 3, 3, 3 }, zero[] = { 0, 0, 0 };
static const double odd[] = { NAN, INFINITY, -1e308, 1e308, 0 };

static const struct { const double *values; size_t n; } samples[] = {
	{ NULL, 0 }, { one, 1 }, { same, 6 }, { zero, 3 }, { odd, 5 },
};
enum { SAMPLES = sizeof(samples) / sizeof(samples[0]) };

TEST_F(drawing, strips)
{
	for (size_t i = 0; i < SAMPLES * SAMPLES * 2; i++) {
		struct strip s = {
			.label = "<a> & \"b\"",
			.values = { samples[i % SAMPLES].values, samples[i / 2 / SAMPLES].values },
			.n = { samples[i % SAMPLES].n, samples[i / 2 / SAMPLES].n },
			.allowed_low = i % 2 ? NAN : -1, .allowed_high = 1, .change = NAN,
			.low = i % 3 ? NAN : 0, .high = 4,
		};

		svg_strip(self->out, &s);
		CHECK();
	}
}

TEST_F(drawing, histograms)
{
	static const double edges[] = { 1, 2, 4, 8 }, some[] = { 0.5, 0, 0.5 };
	const double *sides[] = { NULL, some, zero };

	for (size_t i = 0; i < 9; i++) {
		struct histogram_chart h = {
			.label = "h", .edges = edges, .shares = { sides[i % 3], sides[i / 3] },
			.n = 3, .p50 = { NAN, 3 }, .p99 = { 1e300, NAN },
		};

		svg_histogram(self->out, &h);
		CHECK();
		h.n = 1;
		svg_histogram(self->out, &h);
		CHECK();
		h.n = 0;
		svg_histogram(self->out, &h);
		CHECK();
	}
}

TEST_F(drawing, stacks)
{
	static const char *const names[] = { "a", "<b>", "c", "d", "e", "f" };

	for (size_t i = 0; i < SAMPLES; i++) {
		for (size_t n = 0; n <= samples[i].n; n++) {
			struct stack s = {
				.label = "s", .unit = "&", .values = { samples[i].values, NULL },
				.names = names, .n = n,
			};

			svg_stack(self->out, &s);
			CHECK();
		}
	}
}

/* No part, no side, no value that can be drawn, and no more names than there is room for. */
TEST_F(drawing, attributions)
{
	static const char *const sides[] = { "<guest>", "relay", "host" };
	static const char *const none[] = { NULL, NULL, NULL }, *const why[] = { NULL, "a & b", NULL };
	static const double values[] = { 0, NAN, INFINITY, 1e308, 5 };
	enum { N = sizeof(values) / sizeof(values[0]) };
	struct attribution_part parts[12];

	for (size_t i = 0; i < N * N * 4; i++) {
		for (size_t k = 0; k < 12; k++)
			parts[k] = (struct attribution_part) {
				.name = k % 2 ? "<b>" : "a name that is as long as any of the kernel's",
				.side = k / 4, .values = { values[(i + k) % N], values[i / N % N] },
				.calls = { values[k % N], NAN },
			};
		for (size_t n = 0; n <= 12; n += 6) {
			struct attribution_chart c = {
				.label = "\"&\"", .unit = "<ns>", .sides = sides,
				.absent = i % 3 ? none : why, .nr_sides = i % 4, .parts = parts,
				.n = n, .two = i % 2, .style = i % 5 ? NULL : "svg{fill:red}",
			};

			svg_attribution(self->out, &c);
			CHECK();
		}
	}
}

TEST_F(drawing, flows)
{
	for (size_t i = 0; i < SAMPLES * SAMPLES; i++) {
		size_t a = i % SAMPLES, b = i / SAMPLES;
		const struct flows_point points[] = {
			{ 1, { samples[a].values, NULL }, { samples[a].n, 0 } },
			{ 20, { NULL, samples[b].values }, { 0, samples[b].n } },
		};

		for (size_t n = 0; n <= 2; n++) {
			struct flows_chart f = { .label = "f", .points = points, .n = n };

			svg_flows(self->out, &f);
			CHECK();
		}
	}
}

TEST_F(drawing, series)
{
	static const size_t changes[] = { 2, 4 };

	for (size_t i = 0; i < SAMPLES; i++) {
		struct series s = {
			.label = "s", .values = samples[i].values, .n = samples[i].n,
			.changes = changes, .nr_changes = samples[i].n > 4 ? 2 : 0,
		};

		svg_series(self->out, &s);
		CHECK();
	}
}

TEST_F(drawing, series_panels)
{
	static const size_t changes[] = { 1 };
	const char *marks[64] = { "6.1", NULL, "6.12 <&>" };

	for (size_t i = 0; i < SAMPLES; i++) {
		struct series s[2] = {
			{ .label = "a <b>", .values = samples[i].values, .n = samples[i].n },
			{ .label = "c", .values = samples[i].values, .n = samples[i].n,
			  .changes = changes, .nr_changes = samples[i].n > 1 },
		};
		struct series_panels p = {
			.label = "all", .series = s, .n = i % 3, .style = "",
			.marks = samples[i].n <= 64 ? marks : NULL,
		};

		svg_series_panels(self->out, &p);
		CHECK();
	}
}

TEST_HARNESS_MAIN
