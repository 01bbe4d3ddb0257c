# SPDX-License-Identifier: Apache-2.0
# Formatting and static checks.
C_FILES = $(shell git ls-files -co --exclude-standard '*.c' '*.h')

.PHONY: format lint
format: ## formats all C files
	clang-format -i $(C_FILES)
lint: ## clang-format, clang-tidy, shellcheck, mandoc: reports, changes nothing
	clang-format --dry-run $(C_FILES) 2>&1 | grep -c warning || :
	clang-tidy --quiet $(filter %.c,$(C_FILES)) -- $(ALL_CPPFLAGS) -std=c11 2>/dev/null || :
