/* SPDX-License-Identifier: Apache-2.0 */
/* fmt: Go's fmt package over values: one argument under one verb. */
#pragma once

#include "value/value.h"

struct fmt_flags {
	bool has_width, has_prec;
	bool minus, plus, sharp, space, zero;
	bool plus_v, sharp_v; /* %+v and %#v, which clear the flag of the same sign */
	int width, prec;
};

/* Where and how to print. */
struct fmt {
	struct buf *out;
	struct fmt_flags flags;
	bool erroring;  /* inside of %!v(...): methods are not asked */
	size_t max_len; /* of `out`: containers that hold themselves must end */
};

/* Starts without flags. */
void fmt_init(struct fmt *p, struct buf *out);
/* Prints one argument of Printf; VAL_NULL is nil. */
void fmt_arg(struct fmt *p, struct val v, uint32_t verb);
/* Prints a reflect.Value: an invalid one has a text of its own. */
void fmt_reflect(struct fmt *p, struct val v, uint32_t verb);

/* Adds what %v prints of what a pointer points to; of other objects the object itself. */
void fmt_pointed(struct buf *out, struct val v);

/* From fmt_text.c: pieces with width, precision and flags applied. */
void fmt_pad(struct fmt *p, struct str s);
void fmt_string(struct fmt *p, struct str s);
void fmt_quoted(struct fmt *p, struct str s);
void fmt_hex(struct fmt *p, struct str s, bool upper);
void fmt_rune(struct fmt *p, uint64_t c);
void fmt_quoted_rune(struct fmt *p, uint64_t c);
void fmt_unicode(struct fmt *p, uint64_t u);
/* `digits` are hex digits and 'x' in the case wanted; `verb` 'O' adds 0o. */
void fmt_integer(struct fmt *p, uint64_t u, int base, bool is_signed, uint32_t verb, bool upper);
/* `format` is one of e E f g G x X b; prec -1 means the shortest digits. */
void fmt_float(struct fmt *p, double v, int bits, char format, int prec);

/* The verbs of Printf for whole formats; see tmpl_sprintf(). */
void fmt_printf(struct buf *out, struct str format, const struct val *args, size_t nargs);
/* fmt.Sprint, or fmt.Sprintln with `line`. */
void fmt_print(struct buf *out, const struct val *args, size_t nargs, bool line);
