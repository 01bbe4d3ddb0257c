# SPDX-License-Identifier: Apache-2.0
# Speed is measured here, side by side with real helm, and asserted nowhere.
$(OUT)/tests/bench/measure: $(OUT)/tests/bench/measure.o
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $<

.PHONY: bench bench-bins
bench-bins: $(TOOL_BINS) $(OUT)/tests/bench/measure
bench: ## measures CPU time and memory against real helm (HELM=, SHARED=../shared)
	@$(MAKE) --no-print-directory BUILD=release bench-bins
	@python3 tests/bench/bench.py $(O)/release $(wildcard $(SHARED))
