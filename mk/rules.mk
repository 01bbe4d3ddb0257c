# SPDX-License-Identifier: Apache-2.0
# What is built from what. Sources are found by wildcard.
Q := $(if $(V),,@)
say = $(if $(V),,@printf '  %-6s %s\n' '$1' '$2')

LIB_SRCS := $(sort $(wildcard libcommon/*/*.c))
LIB_OBJS := $(LIB_SRCS:%.c=$(OUT)/%.o)
LTO := $(LTO_$(BUILD))
LIB := $(OUT)/libcommon.$(if $(LTO),o,a)

TOOLS := $(sort $(notdir $(patsubst %/main.c,%,$(wildcard tools/chart-*/main.c))))
TOOL_BINS := $(TOOLS:%=$(OUT)/%)
TOOL_OBJS := $(patsubst %.c,$(OUT)/%.o,$(wildcard tools/chart-*/*.c))

$(OUT)/%.o: %.c
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$(LIB_OBJS): ALL_CFLAGS += $(LTO)

$(OUT)/libcommon.a: $(LIB_OBJS)
	$(call say,AR,$@)
	$(Q)rm -f $@ && ar rcs $@ $^

$(OUT)/libcommon.o: $(LIB_OBJS)
	$(call say,LTO,$@)
	$(Q)$(CC) $(ALL_CFLAGS) $(LTO) -r -flinker-output=nolto-rel -nostdlib -o $@ $^

# What pages of a repository are made of, as arrays of bytes.
SITE := $(OUT)/tools/chart-package/site_assets
SITE_PARTS := $(sort $(wildcard tools/chart-package/site/*))
$(SITE).h: mk/embed $(SITE_PARTS)
	$(call say,EMBED,$@)
	@mkdir -p $(@D)
	$(Q)sh mk/embed $(SITE_PARTS) >$@
$(SITE).o: $(SITE).h
$(SITE).o: ALL_CPPFLAGS += -I$(dir $(SITE))

.SECONDEXPANSION:
# No % but the stem may stand in the prerequisites of a static pattern rule, hence no patsubst.
$(TOOL_BINS): $(OUT)/%: $$(addprefix $(OUT)/,$$(addsuffix .o,$$(basename $$(sort $$(wildcard tools/$$*/*.c))))) $(LIB) $(ORDER_$(BUILD))
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $(filter-out $(LIB) $(ORDER_$(BUILD)),$^) $(LIB) $(LIBS)

# The reference of functions is made of their tables.
FUNCTIONS := $(OUT)/mk/functions
$(FUNCTIONS): $(OUT)/mk/functions.o $(LIB)
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $< $(LIB) $(LIBS)

.PHONY: docs
docs: $(FUNCTIONS) ## writes docs/functions.md from the tables of functions
	$(Q)$(FUNCTIONS) >docs/functions.md

-include $(FUNCTIONS:=.d) $(LIB_OBJS:.o=.d) $(TOOL_OBJS:.o=.d)
