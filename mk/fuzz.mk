# SPDX-License-Identifier: Apache-2.0
# libFuzzer targets, built with clang under ASan and UBSan. `make fuzz` runs each briefly from its corpus.
FUZZERS := $(basename $(notdir $(sort $(wildcard tests/fuzz/*.c))))
FUZZ_SECONDS ?= 10

$(FUZZERS:%=$(OUT)/fuzz/%): $(OUT)/fuzz/%: $(OUT)/tests/fuzz/%.o $(LIB)
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) -fsanitize=fuzzer $(ALL_LDFLAGS) -o $@ $< $(LIB) $(LIBS)

-include $(FUZZERS:%=$(OUT)/tests/fuzz/%.d)

.PHONY: fuzz fuzzers
fuzzers: $(FUZZERS:%=$(OUT)/fuzz/%)
fuzz: ## runs each fuzz target for FUZZ_SECONDS=10 from its corpus
	@sh mk/apt-need clang libclang-rt-14-dev
	@$(MAKE) --no-print-directory BUILD=fuzz CC=clang fuzzers
	@OUT=$(abspath $(O))/fuzz sh tests/fuzz/run $(FUZZ_SECONDS) $(FUZZERS)
