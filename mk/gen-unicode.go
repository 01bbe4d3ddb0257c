// SPDX-License-Identifier: Apache-2.0

// gen-unicode writes libcommon/base/unicode_table.c from the tables of Go's
// unicode package, so that templates see the same letters as they do in Go:
//
//	go run mk/gen-unicode.go >libcommon/base/unicode_table.c
package main

import (
	"bufio"
	"fmt"
	"os"
	"strconv"
	"unicode"
)

// run is a stretch of runes, `step` apart, that a case map moves by `delta`.
type run struct{ lo, hi, step, delta rune }

// table prints runs, several a line.
func table(w *bufio.Writer, name string, runs []run) {
	fmt.Fprintf(w, "\nstatic const struct uni_run %s_runs[] = {", name)
	for i, x := range runs {
		if i%5 == 0 {
			fmt.Fprintf(w, "\n\t")
		}
		fmt.Fprintf(w, "{ 0x%X, 0x%X, %d, %d }, ", x.lo, x.hi, x.step, x.delta)
	}
	fmt.Fprintf(w, "\n};\nconst struct uni_table uni_%s = { %s_runs, %d };\n", name, name, len(runs))
}

// runs finds the stretches of the runes that f moves (or, by delta 0, holds).
func runs(f func(rune) (bool, rune)) []run {
	var all []run
	for r := rune(0x80); r <= unicode.MaxRune; r++ {
		in, delta := f(r)
		if !in {
			continue
		}
		if n := len(all); n > 0 {
			last := &all[n-1]
			gap := r - last.hi
			if last.delta == delta && (gap == last.step || last.lo == last.hi && gap <= 2) {
				last.step = gap
				last.hi = r
				continue
			}
		}
		all = append(all, run{r, r, 1, delta})
	}
	return all
}

func class(w *bufio.Writer, name string, f func(rune) bool) {
	table(w, name, runs(func(r rune) (bool, rune) { return f(r), 0 }))
}

func mapping(w *bufio.Writer, name string, f func(rune) rune) {
	table(w, name, runs(func(r rune) (bool, rune) { return f(r) != r, f(r) - r }))
}

func main() {
	w := bufio.NewWriter(os.Stdout)
	defer w.Flush()
	fmt.Fprintf(w, "/* SPDX-License-Identifier: Apache-2.0 */\n")
	fmt.Fprintf(w, "/* Written by mk/gen-unicode.go from Unicode %s; do not edit. */\n", unicode.Version)
	fmt.Fprintf(w, "/* clang-format off */\n#include \"base/unicode_table.h\"\n")
	class(w, "letters", unicode.IsLetter)
	class(w, "digits", unicode.IsDigit)
	class(w, "numbers", unicode.IsNumber)
	class(w, "uppers", unicode.IsUpper)
	class(w, "lowers", unicode.IsLower)
	class(w, "titles", unicode.IsTitle)
	class(w, "puncts", unicode.IsPunct)
	class(w, "prints", strconv.IsPrint)
	mapping(w, "to_upper", unicode.ToUpper)
	mapping(w, "to_lower", unicode.ToLower)
	mapping(w, "to_title", unicode.ToTitle)
}
