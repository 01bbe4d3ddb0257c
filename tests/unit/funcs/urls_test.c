/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/funcs/eval.h"

/* {{ urlParse URL }}, the parts that are of interest. */
#define PARTS(url) \
	"{{ $u := urlParse \"" url \
	"\" }}{{ $u.scheme }} {{ $u.userinfo }} {{ $u.host }} {{ $u.hostname }} {{ $u.path }} {{ $u.fragment }}"

static void urls_are_taken_apart(void **state)
{
	(void)state;
	prints(PARTS("HTTP://u%40:p%3Aq@h:80/a%20b?q=1#f%41"), "http u%40:p%3Aq h:80 h /a b fA");
	prints(PARTS("x://[fe80::1%25e%20n]:8"), "x  [fe80::1%e n]:8 fe80::1%e n  ");
	prints(PARTS("http://%C3%A9/"), "http  \u00e9 \u00e9 / ");
	prints("{{ (urlParse \"mailto:a@b\").opaque }}|{{ (urlParse \"*\").path }}", "a@b|*");
	prints("{{ urlJoin (urlParse \"http://u:p@h/a%20b?x#y\") }}", "http://u:p@h/a%20b?x#y");
}

static void what_is_no_url_is_refused(void **state)
{
	(void)state;
	fails("{{ urlParse \"http://h/%zz\" }}",
		"unable to parse url: parse \"http://h/%zz\": invalid URL escape \"%zz\"");
	fails("{{ urlParse \"http://%41/\" }}", "invalid URL escape \"%41\"");
	fails("{{ urlParse \"http://[::1%25e%2F]/\" }}", "invalid URL escape \"%2F\"");
	fails("{{ urlParse \"http://a%z:b@h\" }}", "invalid URL escape \"%z\"");
	fails("{{ urlParse \"http://[1.2.3.4]\" }}", "invalid IP-literal");
	fails("{{ urlParse \"http://h:x\" }}", "invalid port \":x\" after host");
	fails("{{ urlParse \"a b:c\" }}", "first path segment in URL cannot contain colon");
	fails("{{ urlParse \"/a#%\" }}", "parse \"/a#%\": invalid URL escape \"%\"");
}

UNIT_MAIN(cmocka_unit_test(urls_are_taken_apart), cmocka_unit_test(what_is_no_url_is_refused))
