package pgwire

import (
	"context"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/tarn-lake/tarn/internal/ident"
)

// copying is how COPY writes rows.
type copying struct {
	format           string // text, csv or binary
	header           bool
	delimiter, quote byte
	escape           byte
	null             string
	// always are the columns whose values have quotes always; nil is none.
	always map[string]bool
	all    bool // of them
	said   map[string]bool
}

// copy reads COPY (query) TO STDOUT and COPY table (columns) TO STDOUT.
func (c *conn) copy(w *words) (*command, error) {
	all := *w
	st, err := w.copied()
	if err != nil {
		return nil, err
	}
	switch {
	case w.accept("FROM"):
		return c.copyFrom(&all, w)
	case !w.accept("TO"):
		return nil, w.unexpected()
	case !w.accept("STDOUT"):
		return nil, fail("0A000", "COPY writes to STDOUT only").hinted("with psql: \\copy")
	}
	o, err := w.copyOptions()
	if err != nil {
		return nil, err
	}
	return &command{recorded: true, run: func(ctx context.Context, by *portal) (string, error) {
		inner, given, err := c.executed(ctx, st)
		if inner == nil {
			inner, given = st, by.values
		}
		if err == nil && c.writes(inner) {
			err = fail("0A000", "COPY is for queries that read")
		}
		if err != nil {
			return "", c.notRun(ctx, by.st, err)
		}
		p := &portal{c: c, st: inner, values: given}
		defer p.close()
		if err := p.describe(ctx); err != nil {
			return "", err
		}
		n, err := c.copyOut(ctx, p, o)
		p.entry.Sent(int64(n), 0)
		return "COPY " + strconv.Itoa(n), err
	}}, nil
}

// copied reads what is copied: a query, or a table with some of its columns.
func (w *words) copied() (*statement, error) {
	sql, before := "", 0
	if w.accept("(") {
		depth, start := 1, 0
		for i, t := range w.tokens {
			if t.Word == "(" {
				depth++
			}
			if t.Word == ")" {
				depth--
			}
			if depth == 0 {
				if i > 0 {
					sql, before = w.sql[w.tokens[0].Start:w.tokens[i-1].End], utf8.RuneCountInString(w.sql[:w.tokens[0].Start])
				}
				start = i + 1
				break
			}
		}
		if w.tokens = w.tokens[start:]; sql == "" {
			return nil, w.unexpected()
		}
	} else {
		name := ident.Quote(w.next())
		for w.accept(".") {
			name += "." + ident.Quote(w.next())
		}
		columns := "*"
		if w.accept("(") {
			list, err := w.list()
			if err != nil {
				return nil, err
			}
			columns = strings.Join(list, ", ")
		}
		sql = "SELECT " + columns + " FROM " + name
	}
	st := newStatement(sql)
	st.before = before
	return st, nil
}

// copyOptions reads the options, in parentheses or, as of old, one after the
// other.
func (w *words) copyOptions() (copying, error) {
	o := copying{format: "text", said: map[string]bool{}}
	w.accept("WITH")
	inParentheses := w.accept("(")
	for !w.ended() && !w.accept(")") {
		if err := o.option(w, inParentheses); err != nil {
			return o, err
		}
		if inParentheses && w.peek() != ")" && !w.accept(",") {
			return o, w.unexpected()
		}
	}
	csv := o.format == "csv"
	if !o.said["DELIMITER"] {
		if o.delimiter = '\t'; csv {
			o.delimiter = ','
		}
	}
	if !o.said["NULL"] {
		if o.null = `\N`; csv {
			o.null = ""
		}
	}
	if !o.said["QUOTE"] {
		o.quote = '"'
	}
	if !o.said["ESCAPE"] {
		o.escape = o.quote
	}
	if (o.said["QUOTE"] || o.said["ESCAPE"] || o.always != nil || o.all) && !csv {
		return o, fail("0A000", "QUOTE, ESCAPE and FORCE_QUOTE are for csv")
	}
	if o.format == "binary" && (o.header || o.said["DELIMITER"] || o.said["NULL"]) {
		return o, fail("42601", "a binary copy has no header, delimiter or word for null")
	}
	return o, nil
}

func (o *copying) option(w *words, inParentheses bool) error {
	name := strings.ToUpper(w.next())
	switch name {
	case "FORMAT":
		name = strings.ToUpper(w.next())
	case "DELIMITER", "NULL", "QUOTE", "ESCAPE", "ENCODING":
		w.accept("AS")
		return o.text(name, w.next())
	case "HEADER":
		o.header = true
		if inParentheses && w.peek() != "," && w.peek() != ")" {
			on, known := truth(w.next())
			if o.header = on; !known {
				return fail("22023", "HEADER is true or false")
			}
		}
		return nil
	case "FORCE_QUOTE", "FORCE":
		if name == "FORCE" && !w.accept("QUOTE") {
			return w.unexpected()
		}
		return o.force(w)
	}
	switch name {
	case "TEXT", "CSV", "BINARY":
		o.format = strings.ToLower(name)
		return nil
	}
	return fail("42601", "the option %s of COPY is not known here", name)
}

// force reads the columns whose values have quotes always.
func (o *copying) force(w *words) error {
	if w.accept("*") {
		o.all = true
		return nil
	}
	o.always = map[string]bool{}
	closes := w.accept("(")
	for {
		o.always[ident.Fold(w.next())] = true
		if closes && w.accept(")") || !closes && w.peek() != "," {
			return nil
		}
		if !w.accept(",") {
			return w.unexpected()
		}
	}
}

func (o *copying) text(name, value string) error {
	o.said[name] = true
	switch {
	case name == "NULL":
		o.null = value
		return nil
	case name == "ENCODING":
		if _, ok := utf8Only(value); !ok {
			return fail("0A000", "rows are in UTF8")
		}
		return nil
	case len(value) != 1 || value == "\n" || value == "\r":
		return fail("22023", "%s is one character", name)
	}
	switch name {
	case "DELIMITER":
		o.delimiter = value[0]
	case "QUOTE":
		o.quote = value[0]
	case "ESCAPE":
		o.escape = value[0]
	}
	return nil
}
