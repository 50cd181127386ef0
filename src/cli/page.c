/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/page.h"

#include <stdarg.h>
#include <stdio.h>

#include "cli/score_svg.h"

static const char STYLE[] =
    ":root{color-scheme:light dark;--bg:#fbfaf7;--fg:#1d1f24;--soft:#696e78;--line:#dedbd2;"
    "--card:#fff;--in:#1c7a4d;--near:#a06a00;--out:#b3261e;--band:#1c7a4d22;--ref:#8d929c;"
    "--c0:#2458c5;--c1:#c8501e;--c2:#0d8a78;--c3:#8a3fb0;--c4:#a8801a;--c5:#c23a6b;--c6:#4d7a1f;"
    "--c7:#5b6472}"
    "@media(prefers-color-scheme:dark){:root{--bg:#14161a;--fg:#e6e4de;--soft:#9aa0ab;"
    "--line:#31353d;--card:#1b1e24;--in:#5fc492;--near:#e0b04e;--out:#f0857c;--band:#5fc49228;"
    "--ref:#7f8692;--c0:#7da6ff;--c1:#f29a6b;--c2:#58cdb9;--c3:#cb95ea;--c4:#d9bd62;--c5:#f08cae;"
    "--c6:#a5cf70;--c7:#aab2c0}}"
    "body{margin:0 auto;max-width:1240px;padding:24px 20px 60px;background:var(--bg);"
    "color:var(--fg);font:14px/1.45 system-ui,sans-serif}"
    "h1{font-size:22px;margin:0}h2{font-size:17px;margin:34px 0 10px}h3{font-size:14px;margin:0 0 "
    "6px}"
    "p.source{color:var(--soft);margin:4px 0 16px}"
    ".tally{display:flex;gap:10px;flex-wrap:wrap}.tally div{background:var(--card);border:1px "
    "solid "
    "var(--line);border-radius:8px;padding:8px 16px;min-width:84px}.tally "
    "b{display:block;font-size:"
    "22px}"
    "table{border-collapse:collapse;width:100%}td,th{padding:3px "
    "8px;text-align:left;vertical-align:"
    "middle}"
    "th{color:var(--soft);font-weight:500;border-bottom:1px solid var(--line)}"
    "tr.row td{border-top:1px solid var(--line);font-weight:600;padding-top:7px}"
    "th.n{text-align:right}td.n{text-align:right;font-variant-numeric:tabular-nums;white-space:"
    "nowrap}"
    "td.note{color:var(--soft);font-style:italic}"
    ".in{color:var(--in)}.near{color:var(--near)}.out{color:var(--out)}.na{color:var(--soft)}"
    ".plots{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,520px),1fr));gap:"
    "14px}"
    "figure{margin:0;background:var(--card);border:1px solid var(--line);border-radius:8px;"
    "padding:12px 14px}"
    "svg{display:block;width:100%;height:auto}svg.mark{width:150px;height:16px}"
    ".grid{stroke:var(--line);stroke-width:1}.tick{fill:var(--soft);font-size:11px}"
    ".label{fill:var(--fg);font-size:12px}.band{fill:var(--band)}"
    ".line{fill:none;stroke-width:1.8}.line.ref{stroke:var(--ref);stroke-dasharray:5 4}"
    ".dot.ref{fill:none;stroke:var(--ref);stroke-width:1.3}.bar.ref{fill:var(--ref);opacity:.5}"
    ".legend{margin:6px 0 0;color:var(--soft);font-size:12px}.legend span{margin-right:14px;"
    "white-space:nowrap}"
    ".key{display:inline-block;width:12px;height:12px;border-radius:3px;margin-right:5px;"
    "vertical-align:-2px}.key.ref{background:none;border:2px solid "
    "var(--ref);box-sizing:border-box}.round{border-radius:6px}.keyband{background:var(--band);"
    "outline:"
    "1px "
    "solid var(--in)}"
    ".scroll{overflow-x:auto}";

void tl_page_put(struct tl_text *out, const char *format, ...)
{
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    tl_text_lit(out, text);
}

static void put_colors(struct tl_text *out)
{
    for (int i = 0; i < 8; i++)
        tl_page_put(out,
                    ".line.s%d{stroke:var(--c%d)}.dot.s%d,.bar.s%d{fill:var(--c%d)}"
                    ".key.s%d{background:var(--c%d)}",
                    i, i, i, i, i, i, i);
}

void tl_page_open(struct tl_text *out, const char *title, const char *source)
{
    tl_text_lit(out, "<!doctype html><html lang=en><head><meta charset=utf-8><meta name=viewport "
                     "content=\"width=device-width,initial-scale=1\"><title>");
    tl_score_put_escaped(out, title);
    tl_text_lit(out, "</title><style>");
    tl_text_lit(out, STYLE);
    put_colors(out);
    tl_text_lit(out, "</style></head><body><h1>");
    tl_score_put_escaped(out, title);
    tl_text_lit(out, "</h1><p class=source>");
    tl_score_put_escaped(out, source);
    tl_text_lit(out, "</p>");
}

void tl_page_close(struct tl_text *out)
{
    tl_text_lit(out, "</body></html>\n");
}
