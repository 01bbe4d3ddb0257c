/* SPDX-License-Identifier: Apache-2.0 */
/* value: the dynamic value that charts, values files and templates are made of. */
#pragma once

#include "base/arena.h"
#include "base/err.h"

/*
 * A struct val is 16 bytes and passed by value. It models what a Go interface{}
 * holds, because templates can see the difference between int and float64, []string
 * and []interface {}, a missing key and a null. Strings, lists, maps and objects are
 * references into an arena that outlives the value; copying a val shares them, as
 * in Go: a map changed through one val is changed for all. Nothing is counted or
 * freed alone. Lists and maps grow in the arena they were made in. A tree of values
 * belongs to one thread: even reading may cache an order of keys.
 */
enum val_kind {
	VAL_INVALID, /* no value at all: a missing map key (reflect's zero Value) */
	VAL_NULL,    /* null, nil */
	VAL_BOOL,    /* bool */
	VAL_INT,     /* a signed integer; `type` tells int, int64, int32, time.Duration, ... */
	VAL_UINT,    /* an unsigned integer; `type` tells uint64, uint8, ... */
	VAL_FLOAT,   /* float64, and float32 by `type` */
	VAL_COMPLEX, /* complex128: only literals such as 1i */
	VAL_STRING,  /* string; any bytes */
	VAL_LIST,    /* a slice; `type` tells the element type */
	VAL_MAP,     /* a map with string keys; `type` tells which */
	VAL_OBJECT,  /* anything else: described by a struct val_class */
	VAL_FUNC,    /* a function value: only as an operand of `call` and in messages */
};

/* Go's static type where the kind leaves it open; what %T and typeOf print. */
enum val_type {
	VAL_T_DEFAULT, /* int; uint64; float64; string; []interface {}; map[string]interface {} */
	VAL_T_INT64,
	VAL_T_INT32,
	VAL_T_UINT8,
	VAL_T_FLOAT32,
	VAL_T_DURATION,   /* time.Duration, an int64 */
	VAL_T_MONTH,      /* time.Month, an int */
	VAL_T_WEEKDAY,    /* time.Weekday, an int */
	VAL_T_STRINGS,    /* []string */
	VAL_T_INTS,       /* []int */
	VAL_T_BYTES,      /* []uint8: kind VAL_STRING holding the bytes */
	VAL_T_STRING_MAP, /* map[string]string */
	VAL_T_VALUES,     /* common.Values: a map by another name */
	VAL_T_FILES,      /* engine.files: map path -> []uint8, with methods */
	VAL_T_VERSIONS,   /* common.VersionSet: a []string with method Has */
	VAL_T_LISTS,      /* [][]interface {} */
	VAL_T_MAPS,       /* []map[string]interface {} */
	VAL_T_VALUES3,    /* chartutil.Values: Helm 3's name of VAL_T_VALUES */
	VAL_T_VERSIONS3,  /* chartutil.VersionSet: likewise */
};

struct val {
	uint8_t kind;   /* enum val_kind */
	uint8_t type;   /* enum val_type */
	uint16_t flags; /* the evaluator's own (template/exec.h); functions set 0; never compared or printed */
	uint32_t len;   /* bytes of a string, else 0 */
	union {
		bool b;
		int64_t i;
		uint64_t u;
		double f;
		double *z;             /* real and imaginary part */
		const char *s;         /* `len` bytes */
		struct val_list *list; /* NULL: a nil slice */
		struct val_map *map;   /* NULL: a nil map */
		struct val_object *object;
		const void *func;
	};
};

struct val_list {
	struct val *items;
	uint32_t len, cap;
	struct arena *home; /* where it grows */
	uint64_t number;    /* among the containers of `home` */
};

struct val_entry {
	struct str key; /* bytes in the map's arena, or longer-lived */
	struct val value;
};

/*
 * A map keeps its entries in order of insertion; removing one closes the gap.
 * Go has no order, so whatever prints or ranges asks for val_map_sorted().
 */
struct val_map {
	struct val_entry *entries; /* in order of insertion */
	uint32_t len, cap;
	uint32_t *slots; /* hash index, built past a few entries */
	uint32_t nslots;
	bool late;          /* it is the `map` of a struct val_late_map */
	uint32_t *sorted;   /* cached order by key, or NULL */
	struct arena *home; /* where it grows */
	uint64_t number;    /* among the containers of `home` */
};

/* A map of strings that are brought in only when anybody asks anything of the map. */
struct val_late_map {
	struct val_map map;
	/* Makes the bytes right that the entries refer to; called before each answer, so it notes when it is done. */
	void (*fill)(void *ctx);
	void *ctx;
};

/*
 * A method that templates can call: of a class, or of a list, map or number that has a Go type of its own
 * (tmpl_set_methods()). The evaluator counts, checks and converts the arguments as Go does before the call.
 */
struct val_method {
	const char *name;
	const char *params; /* the letters of struct tmpl_func (template/func.h), without the receiver */
	/* Computes `*out`. An error's message is what Go's method would return. NULL when `params` says it is refused. */
	struct err *(*call)(struct val *out, struct arena *a, struct val self, const struct val *args, size_t nargs);
};

/* What an object is: one constant per Go type, defined by the module that makes such objects. */
struct val_class {
	const char *name; /* Go's %T: "time.Time", "*semver.Version" */
	const char *kind; /* Go's kind: "struct", "ptr" */
	/*
	 * Whether `print` is Go's String() or Error() method: its text is then formatted as a string by %v, %s, %q
	 * and %x. Otherwise the value prints as a struct of `fields`.
	 */
	bool stringer;
	bool incomparable; /* a struct that holds lists or maps: Go's == refuses it */
	/*
	 * All fields in Go's order, NULL at the end, for printing as a struct; NULL: `print` does all. `field` answers
	 * for those in lower case too, but templates cannot see them.
	 */
	const char *const *fields;
	/* Finds a field; false when the type has none of that name. NULL: no fields. */
	bool (*field)(struct val *out, struct arena *a, const struct val_object *o, struct str name);
	const struct val_method *methods; /* any order; NULL: none */
	size_t nmethods;
	/* Adds what %v prints; `plus` for %+v. Not asked when `fields` is there and `stringer` is not. */
	void (*print)(struct buf *out, const struct val_object *o, bool plus);
	/*
	 * Adds what {{ v }} prints where Go's String() has a pointer as its receiver: the action finds it on a value
	 * that stands in memory, functions such as print get a copy and do not. NULL: as print.
	 */
	void (*show)(struct buf *out, const struct val_object *o);
	/* What toJson and toYaml see: a value without objects. NULL: print's text. */
	struct val (*plain)(struct arena *a, const struct val_object *o);
	/* Whether two objects of this class hold the same (reflect.DeepEqual); NULL: whether both are the same object. */
	bool (*equal)(const struct val_object *a, const struct val_object *b);
};

struct val_object {
	const struct val_class *class;
	void *data; /* the class's own, in the same arena */
};

/* Makers. Strings are not copied: their bytes must live as long as the value. */
#define VAL_NOTHING ((struct val){ .kind = VAL_INVALID })
#define VAL_NIL ((struct val){ .kind = VAL_NULL })
struct val val_bool(bool b);              /* bool */
struct val val_int(int64_t i);            /* int */
struct val val_int64(int64_t i);          /* int64 */
struct val val_uint(uint64_t u);          /* uint64 */
struct val val_float(double f);           /* float64 */
struct val val_string(struct str s);      /* string over borrowed bytes; 4 GiB at most */
struct val val_text(const char *literal); /* string over a C string that stays */
struct val val_bytes(struct str s);       /* []uint8 over borrowed bytes */
struct val val_object(struct arena *a, const struct val_class *class, void *data);
/* An empty list with room for `cap` items. */
struct val val_list(struct arena *a, size_t cap);
/* An empty list whose Go type is `type`. */
struct val val_list_of(struct arena *a, size_t cap, enum val_type type);
/* An empty map. */
struct val val_map(struct arena *a);
/* An empty map; `fill` is called with `ctx` before it is asked for anything, though not when keys are set. */
struct val val_map_late(struct arena *a, void (*fill)(void *ctx), void *ctx);

/* A list of `n` items, with no room for more yet. */
struct val val_list_copy(struct arena *a, const struct val *items, size_t n);
/* A map of `n` entries set one by one, in as little room as they take. */
struct val val_map_copy(struct arena *a, const struct val_entry *entries, size_t n);

/* Asking. */
struct str val_str(struct val v); /* the bytes of a string or []uint8 */
bool val_is_map(struct val v);    /* a map that is not nil */
bool val_is_list(struct val v);   /* a list, nil too */
bool val_is_string(struct val v); /* a string, not []uint8 */
bool val_is_null(struct val v);   /* null or invalid */
/* Whether Go templates take it for true: not false, 0, "", nil or empty. */
bool val_truth(struct val v);
/* Go's %T: "map[string]interface {}", "<nil>" for null. */
const char *val_type_name(struct val v);
/* Go's reflect kind: "map", "slice", "float64", "ptr", "invalid" for null. */
const char *val_kind_name(struct val v);
/* The short name used in messages to people: "map", "list", "string", "number", "boolean", "null". */
const char *val_noun(struct val v);
/* Adds what the String() of a Duration, Month or Weekday gives; false for values of other types. */
bool val_add_string_method(struct buf *out, struct val v);
/* reflect.DeepEqual: types count, so 1, 1.0 and "1" differ. */
bool val_equal(struct val a, struct val b);

/* Lists. */
size_t val_list_len(struct val list);              /* 0 for a nil list */
struct val val_list_at(struct val list, size_t i); /* i must be in range */
void val_list_add(struct val list, struct val item);

/* Maps. */
size_t val_map_len(struct val map); /* 0 for a nil map */
/* The entry of `key`, or NULL; valid until the map changes. Any kind of `map` may be asked. */
struct val_entry *val_map_find(struct val map, struct str key);
/* The value of `key`, VAL_NOTHING when absent or when `map` is no map. */
struct val val_map_get(struct val map, struct str key);
/* The same for a C string. */
struct val val_get(struct val map, const char *key);
/* The string under `key`, empty when absent or no string. */
struct str val_get_str(struct val map, const char *key);
/* Sets a key; the key's bytes are not copied. */
void val_map_set(struct val map, struct str key, struct val value);
/* Sets a key given as a C string that stays. */
void val_set(struct val map, const char *key, struct val value);
/* Removes a key; whether it was there. */
bool val_map_remove(struct val map, struct str key);
/* Indexes of the entries in bytewise order of keys; valid until the map changes. */
const uint32_t *val_map_sorted(struct val map);

/* A deep copy of maps and lists into `a`; strings and objects are shared. */
struct val val_copy(struct arena *a, struct val v);

/* Walks a map's entries in order of insertion; the map must not change. */
#define val_map_each(it, v) \
	for (struct val_entry *it = (v).map ? (v).map->entries : NULL, \
			      *it##_end = val_map_len(v) ? it + val_map_len(v) : it; \
		it < it##_end; it++)
/* Walks a list's items. */
#define val_list_each(it, v) \
	for (struct val *it = (v).list ? (v).list->items : NULL, \
			*it##_end = val_list_len(v) ? it + val_list_len(v) : it; \
		it < it##_end; it++)
