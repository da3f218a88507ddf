package httpapi

import (
	"cmp"
	"context"
	"errors"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/tarn-lake/tarn/internal/identity"
	"github.com/tarn-lake/tarn/internal/policy"
)

// attend returns a context that ends, with why, once somebody who was let in may
// not be here any more. It looks now and then, until the function that it returns
// is called.
func (s *Server) attend(ctx context.Context, who identity.Access) (_ context.Context, leave func()) {
	ctx, stop := context.WithCancelCause(ctx)
	end := identity.Attend(ctx, s.LookEvery, func(ctx context.Context) bool {
		_, err := s.Guard.Again(ctx, who)
		refused := (*identity.Refusal)(nil)
		if !errors.As(err, &refused) {
			return true
		}
		stop(refused)
		if c, waits := ctx.Value(callKey{}).(*call); waits {
			c.w.hurry() // it may read nothing any more, either
		}
		return false
	})
	return ctx, func() {
		stop(nil)
		end()
	}
}

// now is who asked, with the groups and roles of this moment.
func (a *admitted) now(s *Server) func(context.Context) (policy.Who, error) {
	return func(ctx context.Context) (policy.Who, error) {
		who, err := s.Guard.Again(ctx, a.shown)
		return policy.WhoOf(who), err
	}
}

// attended are rows for somebody who may not be here any more before the last of
// them. They are released once.
type attended struct {
	array.RecordReader
	ctx   context.Context //nolint:containedctx // lasts as long as the rows
	leave func()
	err   error
}

// attended are rows that end when who asked may not be here any more.
func (s *Server) attended(ctx context.Context, rows array.RecordReader) array.RecordReader {
	ctx, leave := s.attend(ctx, callOf(ctx).who)
	return &attended{RecordReader: rows, ctx: ctx, leave: leave}
}

// Next fetches the next batch.
func (a *attended) Next() bool {
	a.err = context.Cause(a.ctx)
	return a.err == nil && a.RecordReader.Next()
}

// Record is the old name of RecordBatch.
func (a *attended) Record() arrow.RecordBatch { return a.RecordBatch() }

// Err tells how the rows ended.
func (a *attended) Err() error { return cmp.Or(a.err, a.RecordReader.Err()) }

// Release lets go of the rows.
func (a *attended) Release() {
	a.RecordReader.Release()
	a.leave()
}
