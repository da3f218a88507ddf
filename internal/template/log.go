package template

import (
	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/jinja"
	"github.com/tarn-lake/tarn/internal/jinja/python"
)

// logMessage is `log(message)`, which is for people where info is true, and else
// for those who look inside. It leaves no text behind.
func logMessage(c *jinja.Call) (any, error) {
	b, err := c.Bind("msg", "info?")
	if err != nil {
		return nil, err
	}
	message, err := python.Str(b.Any(0, ""))
	if err != nil {
		return nil, err
	}
	info := b.Bool(1, false)
	if r := host(c); r.captured == nil {
		if info || r.Debug == nil {
			r.Log(message)
		} else {
			r.Debug(message)
		}
	}
	return "", nil
}

// printMessage is `print(message)`; it leaves no text behind.
func printMessage(c *jinja.Call) (any, error) {
	b, err := c.Bind("msg")
	if err != nil {
		return nil, err
	}
	message, err := python.Str(b.Any(0, ""))
	if r := host(c); err == nil && r.captured == nil {
		r.Log(message)
	}
	return "", err
}

// returnValue is `return(value)`: it ends the macro with the value.
func returnValue(c *jinja.Call) (any, error) {
	b, err := c.Bind("data?")
	if err != nil {
		return nil, err
	}
	return nil, jinja.Return(b.Any(0, nil))
}

// renderText is `render(text)`: it runs a text as a template.
func renderText(c *jinja.Call) (any, error) {
	b, err := c.Bind("string")
	if err != nil {
		return nil, err
	}
	source, err := python.Str(b.Any(0, nil))
	if err != nil || !jinja.HasTags(source) {
		return source, err
	}
	line, column := c.Place()
	t, err := environment.ParseAt(c.Template(), line, column, source)
	if err != nil {
		return nil, err
	}
	return c.Render(t)
}

// writeText is `write(text)`.
func writeText(c *jinja.Call) (any, error) {
	b, err := c.Bind("payload")
	if err != nil {
		return nil, err
	}
	text, err := python.Str(b.Any(0, ""))
	if r := host(c); err == nil && r.Write != nil {
		err = r.Write(text)
	}
	return "", err
}

// tryOr is try_or_compiler_error: it calls a function, and any error of it
// becomes the message that is given.
func tryOr(c *jinja.Call) (any, error) {
	if len(c.Args) < 2 {
		return nil, bad(c, "`try_or_compiler_error` takes a message and a function, then the function's arguments")
	}
	message, err := python.Str(c.Args[0])
	if err != nil {
		return nil, err
	}
	v, err := c.InvokeNamed(c.Args[1], c.Args[2:], c.Named)
	if _, returned := jinja.Returned(err); err != nil && !returned {
		return nil, diag.New(codeRaised, callPlace(c), "%s", message).WithCause(err)
	}
	return v, err
}

// validation is dbt's object of that name.
type validation struct{}

// Attr returns `any`.
func (validation) Attr(name string) (any, bool) {
	if name != "any" {
		return nil, false
	}
	return anyOf{}, true
}

// anyOf makes validators: `validation.any('a', 'b')`.
type anyOf struct{}

// Attr returns nothing.
func (anyOf) Attr(string) (any, bool) { return nil, false }

// Call returns a function that wants one of the values.
func (anyOf) Call(c *jinja.Call) (any, error) {
	wanted := c.Args
	return jinja.NewFunc("validation.any", func(c *jinja.Call) (any, error) {
		given := first(c)
		for _, w := range wanted {
			if _, undefined := w.(*python.Undefined); undefined { // a type of Python's, which templates do not have
				return nil, nil
			}
			if eq, err := python.Equal(given, w); err == nil && eq {
				return nil, nil
			}
		}
		shown, err := python.Repr(python.NewList(wanted...))
		if err != nil {
			return nil, err
		}
		have, err := python.Repr(given)
		if err != nil {
			return nil, err
		}
		return nil, bad(c, have+" is none of "+shown)
	}), nil
}
