// SPDX-License-Identifier: GPL-2.0
#include <stdarg.h>

#include "report/html.h"
#include "report/svg.h"

/* Blue and orange, and those of the parts: of Okabe and Ito 2008, told apart by everybody. */
static const char style_colours[] =
":root{color-scheme:light dark;--bg:#fff;--fg:#1b1f24;--muted:#59636e;--line:#d5dae0;"
"--soft:#f4f6f8;--base:#0072b2;--test:#c44e00;--band:#dfe7ee;--bad:#b3261e;--good:#00695c;"
"--c0:#0072b2;--c1:#e69f00;--c2:#009e73;--c3:#cc79a7;--c4:#56b4e9;--c5:#d55e00;--c6:#f0e442;"
"--c7:#9aa1a9}\n"
"@media(prefers-color-scheme:dark){:root{--bg:#13171c;--fg:#e4e8ec;--muted:#9aa5b1;"
"--line:#353c45;--soft:#1c2229;--base:#62b8ef;--test:#ffa14d;--band:#263442;--bad:#ff8a80;"
"--good:#5fd0b5}}\n";

static const char style_page[] =
"*{box-sizing:border-box}\n"
"html{-webkit-text-size-adjust:100%}\n"
"body{margin:0;background:var(--bg);color:var(--fg);font:16px/1.5 system-ui,-apple-system,"
"\"Segoe UI\",Roboto,\"Noto Sans\",\"Liberation Sans\",sans-serif}\n"
"main{max-width:1180px;margin:0 auto;padding:28px 20px 60px}\n"
"h1{font-size:1.65rem;line-height:1.2;margin:0 0 .3em;letter-spacing:-.01em}\n"
"h2{font-size:1.25rem;margin:0 0 .2em;display:flex;flex-wrap:wrap;gap:.1em .6em;"
"align-items:center;overflow-wrap:anywhere}\n"
"h3{font-size:1rem;margin:1.8em 0 .5em}\n"
"p{margin:.4em 0;max-width:46em;overflow-wrap:anywhere}\n"
"a{color:inherit}\n"
"section{border-top:1px solid var(--line);margin-top:2.6em;padding-top:1.6em}\n"
"code,.name{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,\"Liberation Mono\",monospace;"
"font-size:.88em;overflow-wrap:anywhere}\n"
".muted{color:var(--muted)}\n"
".small{font-size:.88rem}\n"
".badge{display:inline-block;font-size:.78rem;font-weight:600;line-height:1.5;padding:0 .6em;"
"border:1.5px solid var(--muted);border-radius:1em;white-space:nowrap}\n"
".regressed,.invalid{background:var(--bad);border-color:var(--bad);color:var(--bg)}\n"
".improved{border-color:var(--good);color:var(--good)}\n"
".inconclusive{border-style:dashed}\n"
"td.worse{color:var(--bad);font-weight:600}td.better{color:var(--good);font-weight:600}\n"
".scroll{overflow-x:auto;margin:.6em 0}\n"
"table{border-collapse:collapse;font-size:.88rem;font-variant-numeric:tabular-nums}\n"
"th{text-align:left;font-weight:600;color:var(--muted);border-bottom:1.5px solid var(--line);"
"white-space:nowrap}\n"
"th,td{padding:.28em .8em .28em 0;vertical-align:top}\n"
"td{border-bottom:1px solid var(--line)}\n"
"td.why{color:var(--muted);font-size:.92em}\n"
"td.n,th.n{text-align:right;white-space:nowrap}\n"
".sd{color:var(--muted);font-size:.86em;display:inline-block;min-width:3.9em}\n"
"dl{display:grid;grid-template-columns:auto 1fr;gap:.2em .9em;margin:.9em 0}\n"
"dt{font-weight:600;white-space:nowrap}dd{margin:0;min-width:0;overflow-wrap:anywhere}\n"
".key{display:inline-block;width:.8em;height:.8em;margin-right:.45em;vertical-align:-.05em;"
"border-radius:50%;background:var(--base)}\n"
".key.test{background:var(--test);border-radius:0;transform:rotate(45deg) scale(.85)}\n"
".sw{display:inline-block;width:1.5em;text-align:center;font-size:.82em;font-weight:600;"
"border-radius:3px;color:#111;margin-right:.6em}\n"
".grid{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,330px),1fr));"
"gap:22px 28px;margin:.8em 0}\n"
"figure{margin:0;min-width:0;break-inside:avoid}\n"
"figcaption{font-size:.86rem;line-height:1.35;margin-bottom:.35em;overflow-wrap:anywhere}\n"
"figcaption b{font-weight:600}\n"
"figure svg{display:block;width:100%;height:auto}\n"
".wide{max-width:780px}\n"
"figure.regressed,figure.invalid{background:none;color:inherit;box-shadow:-10px 0 0 var(--bg),"
"-13px 0 0 var(--bad)}\n"
"figure.improved{color:inherit;box-shadow:-10px 0 0 var(--bg),-13px 0 0 var(--good)}\n"
"summary{cursor:pointer;font-weight:600;margin:1.8em 0 .5em}\n";

/* Of pictures, also of those outside a page. */
static const char style_pictures[] =
"svg text{fill:var(--fg);font-size:12px;font-family:inherit}\n"
"svg .muted,svg .tick{fill:var(--muted)}svg .tick{font-size:11px}svg .label{font-size:15px}\n"
"svg .middle{text-anchor:middle}svg .end{text-anchor:end}\n"
"svg .grid{stroke:var(--line);stroke-width:1}svg .axis{stroke:var(--muted);stroke-width:1}\n"
"svg .band{fill:var(--band)}\n"
"svg .box{fill-opacity:.16;stroke-opacity:.5}svg .base{fill:var(--base);stroke:var(--base)}\n"
"svg .test{fill:var(--test);stroke:var(--test)}\n"
"svg .dot{fill-opacity:.75;stroke:var(--bg);stroke-width:.6}\n"
"svg .median{stroke-width:2.2}svg .range{stroke-width:7;stroke-opacity:.22;stroke-linecap:round}\n"
"svg .thin{stroke-width:1.2}\n"
"svg .steps{stroke-width:1.7;stroke-linejoin:round;fill:none}\n"
"svg .base.steps{fill:var(--base);fill-opacity:.14}svg .test.steps{fill:none}\n"
"svg .lines{fill:none!important;stroke-width:1.7}\n"
"svg .interval{stroke:var(--fg);stroke-width:1.6}svg .estimate{fill:var(--fg)}\n"
"svg .change{stroke:var(--bad);stroke-width:1.4;stroke-dasharray:4 3}\n"
"svg .frame{fill:none;stroke:var(--muted);stroke-width:1}\n"
"svg .part{stroke:var(--bg);stroke-width:1.5}svg .on{fill:#111;font-size:13px;font-weight:600}\n"
".c0{fill:var(--c0);background:var(--c0)}.c1{fill:var(--c1);background:var(--c1)}"
".c2{fill:var(--c2);background:var(--c2)}.c3{fill:var(--c3);background:var(--c3)}"
".c4{fill:var(--c4);background:var(--c4)}.c5{fill:var(--c5);background:var(--c5)}"
".c6{fill:var(--c6);background:var(--c6)}.c7{fill:var(--c7);background:var(--c7)}\n"
"svg .on.c0,.sw.c0{fill:#fff;color:#fff}svg .on:not(.c0){fill:#111}\n";

static const char style_media[] =
"@media(max-width:620px){main{padding:20px 14px 40px}.wideonly{display:none}"
"svg .label{font-size:22px}svg .on{font-size:20px}table{font-size:.84rem}"
"th,td{padding-right:.6em}"
"table.m,table.m tbody{display:block}table.m tr{display:grid;border-bottom:1px solid var(--line);"
"grid-template-columns:1.1fr 1.1fr 1fr 1fr 1.3fr;padding:.25em 0}"
"table.m td,table.m th{border:0;padding:.05em 0;text-align:right;white-space:normal}"
"table.m th:first-child{display:none}"
"table.m td.name,table.m td.why{grid-column:1/-1;text-align:left}"
"figure.regressed,figure.invalid{box-shadow:-5px 0 0 var(--bg),"
"-8px 0 0 var(--bad)}figure.improved{box-shadow:-5px 0 0 var(--bg),-8px 0 0 var(--good)}}\n"
"@media print{:root{color-scheme:light;--bg:#fff;--fg:#000;--muted:#444;--line:#bbb;"
"--soft:#fff;--base:#0072b2;--test:#c44e00;--band:#dfe7ee;--bad:#b3261e;--good:#00695c}"
"body{font-size:10pt}main{max-width:none;padding:0}.scroll{overflow:visible}"
"details::details-content{content-visibility:visible;block-size:auto}"
"tr,h2,h3{break-inside:avoid}h2,h3{break-after:avoid}*{print-color-adjust:exact;"
"-webkit-print-color-adjust:exact}}\n";

const char *html_picture_style(void)
{
	static char style[sizeof(style_colours) + sizeof(style_pictures) + 160];

	snprintf(style, sizeof(style), "%s%ssvg{font-family:system-ui,-apple-system,\"Segoe UI\","
		 "Roboto,\"Noto Sans\",sans-serif}\nsvg .ground{fill:var(--bg)}\n", style_colours,
		 style_pictures);
	return style;
}

void html_begin(FILE *out, const char *title)
{
	fputs("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	      "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
	      "<link rel=\"icon\" href=\"data:,\">\n<title>", out);
	xml_put(out, title);
	fputs("</title>\n<style>\n", out);
	fputs(style_colours, out);
	fputs(style_page, out);
	fputs(style_pictures, out);
	fputs(style_media, out);
	fputs("</style>\n</head>\n<body>\n<main>\n", out);
}

void html_end(FILE *out)
{
	fputs("</main>\n</body>\n</html>\n", out);
}

void html_element(FILE *out, const char *tag, const char *class, const char *fmt, ...)
{
	char text[1600];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	fprintf(out, class ? "<%s class=\"%s\">" : "<%s>", tag, class);
	xml_put(out, text);
	fprintf(out, "</%s>\n", tag);
}

void html_figure_begin(FILE *out, const char *class, const char *caption, const char *more)
{
	fprintf(out, "<figure class=\"%s\"><figcaption><b class=\"name\">", class);
	xml_put(out, caption);
	fputs("</b> <span class=\"muted\">", out);
	xml_put(out, more);
	fputs("</span></figcaption>\n", out);
}

void html_figure_end(FILE *out)
{
	fputs("</figure>\n", out);
}
