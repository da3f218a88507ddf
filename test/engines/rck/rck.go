// Package rck is for Iceberg's REST Compatibility Kit against `tarn serve`, and
// for projects that live in the catalog of the kit's reference server.
//
// It promises nothing to other packages: it holds a test, which the build tag
// engines switches on, as it needs Java 17 and Maven. What the protocol answers
// to single requests is tested beside package icebergrest.
package rck
