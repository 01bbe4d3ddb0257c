# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# charts.sh: sourced by the tests of chart-package; makes small charts.

# chart NAME VERSION: a chart folder NAME with a little of everything.
chart() {
	mkdir -p "$1/templates/sub" "$1/files" "$1/crds"
	cat >"$1/Chart.yaml" <<-EOF
		# what it is
		version: $2
		name: $1
		apiVersion: v2
		description: the $1 of the tests
		unknown: dropped
		appVersion: "7.0"
	EOF
	printf '# kept as it is\na: 1\n' >"$1/values.yaml"
	printf '{"type": "object"}\n' >"$1/values.schema.json"
	printf 'kind: ConfigMap\napiVersion: v1\nmetadata:\n  name: {{ .Release.Name }}\n' >"$1/templates/a.yaml"
	printf '# b\n' >"$1/templates/sub/b.txt"
	printf '{{/* none */}}\n' >"$1/templates/_h.tpl"
	printf 'kind: CustomResourceDefinition\n' >"$1/crds/c.yaml"
	printf 'read me\n' >"$1/README.md"
	printf 'data\n' >"$1/files/data"
	printf '*.bak\n/files/secret\n' >"$1/.helmignore"
	printf 'no\n' >"$1/x.bak"
	printf 'no\n' >"$1/files/secret"
}

# lines TEXT...: one argument a line.
lines() {
	printf '%s\n' "$@"
}
