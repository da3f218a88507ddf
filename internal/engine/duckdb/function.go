//go:build duckdb_arrow

package duckdb

/*
#include <stdint.h>
#include <stdlib.h>

void tarnCallScalar(void *info, void *chunk, void *out);
void tarnFreeScalar(void *extra);

typedef void (*tarn_call)(void *, void *, void *);
typedef void (*tarn_free)(void *);
*/
import "C"

import (
	"fmt"
	"runtime/cgo"
	"unsafe"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	bindings "github.com/duckdb/duckdb-go-bindings"

	"github.com/tarn-lake/tarn/internal/engine"
	"github.com/tarn-lake/tarn/internal/ident"
)

// scalar is a function of ours with what a call of it needs.
type scalar struct {
	f       engine.ScalarFunction
	options bindings.ArrowOptions
	schema  *arrow.Schema
}

// addFunction makes f known to every session of the instance.
func (s *session) addFunction(f engine.ScalarFunction) error {
	args, err := s.types(f.Args)
	if err != nil {
		return err
	}
	defer destroyTypes(args)
	returns, err := s.types([]string{f.Returns})
	if err != nil {
		return err
	}
	defer destroyTypes(returns)
	if !returnable[bindings.GetTypeId(returns[0])] {
		return fmt.Errorf("a function cannot return %s", f.Returns)
	}
	call := &scalar{f: f}
	bindings.ConnectionGetArrowOptions(s.conn, &call.options)
	var failed bindings.ErrorData
	if call.schema, failed = bindings.NewArrowSchema(call.options, args, f.Args); call.schema == nil {
		return dataError(failed)
	}
	bindings.DestroyErrorData(&failed)
	return s.registerScalar(f.Name, args, returns[0], call)
}

func (s *session) registerScalar(name string, args []bindings.LogicalType, returns bindings.LogicalType, call *scalar) error {
	f := bindings.CreateScalarFunction()
	defer bindings.DestroyScalarFunction(&f)
	bindings.ScalarFunctionSetName(f, name)
	for _, t := range args {
		bindings.ScalarFunctionAddParameter(f, t)
	}
	bindings.ScalarFunctionSetReturnType(f, returns)
	handle := (*C.uintptr_t)(C.malloc(C.sizeof_uintptr_t))
	*handle = C.uintptr_t(cgo.NewHandle(call))
	bindings.ScalarFunctionSetExtraInfo(f, unsafe.Pointer(handle), unsafe.Pointer(C.tarn_free(C.tarnFreeScalar)))
	bindings.ScalarFunctionSetFunction(f, unsafe.Pointer(C.tarn_call(C.tarnCallScalar)))
	if bindings.RegisterScalarFunction(s.conn, f) == bindings.StateError {
		return fmt.Errorf("the engine refused it")
	}
	return nil
}

// types turns names of types into types, by asking the engine.
func (s *session) types(names []string) ([]bindings.LogicalType, error) {
	var types []bindings.LogicalType
	for i, name := range names {
		p, done, err := s.prepareOnly("SELECT CAST(NULL AS " + name + ") AS " + ident.Quote(fmt.Sprint(i)))
		if err != nil {
			destroyTypes(types)
			return nil, err
		}
		types = append(types, bindings.PreparedStatementColumnLogicalType(p, 0))
		done()
	}
	return types, nil
}

func destroyTypes(types []bindings.LogicalType) {
	for i := range types {
		bindings.DestroyLogicalType(&types[i])
	}
}

func scalarOf(extra unsafe.Pointer) *scalar {
	return cgo.Handle(*(*C.uintptr_t)(extra)).Value().(*scalar)
}

//export tarnFreeScalar
func tarnFreeScalar(extra unsafe.Pointer) {
	bindings.DestroyArrowOptions(&scalarOf(extra).options)
	cgo.Handle(*(*C.uintptr_t)(extra)).Delete()
	C.free(extra)
}

//export tarnCallScalar
func tarnCallScalar(info, chunk, out unsafe.Pointer) {
	in := bindings.FunctionInfo{Ptr: info}
	call := scalarOf(bindings.ScalarFunctionGetExtraInfo(in))
	if err := call.run(bindings.DataChunk{Ptr: chunk}, bindings.Vector{Ptr: out}); err != nil {
		bindings.ScalarFunctionSetError(in, call.f.Name+": "+err.Error())
	}
}

// run evaluates the function over one chunk.
func (c *scalar) run(chunk bindings.DataChunk, out bindings.Vector) (err error) {
	defer guard(&err)
	args, failed := bindings.DataChunkToArrowArray(c.options, c.schema, chunk)
	if err := dataError(failed); err != nil {
		return err
	}
	defer args.Release()
	result, err := c.f.Eval(args)
	if err != nil {
		return err
	}
	defer result.Release()
	if int64(result.Len()) != args.NumRows() {
		return fmt.Errorf("%d values for %d rows", result.Len(), args.NumRows())
	}
	if err := copyValues(out, result); err != nil {
		return err
	}
	markNulls(out, result, args)
	return nil
}

var returnable = map[bindings.Type]bool{
	bindings.TypeInteger: true, bindings.TypeBigInt: true, bindings.TypeDouble: true,
}

func copyValues(out bindings.Vector, from arrow.Array) error {
	data, n := bindings.VectorGetData(out), from.Len()
	t := bindings.VectorGetColumnType(out)
	defer bindings.DestroyLogicalType(&t)
	id := bindings.GetTypeId(t)
	switch values := from.(type) {
	case *array.Int32:
		if id == bindings.TypeInteger {
			copy(unsafe.Slice((*int32)(data), n), values.Int32Values())
			return nil
		}
	case *array.Int64:
		if id == bindings.TypeBigInt {
			copy(unsafe.Slice((*int64)(data), n), values.Int64Values())
			return nil
		}
	case *array.Float64:
		if id == bindings.TypeDouble {
			copy(unsafe.Slice((*float64)(data), n), values.Float64Values())
			return nil
		}
	}
	return fmt.Errorf("it returned %s, which is not what was declared", from.DataType())
}

// markNulls makes rows NULL where the result, or an argument, is NULL.
func markNulls(out bindings.Vector, result arrow.Array, args arrow.RecordBatch) {
	for _, a := range append([]arrow.Array{result}, args.Columns()...) {
		if a.NullN() == 0 {
			continue
		}
		bindings.VectorEnsureValidityWritable(out)
		mask := bindings.VectorGetValidity(out)
		for i := range a.Len() {
			if a.IsNull(i) {
				bindings.ValiditySetRowInvalid(mask, bindings.IdxT(i))
			}
		}
	}
}
