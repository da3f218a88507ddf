//go:build duckdb_arrow

package pgwire_test

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
)

func TestValuesAreWrittenAsPostgresWritesThem(t *testing.T) {
	c := newServer(t).connect(t)
	for sql, want := range map[string]string{
		"true, false, NULL":                             "t|f|NULL",
		"1::TINYINT, 255::UTINYINT, 65535::USMALLINT":   "1|255|65535",
		"-5, 4294967295::UINTEGER, 9223372036854775807": "-5|4294967295|9223372036854775807",
		"18446744073709551615::UBIGINT, 170141183460469231731687303715884105727::HUGEINT::VARCHAR": "18446744073709551615|170141183460469231731687303715884105727",
		"99999999999999999999::HUGEINT, -1::HUGEINT":                                               "99999999999999999999|-1",
		"1.50, -0.05, 0.001::DECIMAL(4,3), 12345678901234567890.123456789::DECIMAL(38,9)":          "1.50|-0.05|0.001|12345678901234567890.123456789",
		"1::DOUBLE, 0.1::DOUBLE, 1e15::DOUBLE, 1e14::DOUBLE, 1e-5::DOUBLE, 0.0001::DOUBLE":         "1|0.1|1e+15|100000000000000|1e-05|0.0001",
		"1.5::FLOAT, 1e6::FLOAT, 'nan'::DOUBLE, 'inf'::DOUBLE, '-inf'::FLOAT":                      "1.5|1e+06|NaN|Infinity|-Infinity",
		"'x', '', 'é''\"'":  "x||é'\"",
		`'\x00\xffA'::BLOB`: `\x00ff41`,
		"DATE '2020-02-29', DATE '0044-03-15 (BC)', DATE 'infinity', DATE '12020-01-01', DATE '0009-01-01'": "2020-02-29|0044-03-15 BC|infinity|12020-01-01|0009-01-01",
		"TIME '10:11:12.5', TIME '00:00:00'": "10:11:12.5|00:00:00",
		"TIMESTAMP '2020-01-01 00:00:00.000001', TIMESTAMP '-infinity', TIMESTAMP '1969-12-31 23:59:59.9'": "2020-01-01 00:00:00.000001|-infinity|1969-12-31 23:59:59.9",
		"TIMESTAMP '0044-03-15 (BC) 12:00:00'":                                            "0044-03-15 12:00:00 BC",
		"TIMESTAMPTZ '2020-01-01 10:00:00+02'":                                            "2020-01-01 08:00:00+00",
		"TIMESTAMP_NS '2020-01-01 00:00:00.123456789', TIMESTAMP_S '2020-01-01 00:00:00'": "2020-01-01 00:00:00.123456789|2020-01-01 00:00:00",
		"'10:00:00+02'::TIMETZ":                                                           "10:00:00+02",
		"INTERVAL 14 MONTHS + INTERVAL 3 DAYS + INTERVAL '04:05:06.7'":                    "1 year 2 mons 3 days 04:05:06.7",
		"INTERVAL '-1 month' + INTERVAL 1 DAY, INTERVAL '-00:00:01', INTERVAL '0 days', INTERVAL '100 hours', INTERVAL '-2562046 hours', NULL::INTERVAL": "-1 mons +1 day|-00:00:01|00:00:00|100:00:00|-2562046:00:00|NULL",
		"'c0ffee00-0000-4000-8000-000000000001'::UUID":                      "c0ffee00-0000-4000-8000-000000000001",
		"[1, NULL, 3], ['a b', '', 'null', 'x\"y', 'z'], []::INT[]":         `{1,NULL,3}|{"a b","","null","x\"y",z}|{}`,
		"[[1], [2, 3]], {'a': 1, 'b': [2.5]}, MAP {'k': DATE '2020-01-01'}": `[[1],[2,3]]|{"a":1,"b":[2.5]}|{"k":"2020-01-01"}`,
		`'{"a": 1}'::JSON, '101'::BIT, 'b'::ENUM('a', 'b')`:                 `{"a": 1}|101|b`,
	} {
		if got, err := rows(t, c, "SELECT "+sql); err != nil || got != want {
			t.Errorf("%s: %v\n%s", sql, err, cmp.Diff(want, got))
		}
	}
}

// What pgx reads in binary is what it reads in text.
func TestBinaryAndTextAreTheSameValues(t *testing.T) {
	c := newServer(t).connect(t)
	for _, sql := range []string{
		"true", "1::TINYINT", "-2::SMALLINT", "65535::USMALLINT", "-70000", "4294967295::UINTEGER", "(-9e18)::BIGINT", "18446744073709551615::UBIGINT",
		"170141183460469231731687303715884105727::HUGEINT % 10::HUGEINT", "-1.50", "0.0001", "10000.0", "12345678901234567890.123456789::DECIMAL(38,9)",
		"100000000::HUGEINT", "1.5::FLOAT", "-1e300::DOUBLE", "'x é'", `'\x00\xff'::BLOB`, "DATE '2020-02-29'", "DATE '1969-01-01'", "DATE 'infinity'",
		"TIME '10:11:12.5'", "TIMESTAMP '1969-12-31 23:59:59.9'", "TIMESTAMPTZ '2020-01-01 10:00:00+02'", "TIMESTAMP '-infinity'", "INTERVAL 14 MONTHS + INTERVAL 3 DAYS + INTERVAL '04:05:06.7'",
		"'c0ffee00-0000-4000-8000-000000000001'::UUID", "[1, NULL, 3]", "['a b', '', 'null']", "[]::DOUBLE[]", "[1.50, -2.25]", "[DATE '2020-01-01']", `'{"a": 1}'::JSON`, "{'a': 1}",
	} {
		var values [2]any
		for i, format := range []int16{pgx.BinaryFormatCode, pgx.TextFormatCode} {
			r, err := c.Query(t.Context(), "SELECT "+sql, pgx.QueryResultFormats{format})
			if err != nil {
				t.Fatal(err)
			}
			for r.Next() {
				list, err := r.Values()
				if err != nil || len(list) != 1 {
					t.Fatalf("%s: %v %v", sql, list, err)
				}
				values[i] = list[0]
			}
			if r.Err() != nil {
				t.Errorf("%s: %v", sql, r.Err())
			}
		}
		if a, b := fmt.Sprintf("%v", values[0]), fmt.Sprintf("%v", values[1]); a != b || values[0] == nil {
			t.Errorf("%s: %s in binary, %s in text", sql, a, b)
		}
	}
}

func TestTimesAreShownInTheSessionsZone(t *testing.T) {
	c := newServer(t).connect(t, "timezone=Europe/Berlin")
	got, err := rows(t, c, "SELECT TIMESTAMPTZ '2020-07-01 10:00:00+00'; SET TIME ZONE 'Asia/Kolkata'; SELECT TIMESTAMPTZ '2020-07-01 10:00:00+00'; SHOW TimeZone")
	if want := "2020-07-01 12:00:00+02\n2020-07-01 15:30:00+05:30\nAsia/Kolkata"; err != nil || got != want {
		t.Errorf("%v %q", err, got)
	}
}

func TestParametersArriveAsTheyWereSent(t *testing.T) {
	c := newServer(t).connect(t)
	day := time.Date(2020, 2, 29, 0, 0, 0, 0, time.UTC)
	for _, one := range []struct {
		sql   string
		value any
	}{
		{"$1::BOOLEAN", true}, {"$1::SMALLINT", int16(-3)}, {"$1::INTEGER", int32(math.MinInt32)}, {"$1::BIGINT", int64(math.MinInt64)},
		{"$1::DOUBLE", 0.1}, {"$1::FLOAT", float32(1.25)}, {"$1::VARCHAR", "it's \\ \"é\" $1 -- ;"}, {"$1::BLOB", []byte{0, 1, '\'', 0xff}},
		{"$1::DATE", day}, {"$1::TIMESTAMP", day.Add(time.Microsecond)}, {"$1::TIMESTAMPTZ", day.Add(90 * time.Minute)},
		{"$1::INTEGER[]", []int32{1, 2, 3}}, {"$1::VARCHAR[]", []string{"a", "b \"c\"", "null", ""}},
	} {
		for _, mode := range []pgx.QueryExecMode{pgx.QueryExecModeCacheStatement, pgx.QueryExecModeDescribeExec, pgx.QueryExecModeExec} {
			same, text := false, ""
			err := c.QueryRow(t.Context(), "SELECT "+one.sql+" IS NOT DISTINCT FROM $1, ("+one.sql+")::VARCHAR", mode, one.value).Scan(&same, &text)
			if err != nil || !same {
				t.Errorf("%s with %v in mode %v: %v %v %s", one.sql, one.value, mode, err, same, text)
			}
		}
	}
	var id int64
	if err := c.QueryRow(t.Context(), "SELECT id FROM orders WHERE amount > $1 AND region = $2 AND day < $3 ORDER BY id LIMIT $4", "100.005", "EU", day, 1).Scan(&id); err != nil || id != 12 {
		t.Error(id, err)
	}
	if err := c.QueryRow(t.Context(), "SELECT count(*) FROM orders WHERE id = ANY($1::BIGINT[])", []int64{1, 2, 99}).Scan(&id); err != nil || id != 2 {
		t.Error(id, err)
	}
	var missing *string
	if err := c.QueryRow(t.Context(), "SELECT $1::VARCHAR", nil).Scan(&missing); err != nil || missing != nil {
		t.Error(missing, err)
	}
}
