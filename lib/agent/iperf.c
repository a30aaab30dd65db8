// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "agent/iperf.h"

/* Bytes and seconds of end.@key. */
static int parse_sum(json_t *root, const char *key, uint64_t *bytes, double *seconds,
		     struct err *e)
{
	json_t *sum = json_object_get(json_object_get(root, "end"), key);
	json_t *b = json_object_get(sum, "bytes"), *s = json_object_get(sum, "seconds");

	if (!json_is_integer(b) || json_integer_value(b) <= 0)
		return err_set(e, EINVAL, "iperf3: end.%s.bytes is missing or not above 0", key);
	if (!json_is_number(s) || !(json_number_value(s) > 0))
		return err_set(e, EINVAL, "iperf3: end.%s.seconds is missing or not above 0", key);
	*bytes = json_integer_value(b);
	*seconds = json_number_value(s);
	return 0;
}

static void parse_congestion(json_t *root, struct iperf_result *out)
{
	json_t *name = json_object_get(json_object_get(root, "end"), "sender_tcp_congestion");

	snprintf(out->congestion, sizeof(out->congestion), "%s",
		 json_is_string(name) ? json_string_value(name) : "");
}

static int parse_root(json_t *root, uint64_t asked, struct iperf_result *out, struct err *e)
{
	json_t *error = json_object_get(root, "error");
	json_t *version = json_object_get(json_object_get(root, "start"), "version");
	size_t streams = json_array_size(json_object_get(json_object_get(root, "end"), "streams"));
	double ignored;
	int ret;

	if (error)
		return err_set(e, EINVAL, "iperf3: %s", json_is_string(error) ?
			       json_string_value(error) : "an \"error\" that is no text");
	if (!json_is_string(version))
		return err_set(e, EINVAL, "iperf3: start.version is missing");
	if (streams != 1)
		return err_set(e, EINVAL, "iperf3: %zu streams in the result, not 1", streams);
	snprintf(out->version, sizeof(out->version), "%s", json_string_value(version));
	parse_congestion(root, out);
	ret = parse_sum(root, "sum_sent", &out->sent_bytes, &out->seconds, e);
	if (!ret)
		ret = parse_sum(root, "sum_received", &out->received_bytes, &ignored, e);
	if (!ret && asked && (out->sent_bytes < asked || out->received_bytes < asked))
		ret = err_set(e, EINVAL, "iperf3: short transfer: %" PRIu64 " bytes sent, %" PRIu64
			      " received, %" PRIu64 " asked for", out->sent_bytes,
			      out->received_bytes, asked);
	return ret;
}

int iperf_parse(const char *text, size_t len, uint64_t asked, struct iperf_result *out,
		struct err *e)
{
	json_error_t je;
	json_t *root = json_loadb(text, len, JSON_REJECT_DUPLICATES, &je);
	int ret;

	if (!root)
		return err_set(e, EINVAL, "iperf3: its JSON is broken at line %d: %s", je.line,
			       je.text);
	ret = parse_root(root, asked, out, e);
	json_decref(root);
	return ret;
}
