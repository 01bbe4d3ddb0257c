/* SPDX-License-Identifier: Apache-2.0 */
/* Credentials that docker and Helm keep: config.json and the helpers that it names. */
#include "base/b64.h"
#include "io/file.h"
#include "io/run.h"
#include "net/oci_int.h"
#include "json/json.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define MAX_CONFIG ((size_t)1 << 20)
#define HELPER_MS 60000

/* Docker's own registry is known by other names than its host's. */
static bool same_registry(struct str key, struct str host)
{
	key = str_trim_prefix(str_trim_prefix(key, STR("https://")), STR("http://"));
	key = str_cut(&key, '/');
	if (str_eq_nocase(key, host))
		return true;
	bool docker = str_is(host, "docker.io") || str_is(host, "registry-1.docker.io");
	return docker && (str_is(key, "index.docker.io") || str_is(key, "docker.io"));
}

static const char *text_or_null(struct arena *a, struct str s)
{
	return s.len ? arena_text(a, s) : NULL;
}

static struct err *take_auth(struct oci_configured *out, struct arena *a, struct val auth, struct str host)
{
	struct str packed = val_get_str(auth, "auth");
	out->user = val_get_str(auth, "username");
	out->password = val_get_str(auth, "password");
	out->identity = val_get_str(auth, "identitytoken");
	if (packed.len) {
		struct str rest = { NULL, 0 };
		bool good = b64_decode(&rest, a, str_trim(packed)) < 0;
		ptrdiff_t colon = good ? str_find_char(rest, ':') : -1;
		if (colon < 0)
			return err_new(
				ERR_INPUT, "the credentials for %.*s are not base64 of USER:PASSWORD", STR_ARG(host));
		out->user = str_slice(rest, 0, (size_t)colon);
		out->password = str_skip(rest, (size_t)colon + 1);
	}
	bool nul = str_find_char(out->user, 0) >= 0 || str_find_char(out->password, 0) >= 0 ||
		   str_find_char(out->identity, 0) >= 0;
	return nul ? err_new(ERR_INPUT, "the credentials for %.*s have a NUL", STR_ARG(host)) : NULL;
}

static bool is_helper_name(struct str name)
{
	for (size_t i = 0; i < name.len; i++)
		if (!name.s[i] || (!isalnum((unsigned char)name.s[i]) && !strchr("-_.", name.s[i])))
			return false;
	return name.len > 0;
}

/* Asks docker-credential-NAME; having nothing for the host is no error. */
static struct err *ask_helper(struct oci *c, struct str name, struct str host)
{
	const char *program = arena_printf(c->a, "docker-credential-%.*s", STR_ARG(name)).s;
	const char *argv[] = { program, "get", NULL };
	struct io_run run = { .argv = argv, .input = host, .max_output = MAX_CONFIG, .timeout_ms = HELPER_MS };
	struct io_run_result r;
	struct val v;
	TRY(io_run(&r, c->a, &run));
	if (r.status) {
		struct str said = str_trim(r.out);
		if (str_has(said, STR("credentials not found")))
			return NULL;
		said = said.len ? said : str_trim(r.err);
		said = str_cut(&said, '\n');
		return err_new(ERR_COMMAND, "%s: %.*s", program, STR_ARG(said));
	}
	struct err *e = json_load(&v, c->a, r.out);
	if (e)
		return err_wrap(e, "%s", program);
	struct str user = val_get_str(v, "Username"), secret = val_get_str(v, "Secret");
	if (str_is(user, "<token>")) {
		c->identity = text_or_null(c->a, secret);
		return NULL;
	}
	c->user = text_or_null(c->a, user);
	c->password = arena_text(c->a, secret);
	return NULL;
}

static struct err *take_helper(struct oci_configured *out, struct str name, struct str host, bool only)
{
	if (!is_helper_name(name))
		return err_new(ERR_INPUT, "\"%.*s\" is no name of a credential helper", STR_ARG(name));
	out->helper = name;
	/* Where docker keeps what its helpers know of its own registry. */
	bool docker = !only && same_registry(STR("index.docker.io"), host);
	out->helper_host = docker ? STR("https://index.docker.io/v1/") : host;
	out->helper_only = only;
	return NULL;
}

struct err *oci_config_read(struct oci_configured *out, struct arena *a, struct str text, struct str host)
{
	struct val config;
	*out = (struct oci_configured){ 0 };
	TRY(json_load(&config, a, text));
	struct val helpers = val_get(config, "credHelpers"), auths = val_get(config, "auths");
	if (val_is_map(helpers))
		val_map_each (h, helpers)
			if (same_registry(h->key, host))
				return val_is_string(h->value)
					       ? take_helper(out, val_str(h->value), h->key, true)
					       : err_new(ERR_INPUT, "the credential helper for %.*s is no text",
							 STR_ARG(host));
	struct str store = val_get_str(config, "credsStore");
	if (store.len)
		TRY(take_helper(out, store, host, false));
	if (val_is_map(auths))
		val_map_each (x, auths)
			if (same_registry(x->key, host) && val_is_map(x->value) && val_map_len(x->value))
				return take_auth(out, a, x->value, host);
	return NULL;
}

static struct err *apply_config(struct oci *c, struct str text)
{
	struct oci_configured found;
	TRY(oci_config_read(&found, c->a, text, c->ref.host));
	if (found.helper.len)
		TRY(ask_helper(c, found.helper, found.helper_host));
	if (c->user || c->identity || found.helper_only)
		return NULL;
	c->user = text_or_null(c->a, found.user);
	c->password = arena_text(c->a, found.password);
	c->identity = text_or_null(c->a, found.identity);
	return NULL;
}

static struct err *read_config(struct oci *c, const char *path)
{
	struct str text;
	if (!path || !io_is_file(path) || c->user || c->identity)
		return NULL;
	TRY(io_read(&text, c->a, path, MAX_CONFIG));
	struct err *e = apply_config(c, text);
	return e ? err_wrap(e, "%s", path) : NULL;
}

static const char *below(struct arena *a, const char *variable, const char *rest)
{
	const char *s = getenv(variable);
	return s && *s ? io_path(a, s, rest) : NULL;
}

struct err *oci_find_credentials(struct oci *c)
{
	struct arena *a = c->a;
	if (c->looked)
		return NULL;
	c->looked = true;
	if (c->o.net.user) {
		c->user = c->o.net.user;
		c->password = c->o.net.password ? c->o.net.password : "";
		return NULL;
	}
	if (c->o.config)
		return read_config(c, c->o.config);
	const char *helm = getenv("HELM_REGISTRY_CONFIG");
	if (!helm || !*helm)
		helm = below(a, "HELM_CONFIG_HOME", "registry/config.json");
	if (!helm)
		helm = below(a, "XDG_CONFIG_HOME", "helm/registry/config.json");
	if (!helm)
		helm = below(a, "HOME", ".config/helm/registry/config.json");
	TRY(read_config(c, helm));
	const char *docker = below(a, "DOCKER_CONFIG", "config.json");
	return read_config(c, docker ? docker : below(a, "HOME", ".docker/config.json"));
}
