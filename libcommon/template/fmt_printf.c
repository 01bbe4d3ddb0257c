/* SPDX-License-Identifier: Apache-2.0 */
#include "base/utf8.h"
#include "template/fmt.h"
#include "template/template.h"

/* Widths, precisions and argument numbers beyond this are refused. */
#define TOO_LARGE 1000000

struct format {
	struct fmt p;
	struct str text;
	size_t i; /* next byte of `text` */
	const struct val *args;
	size_t nargs;
	size_t arg;       /* next argument */
	bool reordered;   /* an explicit index was used */
	bool good_index;  /* the index of this verb is fine */
	bool after_index; /* an index stood just before */
};

/* Digits in text[i, end); `*i` moves behind them, or to `end` when they are too many. */
static bool parse_digits(const struct format *f, int *num, size_t *i, size_t end)
{
	bool any = false;
	*num = 0;
	for (; *i < end && f->text.s[*i] >= '0' && f->text.s[*i] <= '9'; ++*i) {
		if (*num > TOO_LARGE) {
			*num = 0;
			*i = end;
			return false;
		}
		*num = *num * 10 + (f->text.s[*i] - '0');
		any = true;
	}
	return any;
}

/* "[3]" at text[i]: the number less one. `*size` is what to skip. */
static bool parse_index(const struct format *f, int *index, size_t *size)
{
	*size = 1;
	*index = 0;
	struct str rest = str_skip(f->text, f->i);
	ptrdiff_t close = rest.len < 3 ? -1 : str_find_char(str_skip(rest, 1), ']');
	if (close < 0)
		return false;
	size_t end = f->i + 1 + (size_t)close, at = f->i + 1;
	*size = end + 1 - f->i;
	bool ok = parse_digits(f, index, &at, end) && at == end;
	if (ok)
		--*index;
	return ok;
}

/* Takes an explicit argument index, if one is here. */
static void take_index(struct format *f)
{
	f->after_index = false;
	if (f->i >= f->text.len || f->text.s[f->i] != '[')
		return;
	int index;
	size_t size;
	f->reordered = true;
	bool ok = parse_index(f, &index, &size);
	f->i += size;
	f->after_index = ok;
	if (ok && index >= 0 && (size_t)index < f->nargs)
		f->arg = (size_t)index;
	else
		f->good_index = false;
}

/* The argument of a '*'; false when it is no number of sensible size. */
static bool take_star(struct format *f, int *num)
{
	*num = 0;
	if (f->arg >= f->nargs)
		return false;
	struct val v = f->args[f->arg++];
	if (v.kind != VAL_INT && v.kind != VAL_UINT)
		return false;
	if (v.kind == VAL_UINT ? v.u > TOO_LARGE : v.i > TOO_LARGE || v.i < -TOO_LARGE)
		return false;
	*num = (int)v.i;
	return true;
}

static bool at(const struct format *f, char c)
{
	return f->i < f->text.len && f->text.s[f->i] == c;
}

static void take_width(struct format *f)
{
	struct fmt_flags *flags = &f->p.flags;
	if (at(f, '*')) {
		f->i++;
		flags->has_width = take_star(f, &flags->width);
		if (!flags->has_width)
			buf_puts(f->p.out, "%!(BADWIDTH)");
		if (flags->width < 0) {
			flags->width = -flags->width;
			flags->minus = true;
			flags->zero = false;
		}
		f->after_index = false;
		return;
	}
	flags->has_width = parse_digits(f, &flags->width, &f->i, f->text.len);
	if (f->after_index && flags->has_width)
		f->good_index = false;
}

static void take_precision(struct format *f)
{
	struct fmt_flags *flags = &f->p.flags;
	if (f->i + 1 >= f->text.len || f->text.s[f->i] != '.')
		return;
	f->i++;
	if (f->after_index)
		f->good_index = false;
	take_index(f);
	if (at(f, '*')) {
		f->i++;
		flags->has_prec = take_star(f, &flags->prec);
		if (flags->prec < 0) {
			flags->prec = 0;
			flags->has_prec = false;
		}
		if (!flags->has_prec)
			buf_puts(f->p.out, "%!(BADPREC)");
		f->after_index = false;
		return;
	}
	if (!parse_digits(f, &flags->prec, &f->i, f->text.len))
		flags->prec = 0;
	flags->has_prec = true;
}

/* Flags up to what is none. */
static void take_flags(struct format *f)
{
	struct fmt_flags *flags = &f->p.flags;
	for (; f->i < f->text.len; f->i++) {
		switch (f->text.s[f->i]) {
		case '#':
			flags->sharp = true;
			break;
		case '0':
			flags->zero = true;
			break;
		case '+':
			flags->plus = true;
			break;
		case '-':
			flags->minus = true;
			break;
		case ' ':
			flags->space = true;
			break;
		default: /* no flag */
			return;
		}
	}
}

static void add_fault(struct format *f, uint32_t verb, const char *what)
{
	buf_puts(f->p.out, "%!");
	utf8_add(f->p.out, verb);
	buf_puts(f->p.out, what);
}

static void print_verb(struct format *f, uint32_t verb)
{
	struct fmt_flags *flags = &f->p.flags;
	if (verb == '%') {
		buf_putc(f->p.out, '%');
		return;
	}
	if (!f->good_index) {
		add_fault(f, verb, "(BADINDEX)");
		return;
	}
	if (f->arg >= f->nargs) {
		add_fault(f, verb, "(MISSING)");
		return;
	}
	if (verb == 'v' || verb == 'w') {
		flags->sharp_v = flags->sharp;
		flags->sharp = false;
		flags->plus_v = flags->plus;
		flags->plus = false;
	}
	fmt_arg(&f->p, f->args[f->arg++], verb);
}

/* One directive behind its '%'. */
static void print_directive(struct format *f)
{
	f->p.flags = (struct fmt_flags){ 0 };
	f->good_index = true;
	take_flags(f);
	/* Go's short cut: a lower-case verb right behind the flags does not look at what an index left behind. */
	if (f->i < f->text.len && f->text.s[f->i] >= 'a' && f->text.s[f->i] <= 'z' && f->arg < f->nargs) {
		print_verb(f, (unsigned char)f->text.s[f->i++]);
		return;
	}
	take_index(f);
	take_width(f);
	take_precision(f);
	if (!f->after_index)
		take_index(f);
	if (f->i >= f->text.len) {
		buf_puts(f->p.out, "%!(NOVERB)");
		return;
	}
	size_t size;
	uint32_t verb = utf8_get(str_skip(f->text, f->i), &size);
	f->i += size;
	print_verb(f, verb);
}

/* "%!(EXTRA type=value, ...)" for arguments that no verb asked for. */
static void print_extra(struct format *f)
{
	f->p.flags = (struct fmt_flags){ 0 };
	buf_puts(f->p.out, "%!(EXTRA ");
	for (size_t i = f->arg; i < f->nargs; i++) {
		if (i > f->arg)
			buf_puts(f->p.out, ", ");
		if (val_is_null(f->args[i])) {
			buf_puts(f->p.out, "<nil>");
			continue;
		}
		buf_puts(f->p.out, val_type_name(f->args[i]));
		buf_putc(f->p.out, '=');
		fmt_arg(&f->p, f->args[i], 'v');
	}
	buf_putc(f->p.out, ')');
}

void fmt_printf(struct buf *out, struct str format, const struct val *args, size_t nargs)
{
	struct format f = { .text = format, .args = args, .nargs = nargs };
	fmt_init(&f.p, out);
	while (f.i < format.len) {
		ptrdiff_t percent = str_find_char(str_skip(format, f.i), '%');
		size_t end = percent < 0 ? format.len : f.i + (size_t)percent;
		buf_add(out, str_slice(format, f.i, end));
		f.i = end + 1;
		if (percent >= 0)
			print_directive(&f);
	}
	if (!f.reordered && f.arg < nargs)
		print_extra(&f);
}

void fmt_print(struct buf *out, const struct val *args, size_t nargs, bool line)
{
	bool after_string = false;
	for (size_t i = 0; i < nargs; i++) {
		bool string = val_is_string(args[i]);
		struct fmt p;
		if (i && (line || (!string && !after_string)))
			buf_putc(out, ' ');
		fmt_init(&p, out);
		fmt_arg(&p, args[i], 'v');
		after_string = string;
	}
	if (line)
		buf_putc(out, '\n');
}

void tmpl_print_value(struct buf *out, struct val v)
{
	struct fmt p;
	if (v.kind == VAL_INVALID) {
		buf_puts(out, "<no value>");
		return;
	}
	fmt_init(&p, out);
	fmt_arg(&p, v, 'v');
}

void tmpl_sprintf(struct buf *out, struct arena *a, struct str format, const struct val *args, size_t nargs)
{
	(void)a;
	fmt_printf(out, format, args, nargs);
}
