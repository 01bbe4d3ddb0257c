#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Ended in the middle of its work by a signal: nothing half-written, no temporary file stays.
. "$(dirname "$0")/../../lib/tap.sh"
# shellcheck source=tests/lib/servers.sh
. "$TOP/tests/lib/servers.sh"
. "$TOP/tests/tools/chart-package/charts.sh"

if ! command -v python3 >/dev/null; then
	skip 'stopped in the middle' 'no python3'
	done_testing
	exit
fi
unset http_proxy HTTP_PROXY
mkdir tmp
export TMPDIR="$WORK/tmp"
# LeakSanitizer crashes where a library that was opened late has thread-local data, as libgpgme has.
export LSAN_OPTIONS="${LSAN_OPTIONS:+$LSAN_OPTIONS:}use_tls=0"

# stopped SIGNAL CONDITION COMMAND...: starts it, sends the signal once the condition holds; it must end soon, by that signal. 2: it
# had done its work before the signal came.
stopped() {
	sig=$1 condition=$2
	shift 2
	# A shell's background processes ignore SIGINT, those of nohup SIGHUP.
	env --default-signal=INT,HUP "$@" >stop.out 2>&1 &
	pid=$!
	for _ in $(seq 400); do
		eval "$condition" 2>/dev/null && break
		kill -0 $pid 2>/dev/null || break
		sleep 0.02
	done
	kill -s "$sig" $pid 2>/dev/null || { echo 'it was over already'; cat stop.out; wait $pid; return 2; }
	for _ in $(seq 600); do
		kill -0 $pid 2>/dev/null || break
		sleep 0.1
	done
	if kill -9 $pid 2>/dev/null; then
		echo 'it went on'
		return 1
	fi
	wait $pid
	got=$?
	[ $got -ne 0 ] || { echo 'it was over already'; cat stop.out; return 2; }
	[ $got -gt 128 ] || { echo "exit status $got"; cat stop.out; return 1; }
	# What it said is no crash of a sanitizer.
	! grep -q 'Sanitizer' stop.out
}
# caught FOLDER SIGNAL ...: the same of work that makes FOLDER and can be over too soon: then once more.
caught() {
	folder=$1
	shift
	for _ in 1 2 3 4 5 6; do
		rm -rf "$folder"
		stopped "$@" && return
		[ $? = 2 ] || return 1
	done
	return 1
}
# clean FOLDER...: no temporary files in them, nor in TMPDIR.
clean() {
	[ -z "$(find "$@" tmp -mindepth 1 \( -name '.*.??????' -o -path 'tmp/*' \) 2>/dev/null)" ] || { find "$@" tmp; return 1; }
}

# An archive of many files.
chart many 1.0.0
python3 - <<'EOP'
import os
for i in range(60):
    os.makedirs("many/files/%d" % i)
    for j in range(100):
        with open("many/files/%d/%d" % (i, j), "w") as f:
            f.write("file %d of %d\n" % (j, i) * 20)
EOP
chart-package many >/dev/null
for sig in TERM INT HUP; do
	# shellcheck disable=SC2016 # evaluated later
	t "pull --untar, $sig while it unpacks" caught un $sig '[ -n "$(ls -A un)" ]' chart-package pull "file://$WORK/many-1.0.0.tgz" --untar --untardir un
	t "the folder is whole ($sig)" sh -c '! [ -e un/many ] || [ "$(find un/many -type f | wc -l)" = "$(find many -type f ! -name x.bak ! -path many/files/secret | wc -l)" ]'
	t "or not there, and nothing beside it ($sig)" sh -c '[ "$(ls -A un)" = many ] || [ -z "$(ls -A un)" ]'
done

# Many archives.
chart web 1.0.0
i=0
while [ $i -lt 400 ]; do
	i=$((i + 1))
	mkdir "c$i"
	cp -R web/templates web/values.yaml "c$i/"
	printf 'apiVersion: v2\nname: c%d\nversion: 1.0.0\n' $i >"c$i/Chart.yaml"
done
for sig in TERM INT; do
	# shellcheck disable=SC2046 # names without blanks
	t "packing many, $sig in the middle" caught out $sig '[ -e out/c20-1.0.0.tgz ]' chart-package -d out $(seq -f c%g 400)
	t "every archive is whole ($sig)" sh -c 'for f in out/*.tgz; do gzip -t "$f" || exit 1; done'
	t "nothing else is there ($sig)" clean out
done

# A registry of the slow kind, stores too.
mkdir store
start_any store python3 "$TOP/tests/lib/store-server.py" store
U=http://127.0.0.1:$PORT
chart-package web >/dev/null
for sig in TERM INT; do
	rm -f store/hangs
	echo 'PUT hang' >store/fault
	t "push, $sig while it waits" stopped $sig '[ -e store/hangs ]' chart-package push web-1.0.0.tgz "$U" --api put
	t "no temporary file ($sig)" clean .
	rm -rf store/data
done
mkdir repo store/data
mv web-1.0.0.tgz repo/
chart-package -q index repo
cp repo/* store/data/
for sig in TERM INT; do
	rm -f store/hangs
	echo 'GET hang' >store/fault
	t "pull, $sig while it waits" stopped $sig '[ -e store/hangs ]' chart-package pull web -d got --repo "$U"
	t "nothing was written ($sig)" [ ! -e got ]
done
mkdir -p top/templates
printf 'apiVersion: v2\nname: top\nversion: 1.0.0\ndependencies: [{name: web, version: ^1, repository: "%s"}]\n' "$U" >top/Chart.yaml
cp -R top before
rm -f store/hangs
echo 'GET hang' >store/fault
t 'deps update, TERM while it waits' stopped TERM '[ -e store/hangs ]' chart-package deps update top
t 'the chart is as it was' diff -r before top

if command -v gpg >/dev/null; then
	# GnuPG's sockets have short paths.
	G=$(mktemp -d /tmp/ct-gpg.XXXXXX)
	at_exit "gpgconf --homedir '$G' --kill all 2>/dev/null; rm -rf '$G'"
	cat >"$G/pinentry" <<-EOF
		#!/bin/sh
		echo "OK"
		while read -r line; do
			case \$line in
			GETPIN*) : >"$WORK/asked"; exec sleep 60 ;;
			*) echo OK ;;
			esac
		done
	EOF
	chmod +x "$G/pinentry"
	echo "pinentry-program $G/pinentry" >"$G/gpg-agent.conf"
	gpg --homedir "$G" --batch --quiet --pinentry-mode loopback --passphrase secret --quick-generate-key 'Slow <slow@example.org>' \
		ed25519 sign never 2>/dev/null
	gpg --homedir "$G" --batch --pinentry-mode loopback --passphrase secret --export-secret-keys >secring.gpg 2>/dev/null
	gpgconf --homedir "$G" --kill all
	for sig in TERM INT; do
		rm -f asked
		t "sign, $sig while the passphrase is asked for" stopped $sig '[ -e asked ]' chart-package sign repo/web-1.0.0.tgz --key Slow --keyring "$G"
		t "no provenance and no temporary folder ($sig)" sh -c '! [ -e repo/web-1.0.0.tgz.prov ] && ! ls -d tmp/chart-* 2>/dev/null'
	done
	printf 'wrong\n' >pass
	# The temporary folder has secret keys in it.
	# shellcheck disable=SC2046,SC2016
	t 'packing and signing with a secret ring, TERM while its keys are unpacked' stopped TERM 'ls -d tmp/chart-keys*' \
		chart-package -d signed --sign --key Slow --keyring secring.gpg --passphrase-file pass $(seq -f c%g 400)
	t 'its keys are gone' sh -c '! ls -d tmp/* 2>/dev/null'
	t 'and nothing was packed' sh -c '! ls signed/* 2>/dev/null'
fi
done_testing
