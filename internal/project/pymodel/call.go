package pymodel

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/tarn-lake/tarn/internal/diag"
)

// reader finds the calls among the tokens.
type reader struct {
	toks  []token
	at    int
	model *Model
	asked map[string][]any // config_keys_used and its like
}

// functions are what a model can say to dbt.
var functions = [][]string{{"dbt", "config", "get"}, {"dbt", "config", "meta_get"}, {"dbt", "ref"}, {"dbt", "source"}, {"dbt", "config"}}

// call reads a call of dbt's, where one begins.
func (r *reader) call() error {
	if r.at > 0 && r.toks[r.at-1].text == "." && r.toks[r.at-1].kind == sign {
		return nil // x.dbt.ref is something else
	}
	for _, parts := range functions {
		if !r.has(parts) {
			continue
		}
		place := r.toks[r.at].place
		open := r.at + 2*len(parts) - 1
		inner := &literals{toks: r.toks, at: open + 1}
		args, named, err := inner.arguments()
		if err != nil {
			return err
		}
		r.at = open // calls within the arguments count too
		return r.said(strings.Join(parts[1:], "."), args, named, place)
	}
	return nil
}

// has reports whether name.name( stands here.
func (r *reader) has(parts []string) bool {
	want := strings.Split(strings.Join(parts, " . ")+" (", " ")
	if r.at+len(want) > len(r.toks) {
		return false
	}
	for i, w := range want {
		t := r.toks[r.at+i]
		if t.text != w || t.kind != name && t.kind != sign {
			return false
		}
	}
	return true
}

type named struct {
	name  string
	value any
	place diag.Place
}

// said keeps what a call tells.
func (r *reader) said(function string, args []any, kw []named, place diag.Place) error {
	switch function {
	case "ref":
		return r.ref(args, kw, place)
	case "source":
		a, b, ok := twoTexts(args)
		if !ok {
			return diag.New("bad-call", place, "`dbt.source` takes the names of a source and of a table").WithHint("write dbt.source('retail', 'invoices')")
		}
		r.model.Sources = append(r.model.Sources, Source{a, b, place})
	case "config":
		for _, k := range kw {
			r.model.Config[k.name] = Value{k.value, k.place}
		}
		if len(args) == 1 {
			if m, ok := args[0].(map[string]any); ok {
				for key, v := range m {
					r.model.Config[key] = Value{v, place}
				}
			}
		}
	default: // config.get, config.meta_get
		if len(args) == 0 || len(args) > 2 {
			return diag.New("bad-call", place, "`dbt.%s` takes a name, and a default", function)
		}
		prefix := map[string]string{"config.get": "config", "config.meta_get": "meta"}[function]
		var otherwise any
		if len(args) == 2 {
			otherwise = args[1]
		}
		r.asked[prefix+"_keys_used"] = append(r.asked[prefix+"_keys_used"], args[0])
		r.asked[prefix+"_keys_defaults"] = append(r.asked[prefix+"_keys_defaults"], otherwise)
	}
	return nil
}

func (r *reader) ref(args []any, kw []named, place diag.Place) error {
	out := Ref{Place: place}
	ok := len(args) == 1 || len(args) == 2
	if ok {
		out.Name, ok = args[len(args)-1].(string)
	}
	if ok && len(args) == 2 {
		out.Package, ok = args[0].(string)
	}
	for _, k := range kw {
		if k.name == "v" || k.name == "version" {
			out.Version = fmt.Sprint(k.value)
		}
	}
	if !ok {
		return diag.New("bad-call", place, "`dbt.ref` takes the name of a model, or of a package and a model").WithHint("write dbt.ref('orders')")
	}
	r.model.Refs = append(r.model.Refs, out)
	return nil
}

func twoTexts(args []any) (a, b string, ok bool) {
	if len(args) != 2 {
		return "", "", false
	}
	a, okA := args[0].(string)
	b, okB := args[1].(string)
	return a, b, okA && okB
}

// finish keeps which settings the code asks for.
func (r *reader) finish() {
	for key, v := range r.asked {
		r.model.Config[key] = Value{Value: v}
	}
}

// literals reads values that Python code writes out.
type literals struct {
	toks []token
	at   int
}

func (l *literals) peek() token {
	if l.at < len(l.toks) {
		return l.toks[l.at]
	}
	return token{kind: sign}
}

func (l *literals) take(s string) bool {
	if t := l.peek(); t.kind == sign && t.text == s {
		l.at++
		return true
	}
	return false
}

func (l *literals) unknown() error {
	t := l.peek()
	if l.at >= len(l.toks) && len(l.toks) > 0 {
		t = l.toks[len(l.toks)-1]
	}
	return diag.New("not-literal", t.place, "what is said to dbt must be written out, and `%s` is not", t.text).
		WithHint("use text, numbers, lists and dicts; dbt reads the file without running it")
}

// arguments reads what stands between parentheses, the first of which was read.
func (l *literals) arguments() (args []any, kw []named, err error) {
	for !l.take(")") {
		t := l.peek()
		if t.kind == name && l.at+1 < len(l.toks) && l.toks[l.at+1].kind == sign && l.toks[l.at+1].text == "=" {
			l.at += 2
			v, err := l.value()
			if err != nil {
				return nil, nil, err
			}
			kw = append(kw, named{t.text, v, t.place})
		} else {
			v, err := l.value()
			if err != nil {
				return nil, nil, err
			}
			args = append(args, v)
		}
		if !l.take(",") && l.peek().text != ")" {
			return nil, nil, l.unknown()
		}
	}
	return args, kw, nil
}

func (l *literals) value() (any, error) {
	t := l.peek()
	switch {
	case t.kind == text:
		out := ""
		for ; l.peek().kind == text; l.at++ { // texts beside each other are one
			out += l.peek().text
		}
		return out, nil
	case t.kind == number:
		l.at++
		return l.number(t, "")
	case l.take("-"):
		t = l.peek()
		if t.kind != number {
			return nil, l.unknown()
		}
		l.at++
		return l.number(t, "-")
	case t.kind == name:
		v, ok := map[string]any{"True": true, "False": false, "None": nil}[t.text]
		if !ok {
			return nil, l.unknown()
		}
		l.at++
		return v, nil
	case l.take("["):
		return l.list("]")
	case l.take("("):
		return l.list(")")
	case l.take("{"):
		return l.dict()
	}
	return nil, l.unknown()
}

func (l *literals) number(t token, minus string) (any, error) {
	digits := minus + strings.ReplaceAll(t.text, "_", "")
	if n, err := strconv.ParseInt(digits, 0, 64); err == nil {
		return n, nil
	}
	f, err := strconv.ParseFloat(digits, 64)
	if err != nil {
		l.at--
		return nil, l.unknown()
	}
	return f, nil
}

func (l *literals) list(end string) (any, error) {
	out := []any{}
	for commas := 0; ; {
		if l.take(end) {
			if end == ")" && len(out) == 1 && commas == 0 {
				return out[0], nil // parentheses around a value
			}
			return out, nil
		}
		v, err := l.value()
		if err != nil {
			return nil, err
		}
		out = append(out, v)
		if l.take(",") {
			commas++
		} else if t := l.peek(); t.kind != sign || t.text != end {
			return nil, l.unknown()
		}
	}
}

func (l *literals) dict() (any, error) {
	out := map[string]any{}
	for !l.take("}") {
		key, err := l.value()
		if err != nil {
			return nil, err
		}
		if !l.take(":") {
			return nil, l.unknown()
		}
		v, err := l.value()
		if err != nil {
			return nil, err
		}
		out[fmt.Sprint(key)] = v
		if t := l.peek(); !l.take(",") && (t.kind != sign || t.text != "}") {
			return nil, l.unknown()
		}
	}
	return out, nil
}
