# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# servers.sh: sourced after tap.sh. Real servers on ports of 127.0.0.1, ended with the test.
#
#	free_port                   prints one
#	wait_port PORT              until something listens there
#	make_ca                     ca.pem; server.pem/.key for localhost and 127.0.0.1; client.pem/.key for "me"
#	start_nginx NAME HTTP-CONF  nginx with that in its http block; its files are below $WORK/NAME
#	start_sshd PORT             sshd that lets the key $WORK/sshd/user in, as the one who runs the test
#	start_fcgi                  fcgiwrap at $WORK/fcgi.sock

PATH=$PATH:/usr/sbin

free_port() {
	python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

wait_port() {
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30; do
		python3 -c "import socket; socket.create_connection(('127.0.0.1', $1))" 2>/dev/null && return
		sleep 0.2
	done
	return 1
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
	nginx -p "$WORK/$1" -c "$WORK/$1/nginx.conf" 2>"$WORK/$1/stderr" &
	at_exit "kill $!"
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
	/usr/sbin/sshd -D -e -f "$WORK/sshd/config" 2>"$WORK/sshd/log" &
	at_exit "kill $!"
}

start_fcgi() {
	fcgiwrap -s "unix:$WORK/fcgi.sock" 2>"$WORK/fcgi.log" &
	at_exit "kill $!"
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		[ -S "$WORK/fcgi.sock" ] && break
		sleep 0.1
	done
}
