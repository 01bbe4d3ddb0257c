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

.PHONY: order
order: ## writes mk/order.ld from what runs over CHARTS, folders and archives (needs valgrind)
	@$(MAKE) --no-print-directory BUILD=release all
	@sh mk/order $(O)/release $(CHARTS) >$(O)/order.ld && cp $(O)/order.ld mk/order.ld
