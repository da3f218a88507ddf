package reply_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/tarn-lake/tarn/internal/metadb"
	"github.com/tarn-lake/tarn/internal/metadb/metadbtest"
	"github.com/tarn-lake/tarn/internal/serve/reply"
)

func request(t *testing.T, principal, key string, asks ...string) *reply.Request {
	t.Helper()
	r, err := reply.NewRequest(principal, key, asks...)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestWhatARequestDidIsFoundAgain(t *testing.T) {
	db := metadbtest.Open(t, t.TempDir(), "state.db")
	now := time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)
	notes, err := reply.Open(t.Context(), db, func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	keep := func(r *reply.Request, body string) error {
		return db.Update(t.Context(), func(tx metadb.Tx) error { return notes.Keep(t.Context(), tx, r, body) })
	}
	first := request(t, "anna", "k1", "POST", "a", "bc")
	if _, found, err := notes.Find(t.Context(), first); found || err != nil {
		t.Fatalf("before: %v, %v", found, err)
	}
	if err := keep(first, "done"); err != nil {
		t.Fatal(err)
	}
	if body, found, err := notes.Find(t.Context(), first); body != "done" || !found || err != nil {
		t.Errorf("after: %q, %v, %v", body, found, err)
	}
	if err := keep(first, "done twice"); err == nil {
		t.Error("the same request was noted twice")
	}
	if _, found, _ := notes.Find(t.Context(), request(t, "otto", "k1", "POST", "a", "bc")); found {
		t.Error("somebody found another one's request")
	}
	var wrong *reply.Problem
	if _, _, err := notes.Find(t.Context(), request(t, "anna", "k1", "POST", "ab", "c")); !errors.As(err, &wrong) {
		t.Errorf("one key for two requests: %v", err)
	}
	now = now.Add(25 * time.Hour)
	if _, found, err := notes.Find(t.Context(), first); found || err != nil {
		t.Errorf("a day later: %v, %v", found, err)
	}
	if err := keep(first, "done again"); err != nil {
		t.Errorf("a day later: %v", err)
	}
}

func TestANoteGoesWithItsChange(t *testing.T) {
	db := metadbtest.Open(t, t.TempDir(), "state.db")
	notes, err := reply.Open(t.Context(), db, nil)
	if err != nil {
		t.Fatal(err)
	}
	r, failed := request(t, "anna", "k", "x"), errors.New("failed")
	err = db.Update(t.Context(), func(tx metadb.Tx) error {
		return errors.Join(notes.Keep(t.Context(), tx, r, ""), failed)
	})
	if !errors.Is(err, failed) {
		t.Fatal(err)
	}
	if _, found, err := notes.Find(context.Background(), r); found || err != nil {
		t.Errorf("what was not done is noted: %v, %v", found, err)
	}
}

func TestRequestsAreToldApart(t *testing.T) {
	if r := request(t, "anna", "", "x"); r != nil {
		t.Errorf("a request without a key is %v", r)
	}
	if _, err := reply.NewRequest("anna", strings.Repeat("k", 256)); err == nil {
		t.Error("a key of 256 characters is taken")
	}
	one := request(t, "anna", "k", "x")
	for _, c := range []struct {
		other *reply.Request
		same  bool
		wrong bool
	}{
		{request(t, "anna", "k", "x"), true, false}, {request(t, "otto", "k", "x"), false, false},
		{request(t, "anna", "l", "x"), false, false}, {request(t, "anna", "k", "y"), false, true}, {nil, false, false},
	} {
		if same, err := one.Same(c.other); same != c.same || (err != nil) != c.wrong {
			t.Errorf("%v: %v, %v", c.other, same, err)
		}
	}
}
