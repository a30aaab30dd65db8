/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The frame of a page: one file, its style in it, without scripts. Light or dark as its reader's
 * screen, narrow on a phone, black on white on paper.
 */
#ifndef REPORT_HTML_H
#define REPORT_HTML_H

#include <stdio.h>

/* From <!doctype> to the open <main>. */
void html_begin(FILE *out, const char *title);
void html_end(FILE *out);

/* <TAG class="CLASS"> TEXT </TAG>, the text escaped; without a class where that is NULL. */
__attribute__((format(printf, 4, 5)))
void html_element(FILE *out, const char *tag, const char *class, const char *fmt, ...);

/* The part of the style that a picture by itself takes; not to be freed. */
const char *html_picture_style(void);

/* A picture and what it shows: begin, an svg, end. */
void html_figure_begin(FILE *out, const char *class, const char *caption, const char *more);
void html_figure_end(FILE *out);

#endif
