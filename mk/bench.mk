# SPDX-License-Identifier: Apache-2.0
# Speed is measured here, side by side with real helm, and asserted nowhere.
.PHONY: bench
bench: ## measures CPU time and memory against real helm (HELM=, SHARED=../shared)
	@$(MAKE) --no-print-directory BUILD=release all
	@python3 tests/bench/bench.py $(O)/release $(wildcard $(SHARED))
