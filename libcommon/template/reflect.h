/* SPDX-License-Identifier: Apache-2.0 */
/* reflect: what Go's reflect package would know about a value and struct val alone does not say. */
#pragma once

#include "value/value.h"

/*
 * Go's evaluator works on reflect.Values and lets their difference show in messages:
 *
 *	the zero Value              VAL_INVALID          prints <no value>
 *	an interface {} with nil    VAL_NULL             prints <nil>; "nil pointer evaluating interface {}.x"
 *	an interface {} with 5      VAL_INT, REF_IFACE   "can't evaluate field x in type interface {}"
 *	5 itself                    VAL_INT              "can't evaluate field x in type int"
 *
 * What a map or list of interface {} holds is seen through the interface until a pipe hands it on. Functions with
 * parameters of type reflect.Value get values with the flag, all others never do.
 */
#define REF_IFACE 1u

/* reflect.Value.Elem() of an interface, anything else as it is (Go's indirectInterface). */
static inline struct val ref_elem(struct val v)
{
	if (v.kind == VAL_NULL)
		return VAL_NOTHING;
	v.flags = 0;
	return v;
}

/* The value as an interface {} holds it. */
static inline struct val ref_iface(struct val v)
{
	v.flags = REF_IFACE;
	return v;
}

/* reflect.Value.Type().String(). */
const char *ref_type_name(struct val v);
/* The name of its type behind pointers: "semver.Version" of a "*semver.Version". */
const char *ref_base_name(struct val v);
/* Whether it is a nil of a type that has one, or no value. */
bool ref_is_nil(struct val v);
/* Item `i`, which must be in range, of a list or []uint8. */
struct val ref_item(struct val list, size_t i);
/* How many items a list or []uint8 has; the bytes of a string. */
size_t ref_len(struct val v);
/* `v` as a map of the type of `map` holds it. */
struct val ref_entry(struct val map, struct val v);
/* reflect.Zero of what the map holds: nil, "" or no bytes. */
struct val ref_zero_entry(struct val map);
