package s3

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/tarn-lake/tarn/internal/objstore"
)

// batch is how many objects one request may delete.
const batch = 1000

// below is how the keys below a prefix begin.
func (s *Store) below(prefix string) *string {
	if prefix == "" {
		return aws.String(s.prefix)
	}
	return aws.String(s.prefix + prefix + "/")
}

// List implements [objstore.Store]. Keys that end in a slash, by which some
// programs mark folders, are left out.
func (s *Store) List(ctx context.Context, prefix string) iter.Seq2[objstore.Info, error] {
	return func(yield func(objstore.Info, error) bool) {
		if err := objstore.CheckPrefix(prefix); err != nil {
			yield(objstore.Info{}, err)
			return
		}
		pages := s3.NewListObjectsV2Paginator(s.client, &s3.ListObjectsV2Input{Bucket: &s.bucket, Prefix: s.below(prefix)})
		for pages.HasMorePages() {
			page, err := pages.NextPage(ctx)
			if err != nil {
				yield(objstore.Info{}, s.explain("list", prefix, err))
				return
			}
			for _, o := range page.Contents {
				name := strings.TrimPrefix(aws.ToString(o.Key), s.prefix)
				if strings.HasSuffix(name, "/") {
					continue
				}
				info := objstore.Info{Name: name, Size: aws.ToInt64(o.Size), ModTime: aws.ToTime(o.LastModified), Version: aws.ToString(o.ETag)}
				if !yield(info, nil) {
					return
				}
			}
		}
	}
}

// Delete implements [objstore.Store].
func (s *Store) Delete(ctx context.Context, names ...string) error {
	var ids []types.ObjectIdentifier
	for _, name := range names {
		if err := objstore.CheckName(name); err != nil {
			return err
		}
		ids = append(ids, types.ObjectIdentifier{Key: s.key(name)})
	}
	return s.remove(ctx, ids)
}

func (s *Store) remove(ctx context.Context, ids []types.ObjectIdentifier) error {
	for len(ids) > 0 {
		n := min(batch, len(ids))
		out, err := s.client.DeleteObjects(ctx, &s3.DeleteObjectsInput{
			Bucket: &s.bucket, Delete: &types.Delete{Objects: ids[:n], Quiet: aws.Bool(true)},
		})
		if err != nil {
			return s.explain("delete", "", err)
		}
		var errs []error
		for _, e := range out.Errors {
			if code := aws.ToString(e.Code); code != "NoSuchKey" {
				errs = append(errs, fmt.Errorf("delete s3://%s/%s: %s: %s", s.bucket, aws.ToString(e.Key), code, aws.ToString(e.Message)))
			}
		}
		if err := errors.Join(errs...); err != nil {
			return err
		}
		ids = ids[n:]
	}
	return nil
}

// DeletePrefix implements [objstore.Store].
func (s *Store) DeletePrefix(ctx context.Context, prefix string) error {
	if err := objstore.CheckName(prefix); err != nil {
		return err
	}
	if err := s.abortUploads(ctx, prefix); err != nil {
		return err
	}
	for {
		page, err := s.client.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: &s.bucket, Prefix: s.below(prefix)})
		if err != nil {
			return s.explain("list", prefix, err)
		}
		if len(page.Contents) == 0 {
			return nil
		}
		ids := make([]types.ObjectIdentifier, len(page.Contents))
		for i, o := range page.Contents {
			ids[i] = types.ObjectIdentifier{Key: o.Key}
		}
		if err := s.remove(ctx, ids); err != nil {
			return err
		}
	}
}

// abortUploads gives up the objects that were begun below a prefix.
func (s *Store) abortUploads(ctx context.Context, prefix string) error {
	pages := s3.NewListMultipartUploadsPaginator(s.client, &s3.ListMultipartUploadsInput{Bucket: &s.bucket, Prefix: s.below(prefix)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return s.explain("list", prefix, err)
		}
		for _, u := range page.Uploads {
			_, err := s.client.AbortMultipartUpload(ctx, &s3.AbortMultipartUploadInput{Bucket: &s.bucket, Key: u.Key, UploadId: u.UploadId})
			if err != nil && !isStatus(err, http.StatusNotFound) {
				return s.explain("give up", prefix, err)
			}
		}
	}
	return nil
}
