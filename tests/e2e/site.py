# SPDX-License-Identifier: Apache-2.0
"""Looks at the page of a repository in Chromium; prints TAP. Arguments: the folder with repo/, the top of the sources."""
import ast
import http.server
import itertools
import json
import os
import random
import re
import shutil
import subprocess
import sys
import threading
import traceback

work, top = sys.argv[1:3]
sys.path.insert(0, os.path.join(top, "tests/e2e"))
from chromium import Browser  # noqa: E402

count = 0


def check(title, test):
    global count
    count += 1
    try:
        answer = test() if callable(test) else test
        ok = answer is None or answer is True
        why = "" if ok else repr(answer)
    except Exception:
        ok, why = False, traceback.format_exc()
    print(("ok" if ok else "not ok") + " %d - %s" % (count, title), flush=True)
    if why:
        print("\n".join("# " + line for line in why[:3000].splitlines()), flush=True)


def same(got, want):
    return True if got == want else "got %r, want %r" % (got, want)


page_url = "file://" + work + "/repo/index.html"
browser = Browser()
page = browser.page()
js = page.js


def at(fragment=""):
    page.open(page_url + fragment)


VISIBLE = "Array.from(document.querySelectorAll(%s)).filter((e) => e.checkVisibility())"


def texts(selector):
    return js(VISIBLE % json.dumps(selector) + ".map((e) => e.innerText.trim())")


def names():
    return texts(".card h2")


def focused():
    return js("document.activeElement.id || document.activeElement.getAttribute('aria-label') || document.activeElement.innerText")


def outside(requests):
    """What was asked for beside the page itself."""
    return [r for r in requests if not r.startswith(("data:", "about:")) and r.split("#")[0] != page_url]


# The list and its search.
page.size(1280, 900)
at()
check("the list shows every chart", lambda: same(names(), ["cart", "catalog", "checkout", "edge", "mailer", "notify", "shop-common"]))
check("no chart is open", lambda: same(texts(".chart"), []))
check("the counts are there", lambda: same(texts("#found"), ["7 charts in 11 versions"]))
page.key("/")
check("/ goes to the search", lambda: same(focused(), "search"))
page.type("mail")
check("typing finds by name, keyword and description", lambda: same(names(), ["mailer", "notify"]))
check("how many is said", lambda: same(texts("#found"), ["2 of 7 charts"]))
page.type(" sms")
check("all words count", lambda: same(names(), ["notify"]))
page.type("xx")
check("nothing found is told", lambda: same(len(texts(".nothing")), 1))
page.key("Escape")
check("Escape shows all again", lambda: same(len(names()), 7))
js("document.getElementById('sort').value = 'day'; document.getElementById('sort').dispatchEvent(new Event('change'))")
check("the newest come first when asked", lambda: same(names()[:2], ["cart", "notify"]))

# A chart.
at()
page.key("/")
page.type("cart")
page.key("Enter")
page.wait("!!document.querySelector('.chart.open')")
check("Enter opens the first chart found", lambda: same(texts(".chart h2"), ["cart 2.1.1"]))
check("its address says so", lambda: same(js("location.hash"), "#/cart"))
check("the title too", lambda: same(js("document.title"), "cart 2.1.1 \u2013 Shop charts"))
check("its heading has the focus", lambda: same(focused(), "c0-title"))
check("the README is shown", lambda: same(texts(".readme h3"), ["cart"]))
check("with its table", lambda: same(texts(".readme tbody tr")[2].split(), ["100,000", "12", "500m", "512Mi"]))
check("signed by whom", lambda: "by Shop releases <releases@shop.example.org>" in texts(".chart.open .facts")[0])
check("lines to install", lambda: same(texts(".chart.open .cmd code"), [
    "helm repo add shop-charts https://charts.shop.example.org", "helm install my-cart shop-charts/cart --version 2.1.1",
    "helm install my-cart oci://registry.shop.example.org/charts/cart --version 2.1.1"]))
js("document.querySelector('.readme a[href$=upgrading]').click()")
check("links in a README lead to its headings", lambda: same(
    js("[location.hash, document.querySelector('.chart.open').id]"), ["#r0-0-upgrading", "c0"]))
check("which are then in sight", lambda: js("(() => { const y = document.getElementById('r0-0-upgrading').getBoundingClientRect().top;"
                                            " return y >= 0 && y < innerHeight })()"))
js("history.back()")
page.wait("location.hash === '#/cart'")
check("Back leads back", lambda: same(texts(".chart h2"), ["cart 2.1.1"]))

# Values.
at("#/cart/values")
ROWS = "Array.from(document.querySelectorAll('.chart.open .values tr')).filter((e) => e.checkVisibility())"
check("values have path, type, default and description", lambda: same(
    js(ROWS + ".filter((r) => r.innerText.startsWith('redis.port')).map((r) => Array.from(r.cells).map((c) => c.innerText))"),
    [["redis.port", "int", "6379", "Its port"]]))
check("code in a description is code", lambda: same(texts(".chart.open .values td:nth-child(4) code"), ["password"]))
check("required ones are marked", lambda: js("getComputedStyle(document.querySelector('.values .required th code'), '::after').content.includes('required')"))
check("what only the schema knows is there", lambda: "logLevel" in "".join(texts(".chart.open .values th")))
js("document.getElementById('c0-filter').focus()")
page.type("zone spread")
check("they can be filtered", lambda: same(texts(".chart.open .values tbody th"), ["topologySpreadConstraints"]))
check("how many are left is said", lambda: same(texts(".chart.open .filter p"), ["1 of 19 values"]))
page.key("Escape")
check("Escape shows all values again", lambda: same(texts(".chart.open .filter p"), ["19 values"]))

# Older versions.
js("(() => { const s = document.querySelector('.chart.open .pick select'); s.value = 3; s.dispatchEvent(new Event('change')) })()")
check("another version can be chosen", lambda: same(js("location.hash"), "#/cart/values/1.5.0"))
page.wait("document.querySelector('.chart.open .version').innerText === '1.5.0'")
check("it has its own values", lambda: same(
    js(ROWS + ".filter((r) => /^(redis|resources.limits.memory)/.test(r.innerText)).map((r) => Array.from(r.cells).slice(0, 3).map((c) => c.innerText))"),
    [["redis", "object", ""], ["redis.url", "string", '"redis://redis:6379"'], ["resources.limits.memory", "string", '"256Mi"']]))
check("and its own facts", lambda: "App version\n4.2.0" in texts(".chart.open .facts")[0])
check("and command", lambda: "helm install my-cart shop-charts/cart --version 1.5.0" in texts(".chart.open .cmd code"))
at("#/cart/values/2.0.0")
check("descriptions of an old version are as they were", lambda: same(texts(".chart.open .values td:nth-child(4) code"), ["password"]))
at("#/cart/readme/1.4.0")
check("a link leads to an old version", lambda: same(texts(".chart h2"), ["cart 1.4.0"]))
check("its README, which is the same, is shown", lambda: same(texts(".readme h3"), ["cart"]))

# Comparing: every pair of versions, as chart-diff has it.
VERSIONS = ["1.4.0", "1.5.0", "2.0.0", "2.1.0", "2.1.1"]


def flat(value, path, out):
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            flat(inner, path + "." + key.replace(".", "\\."), out)
    else:
        out.append(path)


def is_branch(value):
    return isinstance(value, dict) and bool(value)


def compared(archive, old, new):
    """chart-diff's answer for a chart's own values, maps that came or went taken apart into their values."""
    text = subprocess.run(["chart-diff", "--values", "-o", "json", archive % old, archive % new],
                          stdout=subprocess.PIPE, check=False).stdout
    out = []
    for change in json.loads(text):
        both = "old" in change and "new" in change and not is_branch(change["old"]) and not is_branch(change["new"])
        if both:
            out.append("~ " + change["path"])
            continue
        for side, other, sign in (("old", "new", "\u2212"), ("new", "old", "+")):
            # An empty map that gets something in it has not gone.
            if side in change and not (change[side] == {} and is_branch(change.get(other))):
                paths = []
                flat(change[side], change["path"], paths)
                out += [sign + " " + p for p in paths]
    return sorted(out)


def compare_page(old, new):
    js("location.hash = %s" % json.dumps("#/cart/compare/%s...%s" % (old, new)))
    page.wait("document.getElementById('c0-from').selectedOptions[0].text === %s && document.getElementById('c0-to').selectedOptions[0].text === %s"
              % (json.dumps(old), json.dumps(new)))
    return sorted(texts(".chart.open .compare tbody th"))


at("#/cart/compare")
check("Compare begins with the newest two", lambda: same(
    js("[document.getElementById('c0-from').selectedOptions[0].text, document.getElementById('c0-to').selectedOptions[0].text]"), ["2.1.0", "2.1.1"]))
check("equal values are told", lambda: same(texts(".chart.open .summary"), ["The values are the same."]))
for old, new in itertools.permutations(VERSIONS, 2):
    check("values of %s and %s compared as chart-diff does" % (old, new), lambda: same(compare_page(old, new), compared(work + "/repo/cart-%s.tgz", old, new)))
compare_page("1.5.0", "2.1.1")
check("the rest that changed is there", lambda: "app version: 4.2.0 \u2192 5.1.4" in texts(".chart.open .compare li"))
check("and what the versions between say", lambda: all(s in " ".join(texts(".chart.open .compare li")) for s in (
    "The value redis.url", "Pods are spread over zones", "The base image has the January updates")))
js("Array.from(document.querySelectorAll('.chart.open .pair button')).find((b) => b.innerText === 'Swap').click()")
page.wait("location.hash.includes('2.1.1...1.5.0')")
check("Swap compares the other way round", lambda: "+ redis.url" in texts(".chart.open .compare tbody th"))
at("#/cart/versions")
check("the versions have their counts", lambda: same(texts(".chart.open .versions td:nth-child(4)"), ["as before", "~1", "+3 \u22121", "~1", ""]))
js("document.querySelectorAll('.chart.open .versions td:nth-child(4) a')[2].click()")
page.wait("location.hash.includes('1.5.0...2.0.0')")
check("which lead to the comparison", lambda: same(len(texts(".chart.open .compare tbody tr")), 4))

# By keyboard alone.
at()
page.key("Tab")
check("the first stop is the way past the header", lambda: same(focused(), "Skip to the content"))
check("it can be seen then", lambda: page.wait("document.activeElement.getBoundingClientRect().top >= 0"))
page.key("Enter")
check("it leads to the content", lambda: same(js("document.activeElement.id"), "main"))
page.key("/")
page.key("ArrowDown")
check("from the search the arrow leads to the first chart", lambda: same(focused(), "cart"))
page.key("ArrowRight")
check("right leads to the next", lambda: same(focused(), "catalog"))
page.key("ArrowDown")
check("down to the one below", lambda: same(focused(), "mailer"))
page.key("End")
check("End to the last", lambda: same(focused(), "shop-common"))
page.key("Home")
page.key("ArrowUp")
check("up from the first row to the search", lambda: same(focused(), "search"))
page.key("ArrowDown")
page.key("ArrowRight")
check("what has the focus shows it", lambda: js("getComputedStyle(document.activeElement, '::after').outlineStyle === 'solid'"))
page.key("Enter")
page.wait("!!document.querySelector('.chart.open')")
check("Enter opens", lambda: same(js("location.hash"), "#/catalog"))
for _ in range(30):
    page.key("Tab")
    if js("document.activeElement.getAttribute('role')") == "tab":
        break
check("Tab comes to the tabs", lambda: same(js("document.activeElement.innerText.trim().split(/\\s/)[0]"), "README"))
page.key("ArrowRight")
check("arrows choose among them", lambda: same(js("[document.activeElement.innerText.split(/\\s/)[0], location.hash]"), ["Values", "#/catalog/values"]))
check("sections of values have headings", lambda: same(texts(".chart.open .group"), ["Catalog", "Database"]))
page.key("End")
check("End to the last tab", lambda: same(texts(".chart.open .panel tbody tr"), ["shop-common\t1.x.x\thttps://charts.shop.example.org"]))
page.key("Tab")
check("behind the tabs comes what they show", lambda: same(js("document.activeElement.getAttribute('role')"), "tabpanel"))
page.key("Escape")
page.wait("!document.querySelector('.chart.open')")
check("Escape leads back to the list, to the chart that was open", lambda: same(focused(), "catalog"))

# Copying.
browser.call("Browser.grantPermissions", {"permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"]})
at("#/cart")
js("window.focus(); document.querySelectorAll('.chart.open .cmd button')[1].click()")
page.wait("document.querySelectorAll('.chart.open .cmd button')[1].innerText === 'Copied'")
check("a line can be copied", lambda: same(js("navigator.clipboard.readText()"), "helm install my-cart shop-charts/cart --version 2.1.1"))

# Narrow screens and both colour schemes.
TABS = ["readme", "values", "versions", "changes", "compare", "dependencies"]
WIDE = """(() => { const w = document.documentElement.clientWidth;
  return Array.from(document.body.querySelectorAll('*')).filter((e) => e.checkVisibility() && !e.closest('pre, .scroll, .unseen, .skip')
    && e.getBoundingClientRect().right > w + 1).map((e) => e.tagName + '.' + e.className) })()"""
for width in (320, 390, 768):
    page.size(width, 800, mobile=True)
    at()
    check("nothing of the list is wider than %d" % width, lambda: same(js("[document.documentElement.scrollWidth, " + WIDE + "]"), [width, []]))
    for tab in TABS:
        at("#/cart/" + tab + ("/1.5.0...2.1.1" if tab == "compare" else ""))
        check("nor of %s" % tab, lambda: same(js("[document.documentElement.scrollWidth, " + WIDE + "]"), [width, []]))

CONTRAST = """(() => {
  const parse = (s) => (s.match(/[0-9.]+/g) || []).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((c) => c / 255).map((c) => c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = (e) => { for (; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor);
    if (c.length === 3 || c[3] > 0) return c } return [255, 255, 255] };
  const bad = new Set();
  for (const e of document.body.querySelectorAll('*')) {
    if (!e.checkVisibility() || e.closest('.unseen, .skip, script') || !Array.from(e.childNodes).some((n) => n.nodeType === 3 && n.data.trim())) continue;
    const a = light(parse(getComputedStyle(e).color)), b = light(behind(e));
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) bad.add(e.tagName + '.' + e.className + ' ' + ratio.toFixed(2));
  }
  return Array.from(bad) })()"""
page.size(1280, 900)
for scheme in ("light", "dark"):
    page.media(prefers_color_scheme=scheme)
    at()
    check("%s is %s" % (scheme, scheme), lambda: same(js("parseInt(getComputedStyle(document.body).backgroundColor.match(/\\d+/)[0]) < 64"), scheme == "dark"))
    for place in [""] + ["#/cart/" + tab for tab in TABS] + ["#/mailer"]:
        at(place)
        check("all texts of %s can be read in the %s" % (place or "the list", scheme), lambda: same(js(CONTRAST), []))
page.media(prefers_color_scheme="light")

# For those who listen.
for place in [""] + ["#/cart/" + tab for tab in TABS]:
    at(place)
    tree = page.tree()
    check("every control of %s has a name" % (place or "the list"), lambda: same(
        [n for n in tree if n[0] in ("button", "link", "combobox", "searchbox", "tab", "textbox", "tabpanel") and not n[1].strip()], []))
at("#/cart/values")
tree = page.tree()
check("tabs, panel, table and headers are what they are", lambda: same(
    [role for role in ("tablist", "tab", "tabpanel", "table", "columnheader", "rowheader", "banner", "main", "search", "heading") if role not in [n[0] for n in tree]], []))
page.size(390, 800, mobile=True)
at("#/cart/values")
check("a table stays one on a phone", lambda: {"table", "rowheader", "cell"} <= {n[0] for n in page.tree()})
page.size(1280, 900)
check("no id occurs twice", lambda: same(js("(() => { const seen = new Set(), twice = []; for (const e of document.querySelectorAll('[id]'))"
                                            " { if (seen.has(e.id)) twice.push(e.id); seen.add(e.id) } return twice })()"), []))
check("the language is told", lambda: same(js("document.documentElement.lang"), "en"))

# Without scripts.
page.scripts(False)
page.open(page_url)
names_read = [n[1] for n in page.tree()]
check("without scripts the list is there", lambda: all(n in names_read for n in ("cart", "catalog", "shop-common")))
check("and README, values and versions of each chart", lambda: all(any(want in n for n in names_read) for want in (
    "Sizing", "How many copies run", "1.4.0", "All that can be bought.", "helm install my-checkout shop-charts/checkout --version 1.0.3")))
check("controls that need scripts are not", lambda: same([n for n in page.tree() if n[0] in ("searchbox", "combobox", "button")], []))
page.scripts(True)

check("nothing was asked for but the page", lambda: same(outside(page.requests), []))
check("no script failed", lambda: same(page.errors, []))


# From a web server.
class Handler(http.server.SimpleHTTPRequestHandler):
    asked = []

    def __init__(self, *args):
        super().__init__(*args, directory=work)

    def log_message(self, form, *args):
        Handler.asked.append(self.path)


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
base = "http://127.0.0.1:%d" % server.server_address[1]
subprocess.run(["chart-package", "-q", "site", work + "/repo", "-d", work + "/served"], check=True, stdout=subprocess.DEVNULL)
page.requests.clear()
page.open(base + "/served/index.html#/cart")
check("from a web server it works the same", lambda: same(texts(".chart h2"), ["cart 2.1.1"]))
check("one request is all", lambda: same(Handler.asked, ["/served/index.html"]))
check("where it is served is the repository's address unless told", lambda: "helm repo add charts %s/served" % base in texts(".chart.open .cmd code"))


def real_charts():
    """Pairs of versions of real charts; values of subcharts are left out, for they are in no table."""
    page.open("file://" + work + "/real/index.html")
    chance = random.Random(1)
    for n, chart in enumerate(json.loads(js("document.getElementById('data').textContent"))["charts"]):
        versions = [v["v"] for v in chart["v"]]
        subcharts = {d[0] for v in chart["v"] for d in v.get("p") or []}

        def pairs():
            for _ in range(8):
                old, new = chance.sample(versions, 2)
                js("location.hash = %s" % json.dumps("#/%s/compare/%s...%s" % (chart["n"], old, new)))
                page.wait("['from', 'to'].map((s) => document.getElementById('c%d-' + s)).map((s) => s && s.selectedOptions[0].text).join() === '%s,%s'"
                          % (n, old, new))
                got, want = [[line for line in lines if re.split("[ .]", line)[1] not in subcharts] for lines in (
                    texts(".chart.open .compare tbody th"), compared(work + "/real/" + chart["n"] + "-%s.tgz", old, new))]
                if sorted(got) != want:
                    return "%s and %s: %r" % (old, new, sorted(set(got) ^ set(want)))
            return True

        check("versions of %s compared as chart-diff does" % chart["n"], pairs)
    check("no script failed on real charts", lambda: same(page.errors, []))


if os.path.exists(work + "/real/index.html"):
    real_charts()

# READMEs that attack.
# The C strings of the unit test, those that follow each other joined.
attacks = [b""]
with open(top + "/tests/unit/markdown/attacks.h") as f:
    for token in re.findall(r'"(?:[^"\\]|\\.)*"|,', f.read().split("*/\n", 2)[2]):
        if token == ",":
            attacks.append(b"")
        else:
            attacks[-1] += ast.literal_eval("b" + token)
attacks = [a for a in attacks if a]
folders = []
for i, attack in enumerate(attacks):
    folder = "%s/attack/a%02d" % (work, i)
    os.makedirs(folder)
    with open(folder + "/Chart.yaml", "w") as f:
        f.write("apiVersion: v2\nname: a%02d\nversion: 1.0.0\n" % i)
    with open(folder + "/README.md", "wb") as f:
        f.write(b"# attack\n\n" + attack + b"\n")
    with open(folder + "/values.yaml", "wb") as f:
        # To YAML the separators of lines and paragraphs end a line.
        words = re.sub(r"\s+", " ", attack.decode()).encode()
        f.write(b"# -- " + words + b"\na: " + json.dumps(attack.decode()).encode() + b"\n")
    folders.append(folder)
made = subprocess.run(["chart-package", "-q", "-d", work + "/hostile"] + folders, stdout=subprocess.DEVNULL).returncode
made = made or subprocess.run(["chart-package", "-q", "index", work + "/hostile"]).returncode
made = made or subprocess.run(["chart-package", "-q", "site", work + "/hostile", "--readmes", "2"], stdout=subprocess.DEVNULL).returncode
check("%d charts that attack make a page" % len(attacks), lambda: same((made, len(attacks) >= 30), (0, True)))
# The same without its policy: what was written must be harmless by itself.
with open(work + "/hostile/index.html", encoding="utf-8") as f:
    html = f.read()
bare = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", html)
with open(work + "/hostile/bare.html", "w", encoding="utf-8") as f:
    f.write(bare)
page.call("Page.addScriptToEvaluateOnNewDocument", source="window.owned = []; window.pwned = (n) => { window.owned.push(n) }")
PROVOKE = """(() => { for (const e of document.querySelectorAll('.chart.open *')) {
  for (const type of ['mouseover', 'mouseenter', 'pointerover', 'focus', 'blur', 'load', 'error', 'toggle', 'animationstart'])
    e.dispatchEvent(new Event(type, { bubbles: true }));
  if (e.tagName === 'A' && !/^(https?|mailto):/.test(e.href)) e.click();
  if (/^javascript:/i.test(e.href || '')) window.owned.push(e.href) } })()"""
for name in ("index.html", "bare.html"):
    page_url = base + "/hostile/" + name
    Handler.asked.clear()
    page.requests.clear()
    page.errors.clear()
    page.open(page_url)
    for i in range(len(attacks)):
        for tab in ("", "/values"):
            js("location.hash = '#/a%02d%s'" % (i, tab))
            page.wait("document.querySelector('.chart.open h2').innerText.startsWith('a%02d')" % i)
            js(PROVOKE)
    check("%s: no attack ran" % name, lambda: same(js("window.owned"), []))
    check("%s: none asked for anything" % name, lambda: same((Handler.asked, [r for r in page.requests if not r.startswith("data:")]), (["/hostile/" + name], [page_url])))
    check("%s: none broke the page" % name, lambda: same((page.errors, page.dialogs, js("document.querySelectorAll('.chart').length")), ([], [], len(attacks))))
    check("%s: none put in an element that is not from here" % name, lambda: same(js(
        "Array.from(new Set(Array.from(document.querySelectorAll('.readme *'), (e) => e.tagName))).filter((t) => !"
        "/^(P|H[3-6]|UL|OL|LI|BLOCKQUOTE|PRE|CODE|EM|STRONG|A|BR|HR|TABLE|THEAD|TBODY|TR|TH|TD|DIV)$/.test(t))"), []))
check("the policy would have stopped a script", lambda: same(js(
    "(() => { const s = document.createElement('script'); s.textContent = 'pwned(1)'; document.body.append(s); return window.owned.length })()"), 1))
page_url = base + "/hostile/index.html"
page.open(page_url)
check("and does", lambda: same(js(
    "(() => { try { const s = document.createElement('script'); s.textContent = 'pwned(1)'; document.body.append(s) } catch (e) { } return window.owned.length })()"), 0))

server.shutdown()
browser.close()
