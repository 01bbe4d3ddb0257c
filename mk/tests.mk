# SPDX-License-Identifier: Apache-2.0
# Tests. Everything speaks TAP or ends with 'N passed, N failed'; so does each target here.
SHARED ?= ../shared
UNIT_SRCS := $(sort $(wildcard tests/unit/*/*_test.c))
UNIT_BINS := $(UNIT_SRCS:%.c=$(OUT)/%)
TOOL_TESTS := $(sort $(wildcard tests/tools/*/*.t tests/lint/*.t))
# Programs that only the conformance checks need.
CONFORM_SRCS := $(sort $(wildcard tests/conform/*.c))
CONFORM_BINS := $(CONFORM_SRCS:%.c=$(OUT)/%)
COUNTS := $(abspath $(O))/counts

$(UNIT_BINS): $(OUT)/%: $(OUT)/%.o $(LIB)
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $< $(LIB) $(LIBS) -lcmocka

$(CONFORM_BINS): $(OUT)/%: $(OUT)/%.o $(LIB)
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $< $(LIB) $(LIBS) -l:libyaml.a

# Preloaded by tests of crashes and full disks.
KILLAT := $(OUT)/tests/lib/killat.so
$(KILLAT): tests/lib/killat.c
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) -O1 -g -fPIC -shared -Wall -Wextra -Werror -o $@ $< -ldl

.SECONDARY: $(UNIT_BINS:=.o) $(CONFORM_BINS:=.o)
-include $(UNIT_BINS:=.d) $(CONFORM_BINS:=.d)

.PHONY: unit test check check-all conform demo browser e2e conform-bins
unit: $(UNIT_BINS) ## runs the unit tests of one build variant
	@OUT=$(abspath $(OUT)) tests/lib/run $(UNIT_BINS)

test: $(TOOL_BINS) $(UNIT_BINS) $(KILLAT) $(MAN_PAGES) $(FUNCTIONS) ## runs unit and tool tests of one build variant (T= chooses)
	@OUT=$(abspath $(OUT)) tests/lib/run $(if $(T),$(T),$(UNIT_BINS) $(TOOL_TESTS))

check: deps-test ## installs what tests need, runs all tests (debug and asan builds, the story)
	@$(MAKE) --no-print-directory check-all

check-all:
	@mkdir -p $(O) && : >$(COUNTS)
	@COUNTS=$(COUNTS) $(MAKE) --no-print-directory BUILD=debug test || :
	@COUNTS=$(COUNTS) $(MAKE) --no-print-directory BUILD=asan test || :
	@$(MAKE) --no-print-directory BUILD=debug all
	@OUT=$(abspath $(O))/debug COUNTS=$(COUNTS) tests/lib/run tests/e2e/story.t tests/e2e/guide.t || :
	@tests/lib/counts $(COUNTS)

conform-bins: $(TOOL_BINS) $(CONFORM_BINS)

conform: deps-test ## compares with recorded answers of real Helm (SHARED=../shared)
	@$(MAKE) --no-print-directory BUILD=release conform-bins
	@OUT=$(abspath $(O))/release SHARED=$(abspath $(SHARED)) COUNTS=$(COUNTS).conform tests/conform/run

demo: deps ## installs what is missing, builds, runs the worked example
	@$(MAKE) --no-print-directory BUILD=release all
	@OUT=$(abspath $(O))/release SHARED=$(abspath $(SHARED)) examples/redis-move/demo

browser: deps-browser ## looks at the page of a repository in Chromium (SHARED=../shared)
	@$(MAKE) --no-print-directory BUILD=debug all
	@OUT=$(abspath $(O))/debug SHARED=$(abspath $(SHARED)) tests/lib/run tests/e2e/site.t

e2e: deps-browser ## runs the worked example on a real API server with real helm (SHARED=../shared)
	@$(MAKE) --no-print-directory BUILD=debug all
	@OUT=$(abspath $(O))/debug SHARED=$(abspath $(SHARED)) tests/lib/run $(sort $(wildcard tests/e2e/*.t))

.PHONY: conform-updates
conform-updates: $(CONFORM_BINS) ## merges the recorded updates of real charts
	@OUT=$(abspath $(OUT)) SHARED=$(abspath $(SHARED)) tests/conform/updates.sh $(T)

.PHONY: differ
DIFFER_CHARTS ?= $(if $(wildcard $(SHARED)/corpus/charts),$(SHARED)/corpus/charts,examples/redis-move)
differ: ## compares with real helm on random values (MINUTES=1, DIFFER_CHARTS=)
	@sh mk/apt-need python3-yaml
	@$(MAKE) --no-print-directory BUILD=release all
	@tests/lib/python-yaml tests/differ/differ.py --minutes $(or $(MINUTES),1) --keep $(O)/differences $(DIFFER_ARGS) $(O)/release $(DIFFER_CHARTS)
