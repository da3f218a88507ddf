//go:build duckdb_arrow

package httpapi_test

import (
	"strconv"
	"testing"
)

func itoa(n int) string { return strconv.Itoa(n) }

func TestTheDescriptionIsThereForEverybody(t *testing.T) {
	s := newServer(t).as("")
	s.want("GET /api/openapi.json", 200, `"openapi":"3.1.0"`, `"/api/v1/queries/{id}/results"`, `"application/vnd.apache.arrow.stream"`, `"Problem"`, `!ErrorModel`, `"version":"1.2.3"`)
	s.want("GET /api/docs", 401)
}
