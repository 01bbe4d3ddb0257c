# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# servers.sh: sourced after tap.sh. Servers on ports of 127.0.0.1, ended with the test.
#
#	start NAME COMMAND...       a server in the background; SERVER is its process id, NAME.out and NAME.log below $WORK what it prints
#	start_any NAME COMMAND...   one that chooses its port and prints it; PORT is that port
#	start_at PORT NAME COMMAND...    one that listens on that port
#	comes_up COMMAND...         the server started last is there once that succeeds; when it does not come, the test ends with "not ok"
#	stop_server PID             ends one and waits for its end
#	free_port                   prints one
#	soon COMMAND...             succeeds once that succeeds, fails when it does not within half a minute
#	make_ca                     ca.pem; server.pem/.key for localhost and 127.0.0.1; client.pem/.key for "me"
#	start_nginx PORT NAME HTTP-CONF  nginx with that in its http block, PORT one of those it listens on; its files are below $WORK/NAME
#	start_registry NAME MORE    a registry of its own, in which plain HTTP is spoken unless MORE, the end of its http block and what
#	                            follows that, says otherwise; PORT is its port
#	start_sshd PORT             sshd that lets the key $WORK/sshd/user in, as the one who runs the test
#	start_fcgi                  fcgiwrap at $WORK/fcgi.sock
#
# No server shares the test's own input and output: who reads those waits for their end. Never start one in $(...) or ( ): what ends
# it is registered in the shell that starts it.

PATH=$PATH:/usr/sbin

free_port() {
	python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

soon() {
	for _ in $(seq 300); do
		"$@" >/dev/null 2>&1 && return
		sleep 0.1
	done
	return 1
}

# It gets five seconds to end in its own way.
stop_server() {
	kill "$1" 2>/dev/null
	for _ in $(seq 100); do
		kill -0 "$1" 2>/dev/null || break
		sleep 0.05
	done
	kill -9 "$1" 2>/dev/null
	wait "$1" 2>/dev/null
}

start() {
	server_name=$1
	shift
	"$@" </dev/null >"$WORK/$server_name.out" 2>>"$WORK/$server_name.log" &
	SERVER=$!
	at_exit "stop_server $SERVER"
}

comes_up() {
	for _ in $(seq 300); do
		"$@" >/dev/null 2>&1 && return
		kill -0 "$SERVER" 2>/dev/null || break
		sleep 0.1
	done
	tap_n=$((tap_n + 1)) tap_failed=1
	echo "not ok $tap_n - the server $server_name comes up"
	tail -n 20 "$WORK/$server_name.out" "$WORK/$server_name.log" | sed 's/^/# /'
	done_testing
}

start_any() {
	start "$@"
	comes_up test -s "$WORK/$server_name.out"
	PORT=$(cat "$WORK/$server_name.out")
}

start_at() {
	server_port=$1
	shift
	start "$@"
	comes_up python3 -c "import socket; socket.create_connection(('127.0.0.1', $server_port))"
}

make_ca() {
	(
		cd "$WORK" || exit
		openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN=test-ca \
			-keyout ca.key -out ca.pem
		for who in server client; do
			name=localhost
			[ $who = server ] || name=me
			openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=$name -keyout $who.key -out $who.csr
			printf 'subjectAltName=DNS:localhost,IP:127.0.0.1\n' >ext
			openssl x509 -req -in $who.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 30 -extfile ext -out $who.pem
		done
	) >/dev/null 2>&1
}

start_nginx() {
	nginx_port=$1
	shift
	mkdir -p "$WORK/$1/temp"
	cat >"$WORK/$1/nginx.conf" <<EOF
daemon off;
master_process off;
pid $WORK/$1/pid;
error_log $WORK/$1/error.log;
events {}
http {
	access_log $WORK/$1/access.log;
	client_body_temp_path $WORK/$1/temp/body;
	proxy_temp_path $WORK/$1/temp/proxy;
	fastcgi_temp_path $WORK/$1/temp/fastcgi;
	uwsgi_temp_path $WORK/$1/temp/uwsgi;
	scgi_temp_path $WORK/$1/temp/scgi;
	types { text/yaml yaml; application/gzip tgz; }
	$2
}
EOF
	start_at "$nginx_port" "$1" nginx -p "$WORK/$1" -c "$WORK/$1/nginx.conf"
}

start_registry() {
	PORT=$(free_port)
	cat >"$WORK/$1.yml" <<EOF
version: 0.1
log: {level: error}
storage: {filesystem: {rootdirectory: $WORK/$1-data}}
http:
  addr: 127.0.0.1:$PORT
$2
EOF
	start_at "$PORT" "$1" docker-registry serve "$WORK/$1.yml"
}

start_sshd() {
	mkdir -p "$WORK/sshd"
	chmod 755 "$WORK" "$WORK/sshd"
	ssh-keygen -q -t ed25519 -N '' -f "$WORK/sshd/host"
	ssh-keygen -q -t ed25519 -N '' -f "$WORK/sshd/user"
	cp "$WORK/sshd/user.pub" "$WORK/sshd/authorized"
	chmod 600 "$WORK/sshd/authorized"
	[ "$(id -u)" != 0 ] || mkdir -p /run/sshd
	cat >"$WORK/sshd/config" <<EOF
Port $1
ListenAddress 127.0.0.1
HostKey $WORK/sshd/host
AuthorizedKeysFile $WORK/sshd/authorized
PidFile $WORK/sshd/pid
PasswordAuthentication no
KbdInteractiveAuthentication no
UsePAM no
StrictModes no
PermitRootLogin prohibit-password
EOF
	start_at "$1" sshd /usr/sbin/sshd -D -e -f "$WORK/sshd/config"
}

start_fcgi() {
	start fcgi fcgiwrap -s "unix:$WORK/fcgi.sock"
	comes_up test -S "$WORK/fcgi.sock"
}
