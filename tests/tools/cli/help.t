# SPDX-License-Identifier: Apache-2.0
# What every tool has in common: help, version, completion, exit statuses for wrong words.
. "$(dirname "$0")/../../lib/tap.sh"

tools='chart-render chart-diff chart-lint chart-package chart-vendor chart-migrate'

helps() {
	"$1" --help >out && grep -q "^Usage: $1" out && "$1" -h | cmp - out
}

# same_options TOOL [COMMAND]: each long option of --help is in the completions and in the option list of the man page.
same_options() {
	"$@" --help | grep -oE '^ +(-[A-Za-z], )? *--[a-z0-9-]+' | grep -oE -e '--[a-z0-9-]+' | sort -u >options
	[ -s options ] || return 1
	for form in bash zsh fish mdoc; do "$1" --help=$form >$form.txt; done
	while read -r o; do
		name=${o#--}
		grep -qF -e "$o" bash.txt || { echo "$o is not in bash's completion"; return 1; }
		grep -qF -e "$o" zsh.txt || { echo "$o is not in zsh's completion"; return 1; }
		grep -qE -e "-l $name( |\$)" fish.txt || { echo "$o is not in fish's completion"; return 1; }
		grep -qE -e "Fl \\\\-$name( |\$)" mdoc.txt || { echo "$o is not in the man page's list"; return 1; }
	done <options
}

# The same for every command of a tool, whose own name is to be completed too.
same_commands() {
	for verb in $("$1" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p'); do
		same_options "$1" "$verb" || { echo "in $1 $verb"; return 1; }
		for form in bash zsh fish; do grep -qw "$verb" $form.txt || { echo "$verb is not in $form's completion"; return 1; }; done
	done
}

completes() {
	"$1" --help=bash >comp.bash && bash -n comp.bash || return 1
	words=$(bash -c '. ./comp.bash; COMP_WORDS=("$1" --he); COMP_CWORD=1; _'"$(echo "$1" | tr - _)"'; echo "${COMPREPLY[*]}"' - "$1" 2>/dev/null)
	case $words in *--help*) ;; *) echo "completion of --he gives: $words"; return 1 ;; esac
}

refuses() {
	"$1" --no-such-flag >out 2>err
	[ $? != 0 ] && [ ! -s out ] && grep -q 'unknown flag: --no-such-flag' err
}

for tool in $tools; do
	t "$tool --help" helps "$tool"
	t "$tool: help, man page and completions list the same options" same_options "$tool"
	t "$tool: so they do for its commands" same_commands "$tool"
	t "$tool: bash completes its options" completes "$tool"
	t "$tool refuses an unknown flag" refuses "$tool"
done
t 'a verb has help of its own' sh -c 'chart-vendor update --help | grep -q -e --dry-run'
t '--version names the tool' sh -c 'chart-diff --version | grep -qE "^chart-diff [0-9]+\.[0-9]+"'

# Servers are reached with the same options everywhere; --timeout is about rendering in chart-render.
servers() {
	"$@" --help | sed -n '/^Servers:/,/^$/s/^  .*--/&/p' | grep -v -e --timeout -e --retries
}
servers chart-package pull >servers
t 'options for servers' test "$(grep -c -- -- servers)" = 10
for tool in chart-lint chart-diff chart-render 'chart-vendor status'; do
	# shellcheck disable=SC2086
	servers $tool >got
	t "$tool has the same for servers" same servers got
done
printf 'tok en\n' >token
echo 'a: 1' >x.yaml
for tool in 'chart-lint' 'chart-diff x.yaml' 'chart-render r' 'chart-package pull'; do
	# shellcheck disable=SC2086
	t "$tool refuses what is no token" sh -c "! $tool http://127.0.0.1:1/x-1.0.0.tgz --token-file token 2>err && grep -q 'holds no token' err"
done
done_testing
