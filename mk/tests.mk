# SPDX-License-Identifier: Apache-2.0
# Tests: everything speaks TAP. tests/lib/run gathers it and ends with 'N passed, N failed'.
UNIT_SRCS := $(sort $(wildcard tests/unit/*/*_test.c))
UNIT_BINS := $(UNIT_SRCS:%.c=$(OUT)/%)
TOOL_TESTS := $(sort $(wildcard tests/tools/*/*.t tests/lint/*.t tests/e2e/*.t))

$(UNIT_BINS): $(OUT)/%: $(OUT)/%.o $(LIB)
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $< $(LIB) $(LIBS) -lcmocka

.SECONDARY: $(UNIT_BINS:=.o)
-include $(UNIT_BINS:=.d)

.PHONY: test unit
unit: $(UNIT_BINS) ## runs the unit tests
	@OUT=$(abspath $(OUT)) tests/lib/run $(UNIT_BINS)
test: $(TOOL_BINS) $(UNIT_BINS) ## runs unit and tool tests of one build variant (T= chooses)
	@OUT=$(abspath $(OUT)) tests/lib/run $(if $(T),$(T),$(UNIT_BINS) $(TOOL_TESTS))
