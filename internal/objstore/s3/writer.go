package s3

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/tarn-lake/tarn/internal/objstore"
)

const (
	// firstPart is how large the first parts are; they double each partsPerSize,
	// as an object has at most 10,000 and may have 5 TB.
	firstPart    = 16 << 20
	partsPerSize = 1500
	// author tells our own objects from those of others: when an answer is lost,
	// the same request again finds what it made itself.
	author = "tarn-writer"
	// conflicts is how often a put is tried again that met another.
	conflicts = 6
)

// Create implements [objstore.Store].
func (s *Store) Create(ctx context.Context, name string) (objstore.Writer, error) {
	if err := objstore.CheckName(name); err != nil {
		return nil, err
	}
	_, err := s.Stat(ctx, name)
	if err == nil {
		return nil, fmt.Errorf("create %s: %w", s.URI(name), fs.ErrExist)
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	return &writer{ctx: ctx, store: s, name: name, id: rand.Text()}, nil
}

// writer keeps what is no part yet; small objects are put as one.
type writer struct {
	ctx    context.Context //nolint:containedctx // a writer has no other way to learn that its work ended
	store  *Store
	name   string
	id     string
	buffer bytes.Buffer
	upload *string
	parts  []types.CompletedPart
	done   bool
}

// Write keeps p, and sends parts that are full.
func (w *writer) Write(p []byte) (int, error) {
	if w.done {
		return 0, fmt.Errorf("write %s: %w", w.store.URI(w.name), fs.ErrClosed)
	}
	n := len(p)
	for len(p) > 0 {
		size := firstPart << (len(w.parts) / partsPerSize)
		k := min(len(p), size-w.buffer.Len())
		w.buffer.Write(p[:k])
		p = p[k:]
		if w.buffer.Len() == size {
			if err := w.sendPart(); err != nil {
				return 0, err
			}
		}
	}
	return n, nil
}

// sendPart sends the buffer as the next part.
func (w *writer) sendPart() error {
	if w.upload == nil {
		out, err := w.store.client.CreateMultipartUpload(w.ctx, &s3.CreateMultipartUploadInput{
			Bucket: &w.store.bucket, Key: w.store.key(w.name), Metadata: map[string]string{author: w.id},
			ChecksumAlgorithm: types.ChecksumAlgorithmCrc32,
		})
		if err != nil {
			return w.store.explain("write", w.name, err)
		}
		w.upload = out.UploadId
	}
	number := aws.Int32(int32(len(w.parts) + 1))
	out, err := w.store.client.UploadPart(w.ctx, &s3.UploadPartInput{
		Bucket: &w.store.bucket, Key: w.store.key(w.name), UploadId: w.upload, PartNumber: number, Body: bytes.NewReader(w.buffer.Bytes()),
		ChecksumAlgorithm: types.ChecksumAlgorithmCrc32,
	})
	if err != nil {
		return w.store.explain("write", w.name, err)
	}
	w.parts = append(w.parts, types.CompletedPart{
		PartNumber: number, ETag: out.ETag, ChecksumCRC32: out.ChecksumCRC32,
	})
	w.buffer.Reset()
	return nil
}

// Commit makes the object appear, if there is none.
func (w *writer) Commit() error {
	if w.done {
		return fmt.Errorf("commit %s: %w", w.store.URI(w.name), fs.ErrClosed)
	}
	if w.upload != nil && w.buffer.Len() > 0 {
		if err := w.sendPart(); err != nil {
			return errors.Join(err, w.Abort())
		}
	}
	err := w.publish()
	if err == nil {
		w.done = true
		w.buffer = bytes.Buffer{}
		return nil
	}
	return errors.Join(err, w.Abort())
}

// publish puts or completes the object, again where another put was under way.
func (w *writer) publish() error {
	for try := range conflicts {
		var err error
		if w.upload == nil {
			err = w.put()
		} else {
			err = w.complete()
		}
		switch {
		case err == nil:
			return nil
		case isStatus(err, http.StatusPreconditionFailed):
			return w.taken()
		case !isStatus(err, http.StatusConflict):
			return w.store.explain("commit", w.name, err)
		}
		if err := pause(w.ctx, 20*time.Millisecond<<try); err != nil {
			return err
		}
	}
	return fmt.Errorf("commit %s: others kept writing it: %w", w.store.URI(w.name), fs.ErrExist)
}

func (w *writer) put() error {
	_, err := w.store.client.PutObject(w.ctx, &s3.PutObjectInput{
		Bucket: &w.store.bucket, Key: w.store.key(w.name), IfNoneMatch: aws.String("*"),
		Body: bytes.NewReader(w.buffer.Bytes()), Metadata: map[string]string{author: w.id},
	})
	return err
}

func (w *writer) complete() error {
	_, err := w.store.client.CompleteMultipartUpload(w.ctx, &s3.CompleteMultipartUploadInput{
		Bucket: &w.store.bucket, Key: w.store.key(w.name), UploadId: w.upload, IfNoneMatch: aws.String("*"),
		MultipartUpload: &types.CompletedMultipartUpload{Parts: w.parts},
	})
	return err
}

// taken says that the name is taken, unless it is by this very object.
func (w *writer) taken() error {
	head, err := w.store.client.HeadObject(w.ctx, &s3.HeadObjectInput{Bucket: &w.store.bucket, Key: w.store.key(w.name)})
	if err == nil && head.Metadata[author] == w.id {
		return nil
	}
	return fmt.Errorf("commit %s: %w", w.store.URI(w.name), fs.ErrExist)
}

// Abort implements [objstore.Writer].
func (w *writer) Abort() error {
	if w.done {
		return nil
	}
	w.done = true
	w.buffer = bytes.Buffer{}
	if w.upload == nil {
		return nil
	}
	_, err := w.store.client.AbortMultipartUpload(context.WithoutCancel(w.ctx), &s3.AbortMultipartUploadInput{
		Bucket: &w.store.bucket, Key: w.store.key(w.name), UploadId: w.upload,
	})
	if err != nil && !isStatus(err, http.StatusNotFound) {
		return w.store.explain("give up", w.name, err)
	}
	return nil
}

// pause waits.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return nil
	}
}
