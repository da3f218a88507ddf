//go:build duckdb_arrow

package duckdb

/*
#include <stdint.h>
#include <stdlib.h>

// Arrow's C data and C stream interfaces.
struct ArrowSchema {
	const char *format, *name, *metadata;
	int64_t flags, n_children;
	struct ArrowSchema **children, *dictionary;
	void (*release)(struct ArrowSchema *);
	void *private_data;
};

struct ArrowArrayStream {
	int (*get_schema)(struct ArrowArrayStream *, struct ArrowSchema *);
	int (*get_next)(struct ArrowArrayStream *, void *);
	const char *(*get_last_error)(struct ArrowArrayStream *);
	void (*release)(struct ArrowArrayStream *);
	void *private_data;
};

// exported is a stream with the schema that it gives to all who ask.
struct exported {
	struct ArrowArrayStream stream; // first: the engine knows this alone
	struct ArrowSchema schema;
};

static void release_lent(struct ArrowSchema *schema) { schema->release = NULL; }

static int lend_schema(struct ArrowArrayStream *stream, struct ArrowSchema *out) {
	*out = ((struct exported *)stream)->schema;
	out->release = release_lent;
	return 0;
}

static void lend(struct exported *e) {
	if (e->stream.get_schema(&e->stream, &e->schema) == 0) {
		e->stream.get_schema = lend_schema;
	}
}

static void free_exported(struct exported *e) {
	if (e->schema.release != NULL) {
		e->schema.release(&e->schema);
	}
	if (e->stream.release != NULL) {
		e->stream.release(&e->stream);
	}
	free(e);
}
*/
import "C"

import (
	"unsafe"

	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/cdata"
)

// exported is a stream of rows in C memory. The engine asks a stream for its schema
// each time that it plans a statement, and releases none that it gets: for it all
// are the stream's own. So there is one, which the stream lends, and releases at its
// end.
type exported struct{ c *C.struct_exported }

func newExported(reader array.RecordReader) exported {
	e := exported{(*C.struct_exported)(C.calloc(1, C.sizeof_struct_exported))}
	cdata.ExportRecordReader(reader, (*cdata.CArrowArrayStream)(e.pointer()))
	C.lend(e.c)
	return e
}

// pointer is the stream, as the engine takes it.
func (e exported) pointer() unsafe.Pointer { return unsafe.Pointer(&e.c.stream) }

// free releases what the stream holds. Nobody may read it any more.
func (e exported) free() { C.free_exported(e.c) }
