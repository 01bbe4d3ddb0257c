# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# cluster.sh: sourced after tap.sh by tests on a real API server.
#
#	need_cluster TITLE    starts a control plane that ends with the test; without one, or without helm, the test is skipped
#	live                  what runs in the namespace shop
#
# SHARED names a folder with cluster/kube-up; HELM the program (helm, else helm4). PATH gets a kubectl that matches.
need_cluster() {
	SHARED=${SHARED:-$TOP/../shared}
	HELM=${HELM:-$(command -v helm || command -v helm4)}
	if [ ! -x "$SHARED/cluster/kube-up" ] || [ -z "$HELM" ]; then
		skip "$1" 'needs a cluster and helm'
		done_testing
		exit 0
	fi
	# What kube-up built before is found under the real home.
	real_home=$(getent passwd "$(id -u)" | cut -d: -f6)
	KUBECONFIG=$(HOME=$real_home XDG_CACHE_HOME=$real_home/.cache "$SHARED/cluster/kube-up" "$WORK/kube") || exit 1
	at_exit "\"$SHARED/cluster/kube-down\" -d \"$WORK/kube\""
	PATH=$WORK/kube/bin:$PATH
	export KUBECONFIG HELM PATH SHARED
}

# live: releases with their manifests, values and states, without what counts up.
live() {
	for r in $("$HELM" list -n shop -q --deployed --failed --pending | sort); do
		echo "== $r"
		"$HELM" get manifest -n shop "$r"
		"$HELM" get values -n shop "$r" -o yaml
		"$HELM" status -n shop "$r" -o json | grep -o '"status":"[a-z-]*"' | head -n 1
	done
}
