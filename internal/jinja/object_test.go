package jinja

import (
	"cmp"
	"math/big"
	"strconv"
	"testing"

	"github.com/tarn-lake/tarn/internal/jinja/python"
)

// money is an object with all that the language asks of one.
type money struct{ cents int64 }

func (m money) Attr(name string) (any, bool) { return m.cents, name == "cents" }
func (m money) Str() string                  { return "$" + strconv.Itoa(int(m.cents)) }
func (m money) Repr() string                 { return "money(" + strconv.Itoa(int(m.cents)) + ")" }
func (m money) TypeName() string             { return "money" }
func (m money) Truth() bool                  { return m.cents != 0 }
func (m money) Hash() (any, bool)            { return m.cents, m.cents >= 0 }
func (m money) Equal(other any) bool         { return other == any(m.cents) || other == any(m) }
func (m money) Float() float64               { return float64(m.cents) }
func (m money) Int() (*big.Int, bool)        { return big.NewInt(m.cents), true }
func (m money) Sign(string) (any, error)     { return money{-m.cents}, nil }
func (m money) Format(spec string) (string, error) {
	return spec + m.Str(), nil
}

func (m money) Compare(other any) (int, bool, error) {
	o, ok := other.(money)
	return cmp.Compare(m.cents, o.cents), ok, nil
}

func (m money) Operate(op string, other any, reversed bool) (any, bool, error) {
	n, ok := other.(int64)
	switch {
	case !ok:
		return nil, false, nil
	case op == "-" && reversed:
		return money{n - m.cents}, true, nil
	case op == "-":
		return money{m.cents - n}, true, nil
	}
	return nil, false, nil
}

// purse is a sequence.
type purse []any

func (p purse) Attr(string) (any, bool) { return nil, false }
func (p purse) Len() int                { return len(p) }
func (p purse) Item(key any) (any, bool, error) {
	return python.Item(python.NewList(p...), key)
}
func (p purse) Slice(positions []int) any {
	var out purse
	for _, i := range positions {
		out = append(out, p[i])
	}
	return out
}
func (p purse) Iterate() *python.Iterator {
	return python.NewIteratorOver(p)
}

func TestObjectsTakePartInTheLanguage(t *testing.T) {
	vars := map[string]any{
		"m": money{5}, "n": money{7}, "zero": money{}, "debt": money{-1},
		"p": purse{money{5}, money{7}, money{1}}, "empty": purse{},
	}
	for text, want := range map[string]string{
		"{{ m }} {{ [m] }} {{ m.cents }}":                                                                               "$5 [money(5)] 5",
		"{{ m == 5 }} {{ 5 == m }} {{ m != 5 }} {{ m == n }}":                                                           "True True False False",
		"{{ m < n }} {{ m >= n }} {{ [n, m] | sort }} {{ [m, n] | max }}":                                               "True False [money(5), money(7)] $7",
		"{{ m - 1 }} {{ 1 - m }} {{ -m }} {{ m | abs }}":                                                                "$4 $-4 $-5 $-5",
		"{{ m | int }} {{ m | float }} {{ '%d %.1f' % (m, m) }} {{ m is number }}":                                      "5 5.0 5 5.0 True",
		"{{ 'yes' if zero else 'no' }} {{ '{:a}'.format(m) }}":                                                          "no a$5",
		"{{ {m: 'five'}[5] }}":                                                                                          "five",
		"{{ p | length }} {{ p[0] }} {{ p[-1] }} {{ p[1:] | list }} {{ p | first }} {{ 'x' if empty else 'y' }}":        "3 $5 $1 [money(7), money(1)] $5 y",
		"{% for m in p %}{{ loop.index }}/{{ loop.length }}{{ m }}{% endfor %} {{ p is sequence }} {{ p is iterable }}": "1/3$52/3$73/3$1 True True",
		"{{ p | map(attribute='cents') | join('+') }} {{ 7 in p }} {{ 8 in p }} {{ p[9] is defined }}":                  "5+7+1 True False False",
		"{{ p | join(' ') }} {{ p | batch(2) | list }}":                                                                 "$5 $7 $1 [[money(5), money(7)], [money(1)]]",
	} {
		tmpl, err := (&Env{}).Parse("t", text)
		if err != nil {
			t.Fatal(err)
		}
		got, err := tmpl.Render(vars)
		if err != nil || got != want {
			t.Errorf("%s\n got %q, %v\nwant %q", text, got, err, want)
		}
	}
	for text, want := range map[string]string{
		"{{ m + 1 }}":     "t:1:6: `+` does not work on money and int",
		"{{ m < 1 }}":     "t:1:6: `<` does not compare money with int",
		"{{ {debt: 1} }}": "t:1:5: unhashable type: 'money'",
	} {
		tmpl, err := (&Env{}).Parse("t", text)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := tmpl.Render(vars); err == nil || err.Error() != want {
			t.Errorf("%s\n got %v\nwant %s", text, err, want)
		}
	}
}
