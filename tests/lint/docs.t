# SPDX-License-Identifier: Apache-2.0
# What the documents say of the programs: commands and options that are printed there exist, and so do the files they name.
. "$(dirname "$0")/../lib/tap.sh"
cd "$TOP" || exit 1

if ! command -v python3 >/dev/null; then
	skip 'documents' 'no python3'
	done_testing
	exit
fi
cat >"$WORK/check.py" <<'END'
"""check.py commands|rows|links FILE...: prints what is wrong; nothing when all is well."""
import glob, os, re, shlex, subprocess, sys

tools = sorted(os.path.basename(d) for d in glob.glob("tools/chart-*"))
helps = {}


def text_of(*words):
    if words not in helps:
        helps[words] = subprocess.run([*words, "--help"], capture_output=True, text=True).stdout
    return helps[words]


def options_of(text):
    return {w for pair in re.findall(r"^ +(?:(-[A-Za-z]), +)?(--[a-z0-9-]+)", text, re.M) for w in pair if w}


def verbs_of(tool):
    part = re.search(r"^Commands:\n(.*?)\n\n", text_of(tool), re.M | re.S)
    return re.findall(r"^  ([a-z]+) ", part[1], re.M) if part else []


def lines_of(name):
    """The lines of a document that are to be typed in, continued ones joined."""
    text = open(name).read().replace("\\\n", " ").replace("\\e", "\\")
    if name.endswith(".md"):
        for block in re.findall(r"^ *```[a-z]*\n(.*?)^ *```", text, re.M | re.S):
            yield from block.splitlines()
        yield from re.findall(r"`([^`\n]+)`", text)
    else:
        for block in re.findall(r"^\.Bd -literal -offset indent\n(.*?)^\.Ed", text, re.M | re.S):
            yield from block.splitlines()
        yield from re.findall(r"^\.Dl (.*)", text, re.M)


def commands(name):
    for line in lines_of(name):
        line = re.sub(r"(^|\s)#.*", "", line)
        for part in re.split(r"\|\||&&|[|;]|\$\(", line):
            try:
                words = shlex.split(part)
            except ValueError:
                continue
            if words and words[0] in tools:
                yield part.strip(), words


def check_commands(name):
    for part, words in commands(name):
        tool, rest = words[0], words[1:]
        verbs = verbs_of(tool)
        verb = [w for w in rest if w in verbs][:1]
        if verbs and tool != "chart-package" and rest and not verb and rest[0] != "--help":
            print(f"{name}: {part}: no command of {tool}")
            continue
        known = options_of(text_of(tool, *verb)) | options_of(text_of(tool)) | {"--version"}
        for word in rest:
            option = word.split("=")[0]
            if not re.fullmatch(r"--?[A-Za-z][A-Za-z0-9-]*", option):
                continue
            if option not in known and not (option[:2] in known and not option.startswith("--")):
                print(f"{name}: {part}: {tool} has no {option}")


def check_rows(name):
    """Options and commands in a man page's prose."""
    tool = os.path.basename(name)[:-5]
    text = open(name).read()
    known = options_of(text_of(tool))
    for verb in verbs_of(tool):
        known |= options_of(text_of(tool, verb))
        if not re.search(r"^\.(?:Cm|It Cm|Op Cm).*\b%s\b|^%s\b" % (verb, verb), text, re.M):
            print(f"{name}: nothing is said of {tool} {verb}")
    for option in re.findall(r"\bFl \\?(-?[a-z][a-z0-9-]*)", text):
        if ("-" + option) not in known | foreign:
            print(f"{name}: {tool} has no -{option}")


def check_links(name):
    base = os.path.dirname(name)
    for target in re.findall(r"\]\(([^)#: ]+)(?:#[^)]*)?\)", open(name).read()):
        if not os.path.exists(os.path.join(base, target)):
            print(f"{name}: there is no {target}")


# What chart-render takes and passes over is in no list; "patch -p1" is another program.
foreign = {"--wait", "--create-namespace", "--labels", "--kube-context", "--dry-run", "-p1"}
for name in sys.argv[2:]:
    globals()["check_" + sys.argv[1]](name)
END

nothing() {
	python3 "$WORK/check.py" "$@" >"$WORK/said" || return 1
	[ ! -s "$WORK/said" ] || { cat "$WORK/said"; return 1; }
}

# Decisions tell how things were when they were taken.
documents=$(git ls-files -co --exclude-standard '*.md' | grep -v '^docs/decisions/')
# shellcheck disable=SC2086 # names without blanks
{
	t 'commands in documents have commands and options that exist' nothing commands $documents tools/*/*.1.in
	t 'man pages name options and commands that exist, and every command' nothing rows tools/*/*.1.in
	t 'links lead to files' nothing links $documents
}

# A rule of the merge has one name everywhere.
rules() {
	sed -n '/no-rule/,/^What is left/s/^\.It Cm //p' tools/chart-vendor/chart-vendor.1.in | sort >"$WORK/in-page"
	chart-vendor update --help=mdoc | sed -n '/-no-rule/{n;s/.*one of //;s/\.$//;p;q}' | tr -d ',' | tr ' ' '\n' | sort >"$WORK/taken"
	same "$WORK/in-page" "$WORK/taken"
}
t 'rules of the merge are those that --no-rule takes' rules
done_testing
