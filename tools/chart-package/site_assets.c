/* SPDX-License-Identifier: Apache-2.0 */
/* The files of site/, which mk/embed makes arrays of. */
#include "tools/chart-package/site.h"

#include "site_assets.h"

const struct str site_page_html = { page_html, sizeof(page_html) };
const struct str site_chart_html = { chart_html, sizeof(chart_html) };
const struct str site_style_css = { style_css, sizeof(style_css) };
const struct str site_script_js = { script_js, sizeof(script_js) };
