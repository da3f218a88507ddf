package jinja

import (
	"fmt"
	"html"
	"strings"

	"github.com/tarn-lake/tarn/internal/jinja/python"
)

// addHTMLFilters adds what is for HTML. What it returns is str, as there is no
// type for text that is escaped already.
func addHTMLFilters(m map[string]Callable) {
	escaped := textFilter(func(s string, _ python.Bound) (any, error) { return escape(s), nil })
	m["e"], m["escape"], m["forceescape"] = escaped, escaped, escaped
	m["striptags"] = textFilter(func(s string, _ python.Bound) (any, error) { return stripTags(s), nil })
	m["urlencode"] = filterURLEncode
	m["xmlattr"] = filterXMLAttr
	m["urlize"] = filterURLize
}

var htmlEscapes = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "'", "&#39;", `"`, "&#34;")

func escape(s string) string { return htmlEscapes.Replace(s) }

// stripTags takes tags and comments out, runs of whitespace together, and
// resolves entities.
func stripTags(s string) string {
	var b strings.Builder
	for {
		start := strings.IndexByte(s, '<')
		if start < 0 {
			break
		}
		skip, closing := 1, ">"
		if strings.HasPrefix(s[start:], "<!--") {
			skip, closing = 4, "-->"
		}
		end := strings.Index(s[start+skip:], closing)
		if end < 0 {
			break
		}
		b.WriteString(s[:start])
		s = s[start+skip+end+len(closing):]
	}
	b.WriteString(s)
	return html.UnescapeString(strings.Join(strings.FieldsFunc(b.String(), python.IsSpace), " "))
}

// urlQuote quotes for a path, or for a query.
func urlQuote(v any, query bool) (string, error) {
	s, err := python.Str(v)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		switch {
		case c|0x20 >= 'a' && c|0x20 <= 'z', c >= '0' && c <= '9', strings.IndexByte("_.-~", c) >= 0, c == '/' && !query:
			b.WriteByte(c)
		case c == ' ' && query:
			b.WriteByte('+')
		default:
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String(), nil
}

func filterURLEncode(c *Call) (any, error) {
	b, err := c.Bind("_value")
	if err != nil {
		return nil, err
	}
	v := b.Any(0, nil)
	if _, ok := v.(string); ok {
		return urlQuote(v, false)
	}
	if _, err := python.Iterate(v); err != nil {
		return urlQuote(v, false)
	}
	d, ok, err := python.AsDict(v)
	if err == nil && ok {
		v = d.Items()
	}
	items, collectErr := python.Collect(v)
	if err != nil || collectErr != nil {
		return nil, firstError(err, collectErr)
	}
	parts := make([]string, len(items))
	for i, item := range items {
		pair, err := python.Collect(item)
		if err != nil || len(pair) != 2 {
			return nil, fmt.Errorf("needs a str, a dict or pairs")
		}
		key, err := urlQuote(pair[0], true)
		if err != nil {
			return nil, err
		}
		value, err := urlQuote(pair[1], true)
		if err != nil {
			return nil, err
		}
		parts[i] = key + "=" + value
	}
	return python.JoinParts(parts, "&")
}

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func filterXMLAttr(c *Call) (any, error) {
	b, err := c.Bind("_d", "autospace?")
	if err != nil {
		return nil, err
	}
	d, ok, err := python.AsDict(b.Any(0, nil))
	if err != nil || !ok {
		return nil, firstError(err, python.UndefinedOr(fmt.Errorf("needs a dict, not %s", python.TypeName(b.Any(0, nil))), b.Any(0, nil)))
	}
	var parts []string
	for i := range d.Len() {
		key, v := d.Entry(i)
		if _, undefined := v.(*python.Undefined); undefined || v == nil {
			continue
		}
		name, ok := key.(string)
		if !ok || strings.IndexFunc(name, func(r rune) bool { return python.IsSpace(r) || strings.ContainsRune("/>=", r) }) >= 0 {
			return nil, fmt.Errorf("%v is no name for an attribute", key)
		}
		value, err := python.Str(v)
		if err != nil {
			return nil, err
		}
		parts = append(parts, escape(name)+`="`+escape(value)+`"`)
	}
	text := strings.Join(parts, " ")
	if text != "" && b.Bool(1, true) {
		text = " " + text
	}
	return text, nil
}
