# SPDX-License-Identifier: Apache-2.0
# Man pages and installation. DESTDIR and PREFIX as usual.
PREFIX ?= /usr/local
MAN_PAGES := $(TOOLS:%=$(OUT)/man/%.1)

# The option list of a page is what the built program itself says.
$(OUT)/man/%.1: tools/%/$$*.1.in $(OUT)/%
	$(call say,MAN,$@)
	@mkdir -p $(@D)
	$(Q)$(OUT)/$* --help=mdoc >$@.opts
	$(Q)sed -e '/^@OPTIONS@$$/{' -e 'r $@.opts' -e 'd' -e '}' -e 's/@VERSION@/$(VERSION)/' $< >$@
	$(Q)rm -f $@.opts

.PHONY: man install
man: $(MAN_PAGES) ## makes the man pages

install: all man ## installs tools, man pages, completions (DESTDIR, PREFIX; use BUILD=release)
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/man/man1 \
		$(DESTDIR)$(PREFIX)/share/bash-completion/completions \
		$(DESTDIR)$(PREFIX)/share/zsh/site-functions $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d
	install -m 755 $(TOOL_BINS) $(DESTDIR)$(PREFIX)/bin/
	install -m 644 $(MAN_PAGES) $(DESTDIR)$(PREFIX)/share/man/man1/
	set -e; for t in $(TOOLS); do \
		$(OUT)/$$t --help=bash >$(DESTDIR)$(PREFIX)/share/bash-completion/completions/$$t; \
		$(OUT)/$$t --help=zsh >$(DESTDIR)$(PREFIX)/share/zsh/site-functions/_$$t; \
		$(OUT)/$$t --help=fish >$(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/$$t.fish; \
	done
