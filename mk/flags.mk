# SPDX-License-Identifier: Apache-2.0
# Compiler and linker flags for each build variant.
CC ?= gcc
ifeq ($(origin CC),default)
CC := gcc
endif

WARN := -std=c11 -pedantic -Wall -Wextra -Werror -Wshadow -Wformat=2 -Wundef -Wvla -Wpointer-arith \
	-Wcast-qual -Wcast-align -Wwrite-strings -Wstrict-prototypes -Wmissing-prototypes \
	-Wold-style-definition -Wredundant-decls -Wdouble-promotion -Wimplicit-fallthrough -fno-common
ifneq ($(findstring clang,$(CC)),)
# clang knows no fall-through comments in C, and its isnan() widens floats.
WARN += -Wno-format-nonliteral -Wno-double-promotion -Wno-implicit-fallthrough -Wunreachable-code
else
WARN += -Wlogical-op -Wduplicated-cond -Wjump-misses-init
endif

CFLAGS_debug := -O1 -g
# Inlined across files, gcc cannot see that a value is set whenever no error is returned.
CFLAGS_release := -Wno-maybe-uninitialized -Wno-stringop-overread -O2 -g -D_FORTIFY_SOURCE=3 -fstack-protector-strong -fPIE \
	-ffunction-sections -fdata-sections
# What usual work runs lies side by side, so that fewer pages of a program come into memory.
ORDER_release := mk/order.ld
LDFLAGS_release := -pie -O2 -Wl,-z,relro,-z,now,-z,pack-relative-relocs -Wl,--gc-sections -Wl,-T,$(ORDER_release)
# Optimised across files once, as one object that all tools share: the tools are as fast as if each were linked with -flto
# (none of it: 7 % more instructions), but each links in a fifth of a second instead of 25.
LTO_release := -flto=auto
CFLAGS_asan := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
LDFLAGS_asan := -fsanitize=address,undefined
CFLAGS_fuzz := -O1 -g -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
LDFLAGS_fuzz := -fsanitize=address,undefined
CFLAGS_cover := -O0 -g --coverage
LDFLAGS_cover := --coverage

VERSION := 0.1.0

ALL_CPPFLAGS := -D_POSIX_C_SOURCE=200809L -DCHART_TOOLS_VERSION='"$(VERSION)"' -Ilibcommon -I. $(CPPFLAGS)
ALL_CFLAGS := $(WARN) $(CFLAGS_$(BUILD)) $(CFLAGS)
ALL_LDFLAGS := $(LDFLAGS_$(BUILD)) -Wl,--as-needed $(LDFLAGS)
# Static, so that start-up costs nothing; the larger ones are opened on first use (io/dl.h). libc stands before libm, which few
# functions are only in: a program that can do without libm starts sooner.
LIBS := -l:libpcre2-8.a -l:libarchive.a -l:libdeflate.a -l:libz.a -l:libcrypto.a -ldl -lpthread -lc -lm
