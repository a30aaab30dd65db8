/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Pictures in a page of HTML: the least of SVG that charts take. Colours are those of the page: an
 * element has a class, and the page's style says what it looks like.
 */
#ifndef REPORT_SVG_H
#define REPORT_SVG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* @text with what XML and HTML would take for markup replaced; other bytes than UTF-8 as '?'. */
void xml_put(FILE *out, const char *text);

/* A picture of @width x @height units, about a pixel each; @label says what it shows. */
void svg_begin(FILE *out, double width, double height, const char *label);
void svg_end(FILE *out);

/* The same as a file of its own: with @style, and its colours behind it. */
void svg_begin_alone(FILE *out, double width, double height, const char *label,
		     const char *style);

/* A number that is not finite is drawn as 0: no picture may break a page. */
void svg_rect(FILE *out, const char *class, double x, double y, double width, double height,
	      const char *tip);
void svg_line(FILE *out, const char *class, double x1, double y1, double x2, double y2);
void svg_circle(FILE *out, const char *class, double x, double y, double r, const char *tip);
void svg_diamond(FILE *out, const char *class, double x, double y, double r, const char *tip);

/* Text whose class says which end of it is at @x. */
__attribute__((format(printf, 5, 6)))
void svg_text(FILE *out, const char *class, double x, double y, const char *fmt, ...);

/* A polyline, point by point. */
void svg_path_begin(FILE *out, const char *class);
void svg_path_to(FILE *out, double x, double y);
void svg_path_end(FILE *out);

/* Values to positions. Of a logarithmic one, low > 0. */
struct scale {
	double low, high;	/* values */
	double from, to;	/* where they are */
	bool log;
};

/* A scale that holds @low to @high, widened where they are equal, finite whatever they are. */
struct scale scale_new(double low, double high, double from, double to, bool log);

/* Where @value is; one outside goes to the nearest end. */
double scale_at(const struct scale *s, double value);

enum { TICKS_MAX = 12 };

/*
 * Round values on @s, about @wanted of them, ascending, into @ticks: how many. @digits is set to
 * the decimals that tell them apart.
 */
size_t scale_ticks(const struct scale *s, size_t wanted, double ticks[TICKS_MAX], int *digits);

/* A tick as text: "1.5M" for what is long. */
void tick_text(char *text, size_t size, double value, int digits);

#endif
