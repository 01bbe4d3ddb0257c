/* SPDX-License-Identifier: Apache-2.0 */
/* lib: libgit2's functions, opened on first use. Only files of git/ include this. */
#pragma once

#include "base/vec.h"
#include "git/git.h"

#include <git2.h>
#include <git2/odb_backend.h>
#include <git2/sys/odb_backend.h>
#include <git2/sys/transport.h>

#define VCS_FUNCTIONS(X) \
	X(libgit2_init) \
	X(libgit2_opts) \
	X(error_last) \
	X(error_set_str) \
	X(repository_open_ext) \
	X(repository_init) \
	X(repository_free) \
	X(repository_workdir) \
	X(repository_head) \
	X(repository_set_head) \
	X(repository_index) \
	X(repository_odb) \
	X(remote_create_anonymous) \
	X(remote_url) \
	X(remote_connect) \
	X(remote_download) \
	X(remote_default_branch) \
	X(remote_ls) \
	X(remote_fetch) \
	X(remote_free) \
	X(transport_new) \
	X(transport_smart) \
	X(smart_subtransport_ssh) \
	X(smart_subtransport_git) \
	X(remote_init_callbacks) \
	X(fetch_options_init) \
	X(credential_userpass_plaintext_new) \
	X(credential_ssh_key_from_agent) \
	X(credential_ssh_key_new) \
	X(credential_username_new) \
	X(buf_dispose) \
	X(tag_list) \
	X(strarray_dispose) \
	X(reference_name_to_id) \
	X(reference_shorthand) \
	X(reference_free) \
	X(reference_create) \
	X(reference_name_is_valid) \
	X(revparse_single) \
	X(object_peel) \
	X(object_id) \
	X(object_lookup) \
	X(object_free) \
	X(commit_lookup) \
	X(commit_free) \
	X(commit_time) \
	X(commit_tree) \
	X(commit_create) \
	X(tree_free) \
	X(tree_lookup) \
	X(tree_entry_bypath) \
	X(tree_entry_byindex) \
	X(tree_entrycount) \
	X(tree_entry_name) \
	X(tree_entry_id) \
	X(tree_entry_type) \
	X(tree_entry_filemode) \
	X(tree_entry_free) \
	X(tree_id) \
	X(blob_lookup) \
	X(blob_rawcontent) \
	X(blob_rawsize) \
	X(blob_free) \
	X(blob_create_from_buffer) \
	X(merge_base) \
	X(oid_tostr) \
	X(oid_fromstrn) \
	X(oid_equal) \
	X(status_list_new) \
	X(status_list_entrycount) \
	X(status_list_free) \
	X(status_options_init) \
	X(index_new) \
	X(index_free) \
	X(index_read_tree) \
	X(index_add) \
	X(index_remove_bypath) \
	X(index_remove_directory) \
	X(index_write) \
	X(index_write_tree_to) \
	X(signature_default) \
	X(signature_now) \
	X(signature_free) \
	X(odb_write_pack) \
	X(odb_read) \
	X(odb_object_data) \
	X(odb_object_size) \
	X(odb_object_type) \
	X(odb_object_free) \
	X(odb_free)

struct vcs_api {
#define X(name) __typeof__(git_##name) *name;
	VCS_FUNCTIONS(X)
#undef X
};

/* The functions; filled by vcs_load(). */
extern struct vcs_api vcs_api;

struct vcs {
	git_repository *repo;
};

/* Opens the library. */
struct err *vcs_load(void) ERR_MUST;
/* The library's last error behind a message; its class decides the kind where `kind` is ERR_INPUT. */
struct err *vcs_error(enum err_kind kind, int code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4))) ERR_MUST;
/* The id in hex, in `a`. */
struct str vcs_hex(struct arena *a, const git_oid *id);
/* Opens the bare repository `dir` and nothing above it, making it when missing. */
struct err *vcs_open_cache(struct vcs **out, const char *dir) ERR_MUST;
