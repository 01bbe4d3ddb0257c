/* SPDX-License-Identifier: Apache-2.0 */
/* The names that Go takes in \p{...}: categories, their long names, and scripts of one word. */
#include "funcs/regex.h"

#include <string.h>

/* Long names, folded as Go does, and the category each stands for. */
static const struct alias {
	const char *name, *category;
} aliases[] = {
	{ "Casedletter", "LC" },
	{ "Closepunctuation", "Pe" },
	{ "Cntrl", "Cc" },
	{ "Combiningmark", "M" },
	{ "Connectorpunctuation", "Pc" },
	{ "Control", "Cc" },
	{ "Currencysymbol", "Sc" },
	{ "Dashpunctuation", "Pd" },
	{ "Decimalnumber", "Nd" },
	{ "Digit", "Nd" },
	{ "Enclosingmark", "Me" },
	{ "Finalpunctuation", "Pf" },
	{ "Format", "Cf" },
	{ "Initialpunctuation", "Pi" },
	{ "Lc", "LC" },
	{ "Letter", "L" },
	{ "Letternumber", "Nl" },
	{ "Lineseparator", "Zl" },
	{ "Lowercaseletter", "Ll" },
	{ "Mark", "M" },
	{ "Mathsymbol", "Sm" },
	{ "Modifierletter", "Lm" },
	{ "Modifiersymbol", "Sk" },
	{ "Nonspacingmark", "Mn" },
	{ "Number", "N" },
	{ "Openpunctuation", "Ps" },
	{ "Other", "C" },
	{ "Otherletter", "Lo" },
	{ "Othernumber", "No" },
	{ "Otherpunctuation", "Po" },
	{ "Othersymbol", "So" },
	{ "Paragraphseparator", "Zp" },
	{ "Privateuse", "Co" },
	{ "Punct", "P" },
	{ "Punctuation", "P" },
	{ "Separator", "Z" },
	{ "Spaceseparator", "Zs" },
	{ "Spacingmark", "Mc" },
	{ "Surrogate", "Cs" },
	{ "Symbol", "S" },
	{ "Titlecaseletter", "Lt" },
	{ "Unassigned", "Cn" },
	{ "Uppercaseletter", "Lu" },
};

/* Blanks around each, so that a whole word can be searched for. */
static const char categories[] =
	" C Cc Cf Cn Co Cs L Ll Lm Lo Lt Lu M Mc Me Mn N Nd Nl No P Pc Pd Pe Pf Pi Po Ps S Sc Sk Sm "
	"So Z Zl Zp Zs ";
static const char scripts[] =
	" Adlam Ahom Arabic Armenian Avestan Balinese Bamum Batak Bengali Bhaiksuki Bopomofo Brahmi Braille Buginese "
	"Buhid "
	"Carian Chakma Cham Cherokee Chorasmian Common Coptic Cuneiform Cypriot Cyrillic Deseret Devanagari Dogra "
	"Duployan "
	"Elbasan Elymaic Ethiopic Georgian Glagolitic Gothic Grantha Greek Gujarati Gurmukhi Han Hangul Hanunoo Hatran "
	"Hebrew "
	"Hiragana Inherited Javanese Kaithi Kannada Katakana Kawi Kharoshthi Khmer Khojki Khudawadi Lao Latin Lepcha "
	"Limbu Lisu "
	"Lycian Lydian Mahajani Makasar Malayalam Mandaic Manichaean Marchen Medefaidrin Miao Modi Mongolian Mro "
	"Multani "
	"Myanmar Nabataean Nandinagari Newa Nko Nushu Ogham Oriya Osage Osmanya Palmyrene Phoenician Rejang Runic "
	"Samaritan "
	"Saurashtra Sharada Shavian Siddham Sinhala Sogdian Soyombo Sundanese Syriac Tagalog Tagbanwa Takri Tamil "
	"Tangsa Tangut "
	"Telugu Thaana Thai Tibetan Tifinagh Tirhuta Toto Ugaritic Vai Vithkuqi Wancho Yezidi Yi ";

static bool is_listed(const char *list, const char *name)
{
	size_t len = strlen(name);
	for (const char *at = strstr(list, name); at; at = strstr(at + 1, name)) {
		if (at[-1] == ' ' && at[len] == ' ')
			return true;
	}
	return false;
}

/* Folds a name as Go does: an upper-case letter, then lower-case ones; no blanks, hyphens, underscores. */
static bool canonical(char *out, size_t size, struct str name)
{
	size_t n = 0;
	for (size_t i = 0; i < name.len; i++) {
		char ch = name.s[i];
		if (ch == '_' || ch == '-' || ch == ' ')
			continue;
		if (n + 1 == size || !ch)
			return false;
		if (n == 0 && ch >= 'a' && ch <= 'z')
			ch = (char)(ch - 32);
		else if (n > 0 && ch >= 'A' && ch <= 'Z')
			ch = (char)(ch + 32);
		out[n++] = ch;
	}
	out[n] = '\0';
	return n > 0;
}

static const char *category_of(const char *name)
{
	if (is_listed(categories, name))
		return name;
	for (size_t i = 0; i < sizeof(aliases) / sizeof(aliases[0]); i++) {
		if (strcmp(aliases[i].name, name) == 0)
			return aliases[i].category;
	}
	return NULL;
}

bool fn_regex_class_name(struct buf *out, struct str name, bool negated, bool fold)
{
	char text[40];
	if (!canonical(text, sizeof(text), name))
		return false;
	if (strcmp(text, "Assigned") == 0) {
		buf_printf(out, "\\%c{Cn}", negated ? 'p' : 'P');
		return true;
	}
	char letter = negated ? 'P' : 'p';
	const char *category = category_of(text);
	if (fold && category &&
		(strcmp(category, "Lu") == 0 || strcmp(category, "Ll") == 0 || strcmp(category, "Lt") == 0))
		category = "LC";
	if (strcmp(text, "Any") == 0)
		buf_printf(out, "\\%c{Any}", letter);
	else if (strcmp(text, "Ascii") == 0)
		buf_puts(out, negated ? "[:^ascii:]" : "[:ascii:]");
	else if (category)
		buf_printf(out, "\\%c{%s}", letter, strcmp(category, "LC") == 0 ? "L&" : category);
	else if (is_listed(scripts, text))
		buf_printf(out, "\\%c{sc:%s}", letter, text);
	else
		return false;
	return true;
}
