-- +goose Up
-- When the names of the catalog last changed, by whomever: a row for each name
-- that did, and for each namespace whose properties did, which has no table_name.
-- Transactions end in another order than they begin in, so what a reader has not
-- seen yet is not what has a higher number, but what its last snapshot did not see.
CREATE TABLE tarn_changed_name (
  table_namespace TEXT NOT NULL,
  table_name      TEXT NOT NULL,
  transaction     XID8 NOT NULL,
  PRIMARY KEY (table_namespace, table_name)
);
CREATE INDEX tarn_changed_when ON tarn_changed_name (transaction);

-- Other tools write the catalog under names of their own, which need not know of
-- the table: it is written with the rights of the one who made it. Only that one
-- can make triggers of the functions.
-- +goose StatementBegin
CREATE FUNCTION tarn_name_changed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  note CONSTANT text := format('INSERT INTO %I.tarn_changed_name VALUES ($1, $2, pg_current_xact_id())
    ON CONFLICT (table_namespace, table_name) DO UPDATE SET transaction = excluded.transaction', TG_TABLE_SCHEMA);
  tables CONSTANT boolean := TG_TABLE_NAME = 'iceberg_tables';
BEGIN
  IF TG_OP <> 'INSERT' THEN
    IF tables THEN
      EXECUTE note USING OLD.table_namespace, OLD.table_name;
    ELSE
      EXECUTE note USING OLD.namespace, '';
    END IF;
  END IF;
  IF TG_OP <> 'DELETE' THEN
    IF tables THEN
      EXECUTE note USING NEW.table_namespace, NEW.table_name;
    ELSE
      EXECUTE note USING NEW.namespace, '';
    END IF;
  END IF;
  RETURN NULL;
END $$;
-- +goose StatementEnd
REVOKE ALL ON FUNCTION tarn_name_changed() FROM PUBLIC;

-- A pointer that moves is what is changed most: it is noted by a statement that is
-- planned once, for the schema's name of today.
-- +goose StatementBegin
DO $do$ BEGIN EXECUTE format($create$
CREATE FUNCTION tarn_pointer_moved() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF TG_TABLE_SCHEMA = %1$L THEN
    UPDATE %1$I.tarn_changed_name SET transaction = pg_current_xact_id()
      WHERE table_namespace = NEW.table_namespace AND table_name = NEW.table_name;
    IF FOUND THEN
      RETURN NULL;
    END IF;
  END IF;
  EXECUTE format('INSERT INTO %%I.tarn_changed_name VALUES ($1, $2, pg_current_xact_id())
    ON CONFLICT (table_namespace, table_name) DO UPDATE SET transaction = excluded.transaction', TG_TABLE_SCHEMA)
    USING NEW.table_namespace, NEW.table_name;
  RETURN NULL;
END $$
$create$, current_schema()); END $do$;
-- +goose StatementEnd
REVOKE ALL ON FUNCTION tarn_pointer_moved() FROM PUBLIC;

-- TRUNCATE has no rows.
-- +goose StatementBegin
CREATE FUNCTION tarn_names_truncated() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  EXECUTE format('INSERT INTO %1$I.tarn_changed_name SELECT DISTINCT %2$s, pg_current_xact_id() FROM %1$I.%3$I
    ON CONFLICT (table_namespace, table_name) DO UPDATE SET transaction = excluded.transaction',
    TG_TABLE_SCHEMA, CASE TG_TABLE_NAME WHEN 'iceberg_tables' THEN 'table_namespace, table_name' ELSE 'namespace, ''''' END, TG_TABLE_NAME);
  RETURN NULL;
END $$;
-- +goose StatementEnd
REVOKE ALL ON FUNCTION tarn_names_truncated() FROM PUBLIC;

CREATE TRIGGER tarn_changed AFTER INSERT OR DELETE ON iceberg_tables FOR EACH ROW EXECUTE FUNCTION tarn_name_changed();
CREATE TRIGGER tarn_moved AFTER UPDATE ON iceberg_tables FOR EACH ROW
  WHEN ((OLD.table_namespace, OLD.table_name) = (NEW.table_namespace, NEW.table_name)) EXECUTE FUNCTION tarn_pointer_moved();
CREATE TRIGGER tarn_renamed AFTER UPDATE ON iceberg_tables FOR EACH ROW
  WHEN ((OLD.table_namespace, OLD.table_name) <> (NEW.table_namespace, NEW.table_name)) EXECUTE FUNCTION tarn_name_changed();
CREATE TRIGGER tarn_truncated BEFORE TRUNCATE ON iceberg_tables FOR EACH STATEMENT EXECUTE FUNCTION tarn_names_truncated();
CREATE TRIGGER tarn_changed AFTER INSERT OR UPDATE OR DELETE ON iceberg_namespace_properties FOR EACH ROW EXECUTE FUNCTION tarn_name_changed();
CREATE TRIGGER tarn_truncated BEFORE TRUNCATE ON iceberg_namespace_properties FOR EACH STATEMENT EXECUTE FUNCTION tarn_names_truncated();
-- What is replicated or restored over it changes it, too.
ALTER TABLE iceberg_tables ENABLE ALWAYS TRIGGER tarn_changed;
ALTER TABLE iceberg_tables ENABLE ALWAYS TRIGGER tarn_moved;
ALTER TABLE iceberg_tables ENABLE ALWAYS TRIGGER tarn_renamed;
ALTER TABLE iceberg_tables ENABLE ALWAYS TRIGGER tarn_truncated;
ALTER TABLE iceberg_namespace_properties ENABLE ALWAYS TRIGGER tarn_changed;
ALTER TABLE iceberg_namespace_properties ENABLE ALWAYS TRIGGER tarn_truncated;

-- +goose Down
