// Package s3 is for objects in S3, and in what speaks its protocol.
//
// It promises what objstore promises: an object is never overwritten, as it is
// put on condition that there is none; large ones go in parts and appear whole.
// What is read stays the same object: one that was replaced meanwhile is an
// [objstore.ErrChanged]. Endpoint, region and credentials are those that AWS's
// own tools use (AWS_ENDPOINT_URL, AWS_REGION, AWS_PROFILE, …); without
// credentials it asks as nobody, as public buckets allow. It leaves buckets and
// who may do what to those who run the server.
package s3

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/tarn-lake/tarn/internal/objstore"
)

const (
	scheme = "s3://"
	// defaultRegion is for servers that have none.
	defaultRegion = "us-east-1"
)

// Store keeps objects below a prefix of a bucket.
type Store struct {
	client *s3.Client
	bucket string
	// prefix ends in a slash, or is empty.
	prefix string
	// anonymous: there were no credentials.
	anonymous bool
}

// New returns the store at a URI such as s3://bucket/prefix. The bucket must
// exist; nothing is asked of it yet.
func New(ctx context.Context, uri string) (*Store, error) {
	rest, found := strings.CutPrefix(uri, scheme)
	bucket, prefix, _ := strings.Cut(strings.TrimSuffix(rest, "/"), "/")
	if !found || bucket == "" {
		return nil, fmt.Errorf("open store %s: it is not s3://bucket/prefix: %w", uri, fs.ErrInvalid)
	}
	if err := objstore.CheckPrefix(prefix); err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	account, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return nil, fmt.Errorf("open store %s: the settings for AWS: %w", uri, err)
	}
	s := &Store{bucket: bucket}
	if prefix != "" {
		s.prefix = prefix + "/"
	}
	if account.Region == "" {
		account.Region = defaultRegion
	}
	if _, err := account.Credentials.Retrieve(ctx); err != nil {
		account.Credentials, s.anonymous = aws.AnonymousCredentials{}, true
	}
	s.client = s3.NewFromConfig(account, func(o *s3.Options) {
		// Servers other than AWS's seldom have a host name for each bucket.
		o.UsePathStyle = o.BaseEndpoint != nil
		o.DisableLogOutputChecksumValidationSkipped = true
	})
	return s, nil
}

// URI implements [objstore.Store].
func (s *Store) URI(name string) string {
	return strings.TrimSuffix(scheme+s.bucket+"/"+s.prefix+name, "/")
}

// Name implements [objstore.Store].
func (s *Store) Name(uri string) (string, bool) {
	name, found := strings.CutPrefix(uri, scheme+s.bucket+"/"+s.prefix)
	return name, found && objstore.CheckName(name) == nil
}

// LocalPath implements [objstore.Store]: there is none.
func (s *Store) LocalPath(string) (string, bool) { return "", false }

func (s *Store) key(name string) *string { return aws.String(s.prefix + name) }

// Stat implements [objstore.Store].
func (s *Store) Stat(ctx context.Context, name string) (objstore.Info, error) {
	if err := objstore.CheckName(name); err != nil {
		return objstore.Info{}, err
	}
	head, err := s.client.HeadObject(ctx, &s3.HeadObjectInput{Bucket: &s.bucket, Key: s.key(name)})
	if err != nil {
		return objstore.Info{}, s.explain("stat", name, err)
	}
	return objstore.Info{
		Name: name, Size: aws.ToInt64(head.ContentLength), ModTime: aws.ToTime(head.LastModified), Version: aws.ToString(head.ETag),
	}, nil
}

// Sync implements [objstore.Store]: what S3 has taken is durable.
func (s *Store) Sync(ctx context.Context, names ...string) error {
	for _, name := range names {
		if _, err := s.Stat(ctx, name); err != nil {
			return err
		}
	}
	return nil
}

// explain gives errors of the protocol the meaning that callers look for.
func (s *Store) explain(op, name string, err error) error {
	uri := s.URI(name)
	var api smithy.APIError
	var response *smithyhttp.ResponseError
	code, status := "", 0
	if errors.As(err, &api) {
		code = api.ErrorCode()
	}
	if errors.As(err, &response) {
		status = response.HTTPStatusCode()
	}
	switch {
	case code == "NoSuchBucket":
		return fmt.Errorf("%s %s: there is no such bucket: %w", op, uri, fs.ErrNotExist)
	case status == http.StatusNotFound && code != "NoSuchUpload":
		return fmt.Errorf("%s %s: %w", op, uri, fs.ErrNotExist)
	case status == http.StatusForbidden || status == http.StatusUnauthorized:
		as := ""
		if s.anonymous {
			as = " without credentials (there are none: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE)"
		}
		return fmt.Errorf("%s %s%s: %w (%s)", op, uri, as, fs.ErrPermission, code)
	case status == http.StatusMovedPermanently || code == "PermanentRedirect":
		return fmt.Errorf("%s %s: the bucket is in another region: set AWS_REGION", op, uri)
	}
	return fmt.Errorf("%s %s: %w", op, uri, err)
}

// isStatus reports whether the server answered with the status.
func isStatus(err error, status int) bool {
	var response *smithyhttp.ResponseError
	return errors.As(err, &response) && response.HTTPStatusCode() == status
}
