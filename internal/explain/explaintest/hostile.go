package explaintest

import (
	"reflect"

	"github.com/tarn-lake/tarn/internal/explain"
)

// Payload is what somebody would write into a name to become part of the page.
const Payload = `"'></title></style></script><script>window.pwned=1</script><img src=x onerror=window.pwned=2>` +
	"<svg onload=window.pwned=3><a href=javascript:window.pwned=4>{{.}}${1}`url(http://example.invalid/x)` --><!--\x1b[31m\x00"

// Hostile is the shop with [Payload] at the end of every text that it has. Of
// the states, which decide what is shown, only a few are poisoned.
func Hostile() explain.Report {
	r := Shop()
	poison(reflect.ValueOf(&r).Elem())
	r.Run.State += Payload
	r.Nodes[0].State += Payload
	r.Tests[5].State += Payload
	r.Steps[0].State += Payload
	r.History[0].State += Payload
	return r
}

var state = reflect.TypeFor[explain.State]()

func poison(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		if v.Type() != state {
			v.SetString(v.String() + Payload)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Field(i).CanSet() {
				poison(v.Field(i))
			}
		}
	case reflect.Slice:
		copied := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
		reflect.Copy(copied, v)
		v.Set(copied)
		for i := range v.Len() {
			poison(v.Index(i))
		}
	case reflect.Pointer:
		if !v.IsNil() {
			copied := reflect.New(v.Type().Elem())
			copied.Elem().Set(v.Elem())
			v.Set(copied)
			poison(copied.Elem())
		}
	case reflect.Map:
		poisoned := reflect.MakeMap(v.Type())
		for _, key := range v.MapKeys() {
			poisoned.SetMapIndex(reflect.ValueOf(key.String()+Payload), v.MapIndex(key))
		}
		if v.Len() > 0 {
			v.Set(poisoned)
		}
	}
}
