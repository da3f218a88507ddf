import java.math.BigDecimal;
import java.sql.*;
import java.util.*;

/** Asks a server by pgjdbc: Clients HOST:PORT DATABASE USER PASSWORD. */
public class Clients {
    static Connection open(String[] args, String more) throws SQLException {
        Properties p = new Properties();
        p.setProperty("user", args[2]);
        p.setProperty("password", args[3]);
        return DriverManager.getConnection("jdbc:postgresql://" + args[0] + "/" + args[1] + more, p);
    }

    /** The values of some columns of all rows, rows apart by semicolons. */
    static String values(ResultSet rows, String... columns) throws SQLException {
        StringJoiner all = new StringJoiner(";");
        try (rows) {
            while (rows.next()) {
                StringJoiner one = new StringJoiner(",");
                for (String c : columns) one.add(String.valueOf(rows.getObject(c)));
                all.add(one.toString());
            }
        }
        return all.toString();
    }

    static void same(String what, Object want, Object got) {
        if (!Objects.equals(want, got)) throw new AssertionError(what + ": " + got + ", not " + want);
    }

    static void metadata(Connection c, String database) throws SQLException {
        DatabaseMetaData m = c.getMetaData();
        same("product", "PostgreSQL", m.getDatabaseProductName());
        same("catalogs", database, values(m.getCatalogs(), "TABLE_CAT"));
        String schemas = values(m.getSchemas(), "TABLE_SCHEM");
        if (!schemas.contains("main_shop") || !schemas.contains("information_schema")) throw new AssertionError(schemas);
        same("schema", "main_shop", values(m.getSchemas(null, "main\\_shop"), "TABLE_SCHEM"));
        same("tables", "kinds,TABLE;orders,TABLE;sales,TABLE;big,VIEW", values(m.getTables(null, "main_shop", "%", new String[] {"TABLE", "VIEW"}), "TABLE_NAME", "TABLE_TYPE"));
        same("tables of any type", "once_a_day;orders_pkey;kinds;orders;sales;big", values(m.getTables(null, "main_shop", null, null), "TABLE_NAME"));
        same("comments", "kinds,null;orders,what was bought;sales,null", values(m.getTables(null, "main_shop", "%", new String[] {"TABLE"}), "TABLE_NAME", "REMARKS"));
        same("columns", "id,-5,int8,1,the number of the order;amount,2,numeric,2,null;note,12,text,3,null;day,91,date,4,null",
            values(m.getColumns(null, "main_shop", "orders", "%"), "COLUMN_NAME", "DATA_TYPE", "TYPE_NAME", "ORDINAL_POSITION", "REMARKS"));
        same("sizes", "9,2", values(m.getColumns(null, "main_shop", "orders", "amount"), "COLUMN_SIZE", "DECIMAL_DIGITS"));
        same("kinds", "bool,int4,int4,int4,int8,float4,float8,numeric,text,date,time,timestamp,timestamptz,uuid,bytea,_int4,_text,json",
            values(m.getColumns(null, "main_shop", "kinds", null), "TYPE_NAME").replace(';', ','));
        same("primary key", "orders,id,1,orders_pkey", values(m.getPrimaryKeys(null, "main_shop", "orders"), "TABLE_NAME", "COLUMN_NAME", "KEY_SEQ", "PK_NAME"));
        same("imported keys", "orders,id,sales,order_id,1,of_order,orders_pkey", values(m.getImportedKeys(null, "main_shop", "sales"), "PKTABLE_NAME", "PKCOLUMN_NAME", "FKTABLE_NAME", "FKCOLUMN_NAME", "KEY_SEQ", "FK_NAME", "PK_NAME"));
        same("exported keys", "id,order_id", values(m.getExportedKeys(null, "main_shop", "orders"), "PKCOLUMN_NAME", "FKCOLUMN_NAME"));
        same("cross reference", "id,order_id", values(m.getCrossReference(null, "main_shop", "orders", null, "main_shop", "sales"), "PKCOLUMN_NAME", "FKCOLUMN_NAME"));
        same("indexes", "once_a_day,1,day;once_a_day,2,id;orders_pkey,1,id", values(m.getIndexInfo(null, "main_shop", "orders", false, true), "INDEX_NAME", "ORDINAL_POSITION", "COLUMN_NAME"));
        same("best row identifier", "id", values(m.getBestRowIdentifier(null, "main_shop", "orders", DatabaseMetaData.bestRowSession, true), "COLUMN_NAME"));
        for (ResultSet none : List.of(m.getPrimaryKeys(null, "main_shop", "kinds"), m.getImportedKeys(null, "main_shop", "orders"), m.getIndexInfo(null, "main_shop", "kinds", false, true),
                m.getProcedures(null, null, null), m.getProcedureColumns(null, null, null, null),
                m.getFunctionColumns(null, null, null, null), m.getUDTs(null, null, null, null)))
            same("nothing of the kind", "", values(none));
        same("functions", "array_in;array_recv", values(m.getFunctions(null, null, null), "FUNCTION_NAME"));
        String types = values(m.getTypeInfo(), "TYPE_NAME", "DATA_TYPE");
        for (String type : List.of("int8,-5", "numeric,2", "timestamptz,93", "text,12", "_int4,2003")) if (!types.contains(type)) throw new AssertionError(types);
        if (!values(m.getTableTypes(), "TABLE_TYPE").contains("VIEW")) throw new AssertionError("table types");
        values(m.getTablePrivileges(null, "main_shop", "orders"), "PRIVILEGE");
        values(m.getColumnPrivileges(null, "main_shop", "orders", "id"), "PRIVILEGE");
        values(m.getVersionColumns(null, "main_shop", "orders"), "COLUMN_NAME");
        values(m.getClientInfoProperties(), "NAME");
        for (String words : List.of(m.getSQLKeywords(), m.getNumericFunctions(), m.getSystemFunctions(), m.getUserName())) if (words.isEmpty()) throw new AssertionError("words");
        if (m.getMaxColumnNameLength() < 1 || m.getDefaultTransactionIsolation() != Connection.TRANSACTION_REPEATABLE_READ) throw new AssertionError("limits: " + m.getDefaultTransactionIsolation());
    }

    static void types(Connection c) throws SQLException {
        for (int round = 0; round < 7; round++) { // from the fifth on it is a prepared statement of the server's, in binary
            try (PreparedStatement s = c.prepareStatement("SELECT ?::boolean, ?::smallint, ?::int, ?::bigint, ?::real, ?::double precision, ?::numeric, ?::text, ?::date, ?::timestamp, ?::uuid, ?::bytea, ?::timestamptz, ?::time")) {
                UUID id = UUID.fromString("c0ffee00-0000-4000-8000-000000000001");
                s.setBoolean(1, true); s.setShort(2, (short) 2); s.setInt(3, 3); s.setLong(4, 4L); s.setFloat(5, 1.5f); s.setDouble(6, 0.1);
                s.setBigDecimal(7, new BigDecimal("12.50")); s.setString(8, "it's é"); s.setDate(9, java.sql.Date.valueOf("2020-02-29"));
                s.setTimestamp(10, Timestamp.valueOf("2020-02-29 10:11:12.5")); s.setObject(11, id); s.setBytes(12, new byte[] {0, (byte) 255});
                s.setObject(13, java.time.OffsetDateTime.parse("2020-02-29T10:11:12Z")); s.setObject(14, java.time.LocalTime.parse("10:11:12"));
                try (ResultSet r = s.executeQuery()) {
                    r.next();
                    List<Object> got = new ArrayList<>();
                    for (int i = 1; i <= 11; i++) got.add(r.getObject(i));
                    same("types", List.of(true, 2, 3, 4L, 1.5f, 0.1, new BigDecimal("12.500"), "it's é", java.sql.Date.valueOf("2020-02-29"), Timestamp.valueOf("2020-02-29 10:11:12.5"), id), got);
                    same("bytes", "[0, -1]", Arrays.toString(r.getBytes(12)));
                    same("time with zone", java.time.Instant.parse("2020-02-29T10:11:12Z"), r.getObject(13, java.time.OffsetDateTime.class).toInstant());
                    same("time", java.time.LocalTime.parse("10:11:12"), r.getObject(14, java.time.LocalTime.class));
                }
                s.setNull(4, Types.BIGINT); s.setNull(8, Types.VARCHAR);
                try (ResultSet r = s.executeQuery()) { r.next(); r.getLong(4); same("null", true, r.wasNull()); same("null", null, r.getString(8)); }
            }
            try (PreparedStatement s = c.prepareStatement("SELECT ?::bigint[] AS a, ['a', NULL] AS b")) {
                s.setArray(1, c.createArrayOf("bigint", new Object[] {1L, null, 3L}));
                try (ResultSet r = s.executeQuery()) {
                    r.next();
                    same("array", "[1, null, 3]", Arrays.toString((Object[]) r.getArray(1).getArray()));
                    same("array", "[a, null]", Arrays.toString((Object[]) r.getArray(2).getArray()));
                }
            }
            try (PreparedStatement s = c.prepareStatement("SELECT note FROM main_shop.orders WHERE id = ? AND amount > ?")) {
                s.setInt(1, 2); s.setInt(2, 1);
                same("parameters that say nothing of their types", "it's", values(s.executeQuery(), "note"));
            }
        }
    }

    static void flow(Connection c) throws Exception {
        c.setAutoCommit(false);
        try (Statement s = c.createStatement()) {
            s.setFetchSize(1000);
            long n = 0;
            try (ResultSet r = s.executeQuery("SELECT range AS id, 'x' || range AS t FROM range(10500)")) { while (r.next()) if (r.getLong(1) != n++) throw new AssertionError(n); }
            same("rows over a portal", 10500L, n);
        }
        Savepoint before = c.setSavepoint("before");
        try (Statement s = c.createStatement()) {
            s.executeQuery("SELECT nothing FROM main_shop.orders");
            throw new AssertionError("no error");
        } catch (SQLException e) { same("state", "42703", e.getSQLState()); }
        try (Statement s = c.createStatement()) {
            s.executeQuery("SELECT 1");
            throw new AssertionError("no error");
        } catch (SQLException e) { same("state", "25P02", e.getSQLState()); }
        c.rollback(before);
        same("after the savepoint", "3", values(c.createStatement().executeQuery("SELECT count(*) AS n FROM main_shop.orders"), "n"));
        c.commit();
        c.setAutoCommit(true);
        c.setReadOnly(true);
        same("reading", "3", values(c.createStatement().executeQuery("SELECT count(*) AS n FROM main_shop.orders"), "n"));
        c.setReadOnly(false);
        try (Statement s = c.createStatement()) {
            same("several statements", true, s.execute("SELECT 1 AS a; SELECT 2 AS b"));
            same("the second", true, s.getMoreResults());
            same("the second", "2", values(s.getResultSet(), "b"));
        }
        cancelled(c);
        try (Statement s = c.createStatement()) {
            s.setQueryTimeout(1);
            s.executeQuery("SELECT count(*) FROM range(10000000) a, range(1000000) b WHERE a.range + b.range = -1");
            throw new AssertionError("no error");
        } catch (SQLException e) { same("timeout", "57014", e.getSQLState()); }
        same("still there", true, c.isValid(5));
    }

    static void cancelled(Connection c) throws Exception {
        try (Statement s = c.createStatement()) {
            Thread canceller = new Thread(() -> {
                try {
                    for (int i = 0; i < 100; i++) { Thread.sleep(50); s.cancel(); }
                } catch (SQLException | InterruptedException e) { return; }
            });
            canceller.start();
            try {
                s.executeQuery("SELECT count(*) FROM range(10000000) a, range(1000000) b WHERE a.range + b.range = -1");
                throw new AssertionError("no error");
            } catch (SQLException e) { same("cancelled", "57014", e.getSQLState()); }
            canceller.interrupt();
            canceller.join();
        }
    }

    static void batches(Connection c) throws SQLException {
        try (Statement s = c.createStatement()) { s.execute("CREATE TABLE main_shop.batch (id BIGINT, name VARCHAR)"); }
        try (PreparedStatement s = c.prepareStatement("INSERT INTO main_shop.batch VALUES (?, ?)")) {
            for (long i = 0; i < 20; i++) { s.setLong(1, i); s.setString(2, "n" + i); s.addBatch(); }
            same("batch", 20, s.executeBatch().length);
        }
        same("rows of the batch", "20,190", values(c.createStatement().executeQuery("SELECT count(*) AS n, sum(id) AS s FROM main_shop.batch"), "n", "s"));
        try (Statement s = c.createStatement()) {
            s.addBatch("DELETE FROM main_shop.batch WHERE id > 9");
            s.addBatch("DELETE FROM main_shop.nothing");
            s.executeBatch();
            throw new AssertionError("no error");
        } catch (BatchUpdateException e) { same("state", "42P01", e.getSQLState()); }
        try (Statement s = c.createStatement()) { s.execute("DROP TABLE main_shop.batch"); }
    }

    public static void main(String[] args) throws Exception {
        for (String more : List.of("", "?preferQueryMode=simple", "?binaryTransfer=true&prepareThreshold=1")) {
            try (Connection c = open(args, more)) {
                metadata(c, args[1]);
                types(c);
                if (!more.contains("simple")) flow(c);
            }
        }
        try (Connection c = open(args, "")) { batches(c); }
        System.out.println("pgjdbc agrees");
    }
}
