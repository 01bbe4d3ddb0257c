/* SPDX-License-Identifier: Apache-2.0 */
/* store: archives into a repository over HTTP: a ChartMuseum, or a server that takes PUT. */
#pragma once

#include "base/arena.h"
#include "base/err.h"
#include "net/http.h"

enum index_store_kind {
	INDEX_STORE_ANY,    /* found out: the index of a ChartMuseum says so */
	INDEX_STORE_MUSEUM, /* POST /api/charts, /api/prov */
	INDEX_STORE_PUT,    /* PUT beside index.yaml, which somebody else writes */
};

/* A repository that things are stored in. Everything lives in the arena given to index_store_open(). */
struct index_store {
	struct arena *a;
	struct net_opts net;
	enum index_store_kind kind;
	struct str base;       /* where archives and the index are served, without '/' at its end */
	struct str api;        /* of a ChartMuseum: "https://HOST/CONTEXT/api/REPOSITORY" */
	struct str public_url; /* `base` for people to read */
	bool force;            /* replace what is there with other bytes */
};

/* What is stored of one version. */
struct index_store_item {
	struct str name, version;
	struct str archive;
	struct str provenance; /* empty: none */
};

/* What became of it. */
struct index_stored {
	struct str url;           /* where the archive is served */
	bool archive, provenance; /* whether they were sent; else the same bytes were there */
};

/* Looks what stands at a URL, where `kind` leaves that open. Set `force` afterwards. */
struct err *index_store_open(struct index_store *out, struct arena *a, const char *url, enum index_store_kind kind,
	const struct net_opts *o) ERR_MUST;
/*
 * Stores a version: first the provenance, so that no archive is ever served without, then the archive, and looks whether these bytes
 * are served then (ERR_DIGEST). What is there already is not sent again; with other bytes it is ERR_CONFLICT unless forced.
 */
struct err *index_store_add(
	struct index_stored *out, struct index_store *s, const struct index_store_item *item) ERR_MUST;
/* Stores any other file, such as the index, below the base of a store that takes PUT, whatever was there, and looks as above. */
struct err *index_store_file(
	struct str *url, struct index_store *s, struct str name, const char *type, struct str bytes) ERR_MUST;
