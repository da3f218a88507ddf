package jinja

import (
	"fmt"
	"testing"
)

// smallModel is a model as projects have them by the thousand.
const smallModel = `{{ config(materialized='table', tags=['daily', 'sales']) }}

with orders as (
    select * from {{ ref('stg_orders_%d') }}
), payments as (
    select * from {{ source('shop', 'payments') }}
)
select
    order_id,
    {%% for method in ['card', 'cash', 'voucher'] -%%}
    sum(case when method = '{{ method }}' then {{ cents('amount') }} end) as {{ method }}_amount{{ ',' if not loop.last }}
    {%% endfor %%}
from orders join payments using (order_id)
{%% if is_incremental() %%} where updated_at > (select max(updated_at) from {{ this }}) {%% endif %%}
group by 1`

func smallModels(n int) []string {
	texts := make([]string, n)
	for i := range texts {
		texts[i] = fmt.Sprintf(smallModel, i)
	}
	return texts
}

func smallGlobals(tb testing.TB) *Globals {
	defs, err := (&Env{}).Definitions("macros.sql", "{% macro cents(column, scale=2) %}({{ column }} / 100)::numeric(16, {{ scale }}){% endmacro %}")
	if err != nil {
		tb.Fatal(err)
	}
	words := map[string]any{
		"config":         &Func{Name: "config", Call: func(*Call) (any, error) { return "", nil }},
		"ref":            &Func{Name: "ref", Call: func(c *Call) (any, error) { return c.Args[0], nil }},
		"source":         &Func{Name: "source", Call: func(c *Call) (any, error) { return c.Args[1], nil }},
		"is_incremental": &Func{Name: "is_incremental", Call: func(*Call) (any, error) { return true, nil }},
		"this":           "main.model", "cents": defs[0],
	}
	return &Globals{Lookup: func(name string) (any, bool) {
		v, ok := words[name]
		return v, ok
	}}
}

func BenchmarkParse10000SmallModels(b *testing.B) {
	texts, env := smallModels(10_000), &Env{}
	for b.Loop() {
		for _, text := range texts {
			if _, err := env.Parse("m.sql", text); err != nil {
				b.Fatal(err)
			}
		}
	}
}

func BenchmarkRender10000SmallModels(b *testing.B) {
	env, g := &Env{}, smallGlobals(b)
	var parsed []*Template
	for _, text := range smallModels(10_000) {
		t, err := env.Parse("m.sql", text)
		if err != nil {
			b.Fatal(err)
		}
		parsed = append(parsed, t)
	}
	for b.Loop() {
		for _, t := range parsed {
			if _, err := t.RenderWith(g); err != nil {
				b.Fatal(err)
			}
		}
	}
}

func BenchmarkDefinitionsOf1000Macros(b *testing.B) {
	source := ""
	for i := range 1000 {
		source += fmt.Sprintf("{%% macro m%d(a, b=1) %%}\n  {%% set x = a ~ b %%}{%% for i in range(b) %%}{{ x }}, {%% endfor %%}{{ return(m(a)) }}\n{%% endmacro %%}\n", i)
	}
	for b.Loop() {
		if _, err := (&Env{}).Definitions("macros.sql", source); err != nil {
			b.Fatal(err)
		}
	}
}
