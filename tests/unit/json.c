// SPDX-License-Identifier: GPL-2.0
#include "kselftest_harness.h"
#include "util/json.h"

struct thing {
	char *word, *maybe;
	unsigned long long big;
	int small;
	bool yes;
	double real;
};

static const struct json_field fields[] = {
	{ "word", JSON_KIND_STRING, offsetof(struct thing, word), false },
	{ "maybe", JSON_KIND_STRING, offsetof(struct thing, maybe), true },
	{ "big", JSON_KIND_U64, offsetof(struct thing, big), false },
	{ "small", JSON_KIND_INT, offsetof(struct thing, small), false },
	{ "yes", JSON_KIND_BOOL, offsetof(struct thing, yes), false },
	{ "real", JSON_KIND_REAL, offsetof(struct thing, real), false },
};

static int read_thing(const char *text, struct thing *t, struct err *e)
{
	struct json_place at = { .file = "t.json", .e = e, .path = "a[3]" };
	json_t *root;
	int ret;

	*t = (struct thing){};
	e->text[0] = '\0';
	ret = json_parse_object(text, strlen(text), "t.json", &root, e);
	if (ret)
		return ret;
	ret = json_read_fields(root, &at, JSON_FIELDS(fields), NULL, t);
	json_decref(root);
	return ret;
}

static void free_thing(struct thing *t)
{
	free(t->word);
	free(t->maybe);
}

TEST(good)
{
	struct thing t;
	struct err e;

	ASSERT_EQ(read_thing("{\"word\":\"w\",\"big\":9223372036854775807,\"small\":2147483647,"
			     "\"yes\":true,\"real\":1.5}", &t, &e), 0) {
		TH_LOG("%s", e.text);
	}
	EXPECT_STREQ(t.word, "w");
	EXPECT_EQ(t.maybe, NULL);
	EXPECT_EQ(t.big, 9223372036854775807ULL);
	EXPECT_EQ(t.small, 2147483647);
	EXPECT_TRUE(t.yes);
	EXPECT_EQ(t.real, 1.5);
	free_thing(&t);
}

TEST(refusals)
{
#define REST "\"big\":1,\"small\":1,\"yes\":true,\"real\":1}"
	static const struct {
		const char *text, *says;
	} bad[] = {
		{ "", "not JSON" },
		{ "[]", "not a JSON object" },
		{ "{\"word\":\"w\",", "line 1: not JSON, or cut short" },
		{ "{\"word\":\"w\"," REST " {}", "line 1: not JSON" },
		{ "{\"word\":\"w\",\"word\":\"v\"," REST, "duplicate" },
		{ "{" REST, "t.json: a[3].word: is missing" },
		{ "{\"word\":1," REST, "a[3].word: is a whole number, must be a string" },
		{ "{\"word\":null," REST, "a[3].word: is null" },
		{ "{\"word\":\"w\",\"other\":1," REST, "a[3].other: is not a field" },
		{ "{\"word\":\"w\",\"big\":-1,\"small\":1,\"yes\":true,\"real\":1}",
		  "a[3].big: -1" },
		{ "{\"word\":\"w\",\"big\":1.0,\"small\":1,\"yes\":true,\"real\":1}",
		  "a[3].big: is a number with a fraction" },
		{ "{\"word\":\"w\",\"big\":9223372036854775808,\"small\":1,\"yes\":true,"
		  "\"real\":1}",
		  "too big" },
		{ "{\"word\":\"w\",\"big\":1,\"small\":2147483648,\"yes\":true,\"real\":1}",
		  "a[3].small: 2147483648 is out of range" },
		{ "{\"word\":\"w\",\"big\":1,\"small\":1,\"yes\":1,\"real\":1}", "a[3].yes" },
		{ "{\"word\":\"w\",\"big\":1,\"small\":1,\"yes\":true,\"real\":\"1\"}",
		  "a[3].real" },
		{ "{\"word\":\"w\",\"big\":1,\"small\":1,\"yes\":true,\"real\":-0.5}", "negative" },
		{ "{\"word\":\"w\",\"big\":1,\"small\":1,\"yes\":true,\"real\":nan}", "not JSON" },
		{ "{\"word\":\"w\",\"big\":1,\"small\":1,\"yes\":true,\"real\":1e999}",
		  "overflow" },
	};
#undef REST
	struct thing t;
	struct err e;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		EXPECT_EQ(read_thing(bad[i].text, &t, &e), -EINVAL) {
			TH_LOG("%s", bad[i].text);
		}
		EXPECT_NE(strstr(e.text, bad[i].says), NULL) {
			TH_LOG("%s says: %s", bad[i].text, e.text);
		}
		free_thing(&t);
	}
}

static char *print_string(const char *s)
{
	char *text;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	json_print_string(out, s);
	fclose(out);
	return text;
}

TEST(strings_stay_json)
{
	static const struct {
		const char *in, *out;
	} known[] = {
		{ "plain", "\"plain\"" },
		{ "a\"b\\c", "\"a\\\"b\\\\c\"" },
		{ "tab\tend\n", "\"tab\\u0009end\\u000a\"" },
		{ "gr\xc3\xbc\xc3\x9f", "\"gr\xc3\xbc\xc3\x9f\"" },
		{ "bad\xff""byte", "\"bad\\ufffdbyte\"" },
	};
	char *text;

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		text = print_string(known[i].in);
		EXPECT_STREQ(text, known[i].out);
		free(text);
	}
}

TEST(numbers_read_back_the_same)
{
	static const double known[] = { 0, 1, 0.1, 1.75, 1.0 / 3, 1e300, 12345678.9, 5e-324 };
	char text[64];
	FILE *out;

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		memset(text, 0, sizeof(text));
		out = fmemopen(text, sizeof(text), "w");
		json_print_real(out, known[i]);
		fclose(out);
		EXPECT_EQ(strtod(text, NULL), known[i]);
	}
	out = fmemopen(text, sizeof(text), "w");
	json_print_real(out, 0.1);
	fclose(out);
	EXPECT_STREQ(text, "0.1");
}

TEST_HARNESS_MAIN
