package fault

import (
	"context"
	"errors"
	"fmt"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tarn-lake/tarn/internal/objstore"
	"github.com/tarn-lake/tarn/internal/objstore/mem"
	"github.com/tarn-lake/tarn/internal/objstore/objstoretest"
)

func newStore(t *testing.T, rules ...string) (*Store, *mem.Store) {
	t.Helper()
	below := mem.New()
	s, err := New(below, rules...)
	if err != nil {
		t.Fatal(err)
	}
	return s, below
}

func TestWithoutRulesTheContractHolds(t *testing.T) {
	objstoretest.Run(t, func(t *testing.T) objstore.Store {
		s, _ := newStore(t)
		return s
	})
}

func TestRulesDecideWhichOperationFails(t *testing.T) {
	for _, c := range []struct {
		rule string
		want []string // results of writing a-1, b-1, a-2, a-3
	}{
		{"create a- -> EACCES", []string{"permission denied", "", "permission denied", "permission denied"}},
		{"write .*a.* 2nd -> ENOSPC", []string{"", "", "no space left on device", ""}},
		{"commit a 2nd+ -> EIO", []string{"", "", "input/output error", "input/output error"}},
		{"* ^b -> crash", []string{"", "crashed", "crashed", "crashed"}},
		{"read . -> EIO", []string{"", "", "", ""}},
	} {
		s, below := newStore(t, c.rule)
		for i, name := range []string{"a-1", "b-1", "a-2", "a-3"} {
			err := objstore.WriteAll(context.Background(), s, name, []byte("x"))
			if !fails(err, c.want[i]) {
				t.Errorf("%s: %s: %v, want %q", c.rule, name, err, c.want[i])
			}
			if _, there := below.Stat(context.Background(), name); (there == nil) != (c.want[i] == "") {
				t.Errorf("%s: %s in the store below: %v", c.rule, name, there)
			}
		}
	}
}

func fails(err error, want string) bool {
	for text, failure := range map[string]error{
		"permission denied":       syscall.EACCES,
		"no space left on device": syscall.ENOSPC,
		"input/output error":      syscall.EIO,
		"crashed":                 ErrCrashed,
	} {
		if want == text {
			return errors.Is(err, failure)
		}
	}
	return err == nil
}

func TestSetEndsACrashAndCountsAnew(t *testing.T) {
	s, _ := newStore(t, "create . 2nd -> crash")
	ctx := context.Background()
	for round := range 2 {
		first := objstore.WriteAll(ctx, s, fmt.Sprint(round, "-1"), nil)
		second := objstore.WriteAll(ctx, s, fmt.Sprint(round, "-2"), nil)
		_, after := s.Stat(ctx, fmt.Sprint(round, "-1"))
		if first != nil || !errors.Is(second, ErrCrashed) || !errors.Is(after, ErrCrashed) {
			t.Errorf("round %d: %v, %v, %v", round, first, second, after)
		}
		if err := s.Set("create . 2nd -> crash"); err != nil {
			t.Fatal(err)
		}
	}
}

func TestTraceNamesEveryOperation(t *testing.T) {
	s, _ := newStore(t)
	ctx := context.Background()
	if err := objstore.WriteAll(ctx, s, "a", []byte("x")); err != nil {
		t.Fatal(err)
	}
	if _, err := objstore.ReadAll(ctx, s, "a"); err != nil {
		t.Fatal(err)
	}
	if err := s.DeletePrefix(ctx, "p"); err != nil {
		t.Fatal(err)
	}
	want := []string{"create a", "write a", "commit a", "open a", "read a", "delete p"}
	if diff := cmp.Diff(want, s.Trace()); diff != "" {
		t.Error(diff)
	}
}

func TestBadRulesAreRefused(t *testing.T) {
	for _, rule := range []string{"", "write x", "fly x -> EIO", "write x -> EWHAT", "write ( -> EIO", "write x 0th -> EIO"} {
		if _, err := New(mem.New(), rule); err == nil {
			t.Errorf("%q was taken", rule)
		}
	}
}
