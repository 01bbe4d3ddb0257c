# SPDX-License-Identifier: Apache-2.0
# One non-recursive build. `make help` lists the targets.
.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules

BUILD ?= debug
O ?= build
OUT := $(O)/$(BUILD)

include mk/flags.mk
include mk/rules.mk
include mk/deps.mk
include mk/install.mk
include mk/tests.mk
include mk/bench.mk
include mk/fuzz.mk
include mk/lint.mk

.PHONY: all help clean

all: $(LIB) $(TOOL_BINS) ## builds all tools (BUILD=debug|asan|release|cover)

help: ## lists the targets
	@grep -hE '^[a-z0-9_-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 20

clean: ## removes everything that was built
	rm -rf $(O)
