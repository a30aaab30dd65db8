// SPDX-License-Identifier: GPL-2.0
#include <jansson.h>
#include <math.h>
#include <stdarg.h>
#include <string.h>

#include "report/svg.h"

void xml_put(FILE *out, const char *text)
{
	json_t *check = json_string(text);	/* NULL where it is not UTF-8 */
	unsigned char c;

	for (; *text; text++) {
		c = *text;
		switch (c) {
		case '&': fputs("&amp;", out); break;
		case '<': fputs("&lt;", out); break;
		case '>': fputs("&gt;", out); break;
		case '"': fputs("&quot;", out); break;
		case '\'': fputs("&#39;", out); break;
		default:
			fputc((c < 0x20 && c != '\n' && c != '\t') || c == 0x7f ||
			      (c >= 0x80 && !check) ? '?' : c, out);
		}
	}
	json_decref(check);
}

static double drawable(double x)
{
	return isfinite(x) ? x : 0;
}

/* An attribute, with a hundredth of a unit and no zeros behind. */
static void put_number(FILE *out, const char *name, double x)
{
	fprintf(out, " %s=\"%.6g\"", name, round(100 * drawable(x)) / 100);
}

static void put_class(FILE *out, const char *element, const char *class)
{
	fprintf(out, "<%s class=\"%s\"", element, class);
}

/* The end of an element that may show @tip where a pointer rests on it. */
static void put_tip(FILE *out, const char *element, const char *tip)
{
	if (!tip) {
		fputs("/>", out);
		return;
	}
	fputs("><title>", out);
	xml_put(out, tip);
	fprintf(out, "</title></%s>", element);
}

void svg_begin(FILE *out, double width, double height, const char *label)
{
	fprintf(out, "<svg viewBox=\"0 0 %.6g %.6g\" role=\"img\" aria-label=\"",
		drawable(width), drawable(height));
	xml_put(out, label);
	fputs("\">", out);
}

enum { MARGIN = 14 };

void svg_begin_alone(FILE *out, double width, double height, const char *label,
		     const char *style)
{
	fprintf(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"%d %d %.6g %.6g\" "
		"width=\"%.6g\" role=\"img\" aria-label=\"", -MARGIN, -MARGIN,
		drawable(width) + 2 * MARGIN, drawable(height) + 2 * MARGIN,
		drawable(width) + 2 * MARGIN);
	xml_put(out, label);
	fprintf(out, "\">\n<style>\n%s</style>\n", style);
	svg_rect(out, "ground", -MARGIN, -MARGIN, drawable(width) + 2 * MARGIN,
		 drawable(height) + 2 * MARGIN, NULL);
}

void svg_end(FILE *out)
{
	fputs("</svg>\n", out);
}

void svg_rect(FILE *out, const char *class, double x, double y, double width, double height,
	      const char *tip)
{
	put_class(out, "rect", class);
	put_number(out, "x", x);
	put_number(out, "y", y);
	put_number(out, "width", fmax(drawable(width), 0));
	put_number(out, "height", fmax(drawable(height), 0));
	put_tip(out, "rect", tip);
}

void svg_line(FILE *out, const char *class, double x1, double y1, double x2, double y2)
{
	put_class(out, "line", class);
	put_number(out, "x1", x1);
	put_number(out, "y1", y1);
	put_number(out, "x2", x2);
	put_number(out, "y2", y2);
	fputs("/>", out);
}

void svg_circle(FILE *out, const char *class, double x, double y, double r, const char *tip)
{
	put_class(out, "circle", class);
	put_number(out, "cx", x);
	put_number(out, "cy", y);
	put_number(out, "r", r);
	put_tip(out, "circle", tip);
}

void svg_diamond(FILE *out, const char *class, double x, double y, double r, const char *tip)
{
	put_class(out, "path", class);
	fprintf(out, " d=\"M%.2f %.2fl%.2f %.2fl%.2f %.2fl%.2f %.2fz\"", drawable(x),
		drawable(y) - r, r, r, -r, r, -r, -r);
	put_tip(out, "path", tip);
}

void svg_text(FILE *out, const char *class, double x, double y, const char *fmt, ...)
{
	char text[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	put_class(out, "text", class);
	put_number(out, "x", x);
	put_number(out, "y", y);
	fputc('>', out);
	xml_put(out, text);
	fputs("</text>", out);
}

void svg_path_begin(FILE *out, const char *class)
{
	put_class(out, "polyline", class);
	fputs(" points=\"", out);
}

void svg_path_to(FILE *out, double x, double y)
{
	fprintf(out, "%.1f,%.1f ", drawable(x), drawable(y));
}

void svg_path_end(FILE *out)
{
	fputs("\"/>", out);
}
