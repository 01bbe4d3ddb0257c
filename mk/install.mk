# SPDX-License-Identifier: Apache-2.0
# Installation. DESTDIR and PREFIX as usual.
PREFIX ?= /usr/local
