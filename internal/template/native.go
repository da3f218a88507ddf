package template

import (
	"fmt"
	"strings"

	"github.com/tarn-lake/tarn/internal/jinja"
	"github.com/tarn-lake/tarn/internal/jinja/python"
)

// asText keeps a value text.
func asText(c *jinja.Call) (any, error) {
	b, err := c.Bind("value")
	if err != nil {
		return nil, err
	}
	return python.Str(b.Any(0, nil))
}

// asNative reads text as a literal: a number, a boolean, a list.
func asNative(c *jinja.Call) (any, error) {
	b, err := c.Bind("value")
	if err != nil {
		return nil, err
	}
	s, ok := b.Any(0, nil).(string)
	if !ok {
		return b.Any(0, nil), nil
	}
	if strings.Contains(s, "}}") {
		return s, nil
	}
	t, err := (&jinja.Env{}).Parse("", "{{ "+s+" }}")
	if err != nil {
		return s, nil //nolint:nilerr // what is no literal is text
	}
	v, err := t.Eval(nil)
	if _, undefined := v.(*python.Undefined); err != nil || undefined {
		return s, nil //nolint:nilerr // as above
	}
	return v, nil
}

func asBool(c *jinja.Call) (any, error) {
	v, err := asNative(c)
	if err != nil {
		return nil, err
	}
	if _, ok := v.(bool); !ok {
		return nil, fmt.Errorf("needs true or false, not %v", c.Args[0])
	}
	return v, nil
}

func asNumber(c *jinja.Call) (any, error) {
	v, err := asNative(c)
	if err != nil {
		return nil, err
	}
	switch v.(type) {
	case int64, float64:
		return v, nil
	}
	return nil, fmt.Errorf("needs a number, not %v", c.Args[0])
}
