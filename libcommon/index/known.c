/* SPDX-License-Identifier: Apache-2.0 */
#include "index/known.h"

#include "io/file.h"
#include "net/url.h"
#include "yaml/yaml.h"
#include "json/decode.h"

#include <stdlib.h>

static const struct json_field fields[] = {
	JSON_FIELD("name", JSON_TEXT, known_repo, name),
	JSON_FIELD("url", JSON_TEXT, known_repo, url),
	JSON_FIELD("username", JSON_TEXT, known_repo, user),
	JSON_FIELD("password", JSON_TEXT, known_repo, password),
	JSON_FIELD("caFile", JSON_TEXT, known_repo, ca_file),
	JSON_FIELD("certFile", JSON_TEXT, known_repo, cert_file),
	JSON_FIELD("keyFile", JSON_TEXT, known_repo, key_file),
	JSON_FIELD("insecure_skip_tls_verify", JSON_BOOLEAN, known_repo, insecure),
	JSON_FIELD("pass_credentials_all", JSON_BOOLEAN, known_repo, pass_credentials),
};
static const struct json_shape shape = JSON_SHAPE("repo.Entry", "Entry", known_repo, fields);

static const char *config_file(struct arena *a)
{
	const char *s = getenv("HELM_REPOSITORY_CONFIG");
	if (s && *s)
		return s;
	s = getenv("HELM_CONFIG_HOME");
	if (s && *s)
		return io_path(a, s, "repositories.yaml");
	s = getenv("XDG_CONFIG_HOME");
	if (s && *s)
		return io_path(a, s, "helm/repositories.yaml");
	s = getenv("HOME");
	return s && *s ? io_path(a, s, ".config/helm/repositories.yaml") : NULL;
}

static struct err *read_repos(struct known_repos *out, struct arena *a, struct str text)
{
	struct val root;
	TRY(yml_load(&root, a, text, NULL));
	struct val list = val_is_map(root) ? val_get(root, "repositories") : VAL_NIL;
	if (!val_is_list(list))
		return NULL;
	val_list_each (item, list) {
		struct known_repo r = { 0 };
		if (!val_is_map(*item))
			continue;
		TRY(json_decode(&r, a, *item, &shape));
		vec_push_in(a, out, r);
	}
	return NULL;
}

struct err *known_repos_load(struct known_repos *out, struct arena *a)
{
	*out = (struct known_repos){ 0 };
	const char *file = config_file(a);
	struct str text;
	if (!file || !io_is_file(file))
		return NULL;
	TRY(io_read(&text, a, file, (size_t)16 << 20));
	return err_at(read_repos(out, a, text), file, 0, 0);
}

const struct known_repo *known_repos_named(const struct known_repos *r, struct str name)
{
	for (size_t i = 0; i < r->len; i++)
		if (str_eq(r->items[i].name, name))
			return &r->items[i];
	return NULL;
}

const struct known_repo *known_repos_at(const struct known_repos *r, struct str url)
{
	url = str_trim_end(url, "/");
	for (size_t i = 0; i < r->len; i++)
		if (str_eq(str_trim_end(r->items[i].url, "/"), url))
			return &r->items[i];
	return NULL;
}

static const char *or_text(struct arena *a, const char *given, struct str known)
{
	return given || !known.len ? given : arena_text(a, known);
}

void known_repo_apply(struct net_opts *o, struct arena *a, const struct known_repo *known)
{
	if (!known)
		return;
	/* A password belongs to its user. */
	if (!o->user) {
		o->user = or_text(a, NULL, known->user);
		o->password = or_text(a, o->password, known->password);
	}
	o->ca_file = or_text(a, o->ca_file, known->ca_file);
	if (!o->cert_file) {
		o->cert_file = or_text(a, NULL, known->cert_file);
		o->key_file = or_text(a, o->key_file, known->key_file);
	}
	o->insecure = o->insecure || known->insecure;
	o->pass_credentials = o->pass_credentials || known->pass_credentials;
}
