# SPDX-License-Identifier: Apache-2.0
# Debian packages; `make deps` installs those that are missing.
DEPS_BUILD := gcc make libc6-dev libpcre2-dev libarchive-dev zlib1g-dev libdeflate-dev libssl-dev \
	libcurl4-openssl-dev libgit2-dev libgpgme-dev libcmark-dev libhiredis-dev libcrypt-dev
DEPS_DEMO := ca-certificates git nginx-light
# libyaml is only compared with (tests/conform).
DEPS_TEST := libcmocka-dev libyaml-dev perl shellcheck mandoc python3 python3-yaml libubsan1 libasan8 redis-server redis-tools procps \
	gnupg docker-registry apache2-utils openssl nginx-light fcgiwrap openssh-server openssh-client quilt patch

# The page of a repository is looked at in it; where it cannot be had, those checks are skipped.
DEPS_BROWSER := chromium

.PHONY: deps deps-test deps-browser
deps: ## installs what the build and the demo need (apt)
	@sh mk/apt-need $(DEPS_BUILD) $(DEPS_DEMO)
deps-test: ## installs what the tests need as well (apt)
	@sh mk/apt-need $(DEPS_BUILD) $(DEPS_DEMO) $(DEPS_TEST)
deps-browser: deps-test
	@sh mk/apt-need $(DEPS_BROWSER) || echo 'no chromium: its checks are skipped' >&2
