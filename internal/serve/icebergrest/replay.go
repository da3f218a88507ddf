package icebergrest

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/google/uuid"

	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/identity"
	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/metadb"
)

// repliesLast is how long an answer is kept for a request that is sent again,
// and repliesLastISO how clients are told.
const (
	repliesLast    = 24 * time.Hour
	repliesLastISO = "PT24H"
)

// once does what a request asks for, unless it was done before.
func (s *Server) once(ctx context.Context, c *call, e endpoint) (answer, error) {
	if c.reads() {
		return e.do(ctx, c)
	}
	if err := c.readKey(); err != nil {
		return answer{}, err
	}
	if c.key == "" {
		return e.do(ctx, c)
	}
	if a, found, err := c.replayed(ctx); err != nil || found {
		return a, err
	}
	a, err := e.do(ctx, c)
	if err == nil {
		// What changes nothing has kept nothing either.
		return a, nil
	}
	// The same request may have been done by another call while this one was
	// under way; its answer counts.
	if earlier, found, lookErr := c.replayed(ctx); lookErr == nil && found {
		return earlier, nil
	}
	if p := explain(err); p.status < http.StatusInternalServerError {
		keepErr := s.DB.Update(ctx, func(tx metadb.Tx) error { return c.keep(ctx, tx, p.answer()) })
		if keepErr != nil {
			s.Logger.Info("an answer was not kept", "error", keepErr.Error())
		}
	}
	return a, err
}

func (c *call) readKey() error {
	key := c.request.Header.Get("Idempotency-Key")
	if key == "" {
		return nil
	}
	id, err := uuid.Parse(key)
	if err != nil || len(key) != 36 {
		return bad("Idempotency-Key %q is no UUID", key)
	}
	c.key = id.String()
	sum := sha256.New()
	// The answer is for who asked first. What the owner asked was kept without a
	// name before there were others.
	if who := c.asks.Principal; who.Kind != identity.Local {
		sum.Write([]byte(who.String() + "\n"))
	}
	for _, part := range []string{c.request.Method, "\n", c.request.URL.RequestURI(), "\n", string(c.body)} {
		sum.Write([]byte(part))
	}
	c.digest = hex.EncodeToString(sum.Sum(nil))
	return nil
}

// keep stores an answer with the change that it tells of. Of a state it stores
// where that is.
func (c *call) keep(ctx context.Context, tx metadb.Tx, a answer) error {
	now := time.Now()
	if _, err := tx.Exec(ctx, `DELETE FROM tarn_reply WHERE created_at < ?`, now.Add(-repliesLast).UnixMicro()); err != nil {
		return err
	}
	var namespace, name, kind, location string
	if a.loaded != nil {
		e := a.loaded.Entry()
		namespace, name, kind, location = e.Name.Namespace, e.Name.Name, string(e.Kind), e.Location
	}
	_, err := tx.Exec(ctx, `INSERT INTO tarn_reply (id, digest, status, body, namespace, name, kind, location, created_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		c.key, c.digest, a.status, string(a.body), namespace, name, kind, location, now.UnixMicro())
	return err
}

// replayed returns the answer that was given to the same request before.
func (c *call) replayed(ctx context.Context) (a answer, found bool, err error) {
	var digest, body, kind, location string
	var name ident.Table
	err = c.server.DB.View(ctx, func(tx metadb.Tx) error {
		err := tx.QueryRow(ctx, `SELECT digest, status, body, namespace, name, kind, location FROM tarn_reply WHERE id = ? AND created_at >= ?`,
			c.key, time.Now().Add(-repliesLast).UnixMicro()).
			Scan(&digest, &a.status, &body, &name.Namespace, &name.Name, &kind, &location)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		found = err == nil
		return err
	})
	switch {
	case err != nil || !found:
		return answer{}, false, err
	case digest != c.digest:
		return answer{}, true, &problem{http.StatusUnprocessableEntity, "UnprocessableEntityException",
			"The Idempotency-Key belongs to another request"}
	case location != "":
		t, err := c.server.Lake.LoadAt(ctx, name, lake.EntryKind(kind), location)
		if err != nil {
			return answer{}, true, err
		}
		return loadedAnswer(t, false), true, nil
	}
	if body != "" {
		a.body = json.RawMessage(body)
	}
	return a, true, nil
}
