package sqlast

import (
	"slices"
	"strconv"
)

// skip moves to the first token outside of parentheses and of CASE … END for
// which stop holds, or to the end, and returns what it passed. stop is asked
// about words that can be keywords, and about signs.
func (r *reader) skip(stop func(word string) bool) Span {
	from, depth, cases := r.at, 0, 0
	for ; !r.ended(); r.next() {
		t := r.peek()
		if t.kind == wordToken && r.isLabel() {
			continue
		}
		switch t.word {
		case "(", "[", "{":
			if depth == 0 && cases == 0 && stop(t.word) {
				return r.since(from)
			}
			depth++
		case ")", "]", "}":
			if depth == 0 {
				if stop(t.word) {
					return r.since(from)
				}
				r.fail("%s closes nothing", t.word)
			}
			depth--
		case "CASE":
			cases++
		case "END":
			cases = max(0, cases-1)
		case "":
		default:
			if depth == 0 && cases == 0 && stop(t.word) {
				return r.since(from)
			}
		}
	}
	if depth > 0 {
		r.fail("a parenthesis is not closed")
	}
	return r.since(from)
}

// isLabel reports whether the next word is a name although it may look like a
// keyword: after a dot, or after AS.
func (r *reader) isLabel() bool {
	if r.at == 0 {
		return false
	}
	before := r.tokens[r.at-1].word
	return before == "." || before == "AS"
}

// since is what was read from a token on; the zero value where that is nothing.
func (r *reader) since(from int) Span {
	if from == r.at {
		return Span{}
	}
	return Span{r.tokens[from].start, r.tokens[r.at-1].end}
}

// until moves to one of the words. FROM is none in IS DISTINCT FROM.
func (r *reader) until(words ...string) Span {
	return r.skip(func(word string) bool {
		if word == "FROM" && r.at > 0 && r.tokens[r.at-1].word == "DISTINCT" {
			return false
		}
		return slices.Contains(words, word)
	})
}

// need is until for what must not be empty.
func (r *reader) need(what string, words ...string) Span {
	s := r.until(words...)
	if s.IsZero() {
		r.fail("%s is expected here, not %s", what, r.shown())
	}
	return s
}

// values reads expressions in parentheses.
func (r *reader) values() []Span {
	r.expect("(")
	out := []Span{r.need("a value", ",", ")")}
	for r.accept(",") {
		out = append(out, r.need("a value", ",", ")"))
	}
	r.expect(")")
	return out
}

// ValueRows returns the values of a query that is VALUES (…), (…) and no more,
// row by row; nil is another one.
func ValueRows(script string, query Span) [][]Span {
	r := newReader(script, query)
	if !r.accept("VALUES") {
		return nil
	}
	rows := [][]Span{r.values()}
	for r.accept(",") {
		rows = append(rows, r.values())
	}
	if r.end(); r.err != nil {
		return nil
	}
	return rows
}

// Placeholders returns the numbers of the placeholders in a part: 1 for $1.
func Placeholders(script string, part Span) []int {
	var out []int
	s := scanner{sql: script[:part.End], at: part.Start}
	for t := s.next(); t.kind != endToken; t = s.next() {
		if t.word != "$" {
			continue
		}
		number := s.next()
		if n, err := strconv.Atoi(script[number.start:number.end]); err == nil && n > 0 {
			out = append(out, n)
		}
	}
	return out
}
