# SPDX-License-Identifier: Apache-2.0
# Tests that cannot fail: a function's result is that of its last command, so a check before it needs "|| return 1".
. "$(dirname "$0")/../lib/tap.sh"
cd "$TOP" || exit 1

if ! command -v python3 >/dev/null; then
	skip 'tests' 'no python3'
	done_testing
	exit
fi
cat >"$WORK/check.py" <<'END'
import re, sys

CHECKS = r"(?:same|has|lacks|status|cmp|diffs|lints|finds|silent|prints|says|fails)"


def statements(body):
    """The commands of a function, each with its number of line: lines that go on are joined, here-documents left out."""
    here = text = None
    for number, line in body:
        if here:
            if line.strip() == here:
                here = None
            continue
        begins = re.search(r"<<-?\s*['\"\\]?(\w+)", line)
        here = begins and begins[1]
        if text is None:
            first, text = number, line.strip()
        else:
            text += " " + line.strip()
        opened = len(re.findall(r"\b(?:then|do|case)\b|(?:^|\s)\{(?=\s|$)", text))
        closed = len(re.findall(r"\b(?:fi|done|esac)\b|(?:^|\s)\}", text))
        if text.replace("\\'", "").count("'") % 2 or text.endswith(("&&", "||", "|", "\\")) or opened > closed:
            continue
        yield first, text
        text = None


bad = 0
for name in sys.argv[1:]:
    lines = open(name).read().split("\n")
    for begin, line in enumerate(lines):
        if not re.fullmatch(r"[a-z_0-9]+\(\) \{.*", line) or line.endswith("}"):
            continue
        end = lines.index("}", begin)
        body = list(statements(enumerate(lines[begin + 1 : end], begin + 2)))
        for (number, text), (_, next_text) in zip(body, body[1:]):
            heeded = re.search(r"\|\| |^(?:if|for|while|until|case) |&& return", text) or "$?" in next_text
            if re.search(r"(?:^|&& |! )" + CHECKS + r" ", text) and not heeded:
                print("%s:%d: its result is dropped: %s" % (name, number, text[:100]))
                bad = 1
sys.exit(bad)
END
none_is_dropped() {
	git ls-files -co --exclude-standard 'tests/*.t' | xargs python3 "$WORK/check.py"
}
t 'no result of a check is dropped' none_is_dropped
done_testing
