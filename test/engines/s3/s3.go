// Package s3 is for a real S3 server, Versity's gateway over a folder.
//
// It promises nothing to other packages: it holds tests, which the build tag
// engines switches on, as they build that server with Go. What is about S3 in
// particular is tested here, as nothing else speaks its protocol.
package s3
