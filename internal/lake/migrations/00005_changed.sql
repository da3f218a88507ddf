-- +goose Up
-- When the names of the catalog last changed, by whomever: a row for each name
-- that did, and for each namespace whose properties did, which has no table_name.
-- Numbers only grow, also over rows that are replaced.
CREATE TABLE tarn_changed_name (
  number          INTEGER PRIMARY KEY AUTOINCREMENT,
  table_namespace TEXT NOT NULL,
  table_name      TEXT NOT NULL,
  UNIQUE (table_namespace, table_name)
);

-- A row is deleted and inserted, as the ON CONFLICT of whoever writes would decide
-- for the trigger, too.
-- +goose StatementBegin
CREATE TRIGGER tarn_table_inserted AFTER INSERT ON iceberg_tables BEGIN
  DELETE FROM tarn_changed_name WHERE table_namespace = new.table_namespace AND table_name = new.table_name;
  INSERT INTO tarn_changed_name (table_namespace, table_name) VALUES (new.table_namespace, new.table_name);
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER tarn_table_deleted AFTER DELETE ON iceberg_tables BEGIN
  DELETE FROM tarn_changed_name WHERE table_namespace = old.table_namespace AND table_name = old.table_name;
  INSERT INTO tarn_changed_name (table_namespace, table_name) VALUES (old.table_namespace, old.table_name);
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER tarn_table_updated AFTER UPDATE ON iceberg_tables BEGIN
  DELETE FROM tarn_changed_name WHERE table_namespace = old.table_namespace AND table_name = old.table_name;
  INSERT INTO tarn_changed_name (table_namespace, table_name) VALUES (old.table_namespace, old.table_name);
  DELETE FROM tarn_changed_name WHERE table_namespace = new.table_namespace AND table_name = new.table_name;
  INSERT INTO tarn_changed_name (table_namespace, table_name) VALUES (new.table_namespace, new.table_name);
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER tarn_namespace_inserted AFTER INSERT ON iceberg_namespace_properties BEGIN
  DELETE FROM tarn_changed_name WHERE table_namespace = new.namespace AND table_name = '';
  INSERT INTO tarn_changed_name (table_namespace, table_name) VALUES (new.namespace, '');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER tarn_namespace_deleted AFTER DELETE ON iceberg_namespace_properties BEGIN
  DELETE FROM tarn_changed_name WHERE table_namespace = old.namespace AND table_name = '';
  INSERT INTO tarn_changed_name (table_namespace, table_name) VALUES (old.namespace, '');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER tarn_namespace_updated AFTER UPDATE OF catalog_name, namespace ON iceberg_namespace_properties BEGIN
  DELETE FROM tarn_changed_name WHERE table_namespace = old.namespace AND table_name = '';
  INSERT INTO tarn_changed_name (table_namespace, table_name) VALUES (old.namespace, '');
  DELETE FROM tarn_changed_name WHERE table_namespace = new.namespace AND table_name = '';
  INSERT INTO tarn_changed_name (table_namespace, table_name) VALUES (new.namespace, '');
END;
-- +goose StatementEnd

-- +goose Down
