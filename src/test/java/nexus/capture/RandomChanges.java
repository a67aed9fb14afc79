package nexus.capture;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import nexus.event.Operation;
import nexus.testkit.TestPostgres;
import org.jspecify.annotations.Nullable;

/**
 * Transactions of random DDL and DML. What each change must become is asked of PostgreSQL itself, in the same
 * transaction: {@code to_json} of the row, the columns and the replica identity of the moment. Every table has a column
 * {@code n} that tells its rows from each other and never changes.
 */
final class RandomChanges {
    /** Rows of partitions are apart by their {@code id}; every table's rows stay in one such stretch. */
    private static final int STRETCH = 100_000;

    private static final int SHOWN = 40;

    private static final Pattern STRETCH_OF = Pattern.compile("FROM \\((\\d+)\\)");

    private static final String SETUP = """
            CREATE EXTENSION hstore;
            CREATE EXTENSION citext;
            CREATE SCHEMA "Größe.1";
            CREATE TYPE mood AS ENUM ('sad', 'so "so"', 'very, happy', '', 'NULL');
            CREATE TYPE humour AS ENUM ('sad', 'so "so"', 'very, happy', '', 'NULL');
            CREATE DOMAIN positive AS int CHECK (value > 0);
            CREATE DOMAIN "even More" AS positive;
            CREATE TYPE pair AS (a int, "b ""c" text);
            CREATE DOMAIN pair_of_domain AS pair;
            CREATE TYPE deep AS (p pair, ps pair[], m humour, j jsonb, at timestamptz);
            CREATE TYPE textrange AS RANGE (subtype = text);
            CREATE DOMAIN bag AS hstore;
            CREATE PUBLICATION changes WITH (publish = 'insert, update, delete, truncate'%1$s);
            CREATE PUBLICATION inserts FOR ALL TABLES WITH (publish = 'insert, truncate'%1$s);
            CREATE SCHEMA oracle;
            CREATE FUNCTION oracle.shape(type oid) RETURNS text STABLE LANGUAGE sql AS $$
                WITH RECURSIVE part (oid) AS (
                    SELECT type
                    UNION
                    SELECT one.oid FROM part JOIN pg_type t ON t.oid = part.oid CROSS JOIN LATERAL (
                        SELECT t.typbasetype UNION SELECT t.typelem
                        UNION SELECT a.atttypid FROM pg_attribute a
                              WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped) one (oid)
                    WHERE one.oid <> 0)
                SELECT string_agg(part.oid || ':' || (
                           SELECT coalesce(string_agg(a.attname || ' ' || a.atttypid, ',' ORDER BY a.attnum), '')
                           FROM pg_attribute a
                           WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped), ';' ORDER BY part.oid)
                FROM part JOIN pg_type t ON t.oid = part.oid $$""";

    private static final String TABLES = """
            SELECT c.oid, format('%I.%I', s.nspname, c.relname) AS sql, c.relkind = 'p' AS partitioned,
                   coalesce(pg_partition_root(c.oid)::oid, c.oid) AS root,
                   coalesce(pg_get_expr(c.relpartbound, c.oid), '') AS bound
            FROM pg_class c JOIN pg_namespace s ON s.oid = c.relnamespace
            WHERE s.nspname IN ('public', 'Größe.1') AND c.relkind IN ('r', 'p') ORDER BY c.oid""";

    private static final String COLUMNS = """
            SELECT a.attname, quote_ident(a.attname) AS sql, a.atttypid::bigint AS type,
                   format_type(a.atttypid, a.atttypmod) AS type_sql, a.attgenerated,
                   a.attnum = ANY (coalesce(CASE c.relreplident
                       WHEN 'n' THEN NULL
                       WHEN 'f' THEN NULL
                       ELSE (SELECT i.indkey::int2[] FROM pg_index i WHERE i.indrelid = c.oid AND i.indimmediate
                             AND CASE c.relreplident WHEN 'i' THEN i.indisreplident ELSE i.indisprimary END)
                       END, '{}')) AS in_identity,
                   CASE WHEN a.atttypid >= 16384 THEN oracle.shape(a.atttypid) ELSE '' END AS shape
            FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
            WHERE a.attrelid = %d AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum""";

    private static final String TABLE = """
            SELECT s.nspname, c.relname, c.relreplident = 'f' AS is_full,
                   c.relreplident = 'f' AND NOT EXISTS (
                       SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attgenerated = 'v') OR EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indimmediate
                       AND CASE c.relreplident WHEN 'd' THEN i.indisprimary
                           WHEN 'i' THEN i.indisreplident ELSE false END) AS has_identity,
                   EXISTS (SELECT FROM pg_publication_tables p WHERE p.pubname = 'changes'
                           AND p.schemaname = s.nspname AND p.tablename = c.relname) AS in_changes
            FROM pg_class c JOIN pg_namespace s ON s.oid = c.relnamespace WHERE c.oid = %d""";

    private final Connection connection;
    private final Random random;
    private final List<String> history = new ArrayList<>();
    private List<ExpectedChange> changes = new ArrayList<>();
    private int counter;

    RandomChanges(Connection connection, Random random) throws SQLException {
        this.connection = connection;
        this.random = random;
        execute(SETUP.formatted(TestPostgres.version() >= 18 ? ", publish_generated_columns = stored" : ""));
        for (int i = 0; i < 3; i++) {
            createTable();
        }
        createPartitioned();
        changes.clear();
    }

    private record Table(long oid, String sql, boolean partitioned, long root, String bound) {
        boolean isPartition() {
            return root != oid;
        }

        int stretch() {
            Matcher matcher = STRETCH_OF.matcher(bound);
            return matcher.find() ? Integer.parseInt(matcher.group(1)) : 0;
        }
    }

    /** The last statements up to that place. */
    String history(int place) {
        int to = Math.min(place, history.size());
        return String.join(";\n", history.subList(Math.max(0, to - SHOWN), to));
    }

    /** Runs one transaction; the answer is what must come of it. */
    List<ExpectedChange> transaction() throws SQLException {
        changes = new ArrayList<>();
        connection.setAutoCommit(false);
        history.add("BEGIN");
        int steps = 1 + random.nextInt(5);
        for (int i = 0; i < steps; i++) {
            if (random.nextInt(6) == 0) {
                subtransaction();
            } else {
                step();
            }
        }
        if (random.nextInt(12) == 0) {
            history.add("ROLLBACK");
            connection.rollback();
            changes = new ArrayList<>();
        } else {
            history.add("COMMIT");
            connection.commit();
        }
        connection.setAutoCommit(true);
        return changes;
    }

    private void subtransaction() throws SQLException {
        Savepoint savepoint = connection.setSavepoint();
        history.add("SAVEPOINT s");
        int mark = changes.size();
        int steps = 1 + random.nextInt(3);
        for (int i = 0; i < steps; i++) {
            step();
        }
        if (random.nextBoolean()) {
            history.add("ROLLBACK TO SAVEPOINT s");
            connection.rollback(savepoint);
            changes = new ArrayList<>(changes.subList(0, mark));
        } else {
            history.add("RELEASE SAVEPOINT s");
            connection.releaseSavepoint(savepoint);
        }
    }

    private void step() throws SQLException {
        int kind = random.nextInt(100);
        if (kind < 32) {
            insert();
        } else if (kind < 62) {
            update();
        } else if (kind < 70) {
            delete();
        } else if (kind < 72) {
            truncate();
        } else if (kind < 78) {
            addColumn();
        } else if (kind < 82) {
            alterColumn();
        } else if (kind < 88) {
            changeIdentity();
        } else if (kind < 92) {
            renameTable();
        } else if (kind < 94) {
            recreateTable();
        } else if (kind < 98) {
            changePartitions();
        } else {
            changeType();
        }
    }

    // rows

    private void insert() throws SQLException {
        Table table = pick(tables().stream().filter(one -> !one.partitioned).toList());
        String into = table.sql;
        if (table.isPartition() && random.nextBoolean()) {
            into = byOid(table.root).sql;
        }
        int n = ++counter;
        Map<String, String> values = new LinkedHashMap<>();
        for (Column column : columns(table.oid)) {
            if (column.name().equals("n") || column.name().equals("id")) {
                values.put(column.sql(), Integer.toString(column.name().equals("n") ? n : table.stretch() + n));
            } else if (column.name().equals("k")) {
                values.put(column.sql(), "'key " + n + "'");
            } else if (!column.isGenerated() && random.nextInt(4) > 0) {
                values.put(column.sql(), value(column.typeSql()));
            }
        }
        execute("INSERT INTO " + into + " (" + String.join(", ", values.keySet()) + ") VALUES ("
                + String.join(", ", values.values()) + ")");
        note(Operation.INSERT, table, null, row(table, n), Set.of());
    }

    private void update() throws SQLException {
        Table table = pick(tables().stream().filter(one -> !one.partitioned).toList());
        List<Integer> rows = numbers("SELECT n FROM " + table.sql + " ORDER BY n");
        if (rows.isEmpty()) {
            insert();
            return;
        }
        int n = pick(rows);
        Map<String, String> sets = new LinkedHashMap<>();
        Set<String> untouched = new LinkedHashSet<>();
        List<Table> siblings = tables().stream()
                .filter(one -> one.isPartition() && one.root == table.root && one.oid != table.oid)
                .toList();
        boolean moves = table.isPartition() && !siblings.isEmpty() && random.nextInt(5) == 0;
        Table target = moves ? pick(siblings) : table;
        for (Column column : columns(table.oid)) {
            if (column.name().equals("id") && (moves || random.nextInt(8) == 0)) {
                sets.put(column.sql(), Integer.toString(target.stretch() + ++counter));
            } else if (column.name().equals("k") && random.nextInt(8) == 0) {
                sets.put(column.sql(), "'other key " + ++counter + "'");
            } else if (!Set.of("n", "id", "k").contains(column.name())
                    && !column.isGenerated()
                    && random.nextInt(3) == 0) {
                sets.put(column.sql(), value(column.typeSql()));
            } else {
                untouched.add(column.name());
            }
        }
        if (sets.isEmpty()) {
            sets.put("n", "n");
            untouched.add("n");
        }
        ExpectedChange.Row before = row(table, n);
        List<String> assignments = new ArrayList<>();
        sets.forEach((column, value) -> assignments.add(column + " = " + value));
        String which = moves || random.nextBoolean() ? byOid(table.root).sql : table.sql;
        execute("UPDATE " + which + " SET " + String.join(", ", assignments) + " WHERE n = " + n);
        if (moves) {
            note(Operation.DELETE, table, before, null, Set.of());
            note(Operation.INSERT, target, null, row(target, n), Set.of());
        } else {
            note(Operation.UPDATE, table, before, row(table, n), untouched);
        }
    }

    private void delete() throws SQLException {
        Table table = pick(tables().stream().filter(one -> !one.partitioned).toList());
        List<Integer> rows = numbers("SELECT n FROM " + table.sql + " ORDER BY n");
        if (!rows.isEmpty()) {
            int n = pick(rows);
            ExpectedChange.Row before = row(table, n);
            execute("DELETE FROM " + byOid(table.root).sql + " WHERE n = " + n);
            note(Operation.DELETE, table, before, null, Set.of());
        }
    }

    private void truncate() throws SQLException {
        Table table = pick(tables());
        execute("TRUNCATE " + table.sql);
        for (Table one : tables()) {
            if ((one.oid == table.oid && !table.partitioned) || (one.root == table.oid && one.isPartition())) {
                note(Operation.TRUNCATE, one, null, null, Set.of());
            }
        }
    }

    // tables

    private void createTable() throws SQLException {
        String name = "public.t" + ++counter;
        create(name, random.nextInt(4), 2 + random.nextInt(3));
    }

    private void create(String name, int kind, int columns) throws SQLException {
        StringBuilder sql =
                new StringBuilder("CREATE TABLE " + name + " (n int NOT NULL, id int NOT NULL, k text NOT NULL");
        for (int i = 0; i < columns; i++) {
            sql.append(", c").append(++counter).append(' ').append(type());
        }
        switch (kind) {
            case 0 -> sql.append(", PRIMARY KEY (id)");
            case 1 -> sql.append(", PRIMARY KEY (k, id), UNIQUE (k)");
            case 2 -> sql.append(", UNIQUE (k)");
            default -> {
                // no key at all
            }
        }
        execute(sql.append(')').toString());
        if (kind == 3 && random.nextBoolean()) {
            execute("ALTER TABLE " + name + " REPLICA IDENTITY FULL");
        }
        settle();
    }

    private void createPartitioned() throws SQLException {
        execute("CREATE TABLE public.parted (n int NOT NULL, id int NOT NULL PRIMARY KEY, c1 text, c2 " + type()
                + ") PARTITION BY RANGE (id)");
        for (int i = 0; i < 2; i++) {
            addPartition(tables().stream().filter(Table::partitioned).findAny().orElseThrow());
        }
        settle();
    }

    private void addPartition(Table root) throws SQLException {
        int stretch = STRETCH;
        Set<Integer> taken = new LinkedHashSet<>();
        for (Table table : tables()) {
            if (table.isPartition()) {
                taken.add(table.stretch());
            }
        }
        while (taken.contains(stretch)) {
            stretch += STRETCH;
        }
        String name = "public.part" + ++counter;
        String bound = " FOR VALUES FROM (" + stretch + ") TO (" + (stretch + STRETCH) + ")";
        if (random.nextBoolean()) {
            execute("CREATE TABLE " + name + " PARTITION OF " + root.sql + bound);
        } else { // with its columns in another order
            List<String> columns = new ArrayList<>();
            for (Column column : columns(root.oid)) {
                columns.addFirst(column.sql() + " " + column.typeSql()
                        + (Set.of("n", "id").contains(column.name()) ? " NOT NULL" : ""));
            }
            execute("CREATE TABLE " + name + " (" + String.join(", ", columns) + ", PRIMARY KEY (id))");
            execute("ALTER TABLE " + root.sql + " ATTACH PARTITION " + name + bound);
        }
        settle();
    }

    private void changePartitions() throws SQLException {
        Table root = tables().stream().filter(Table::partitioned).findAny().orElseThrow();
        List<Table> parts = tables().stream()
                .filter(one -> one.root == root.oid && one.isPartition())
                .toList();
        if (parts.size() < 2 || random.nextInt(2) == 0) {
            addPartition(root);
        } else if (random.nextBoolean()) {
            execute("DROP TABLE " + pick(parts).sql);
        } else {
            execute("ALTER TABLE " + root.sql + " DETACH PARTITION " + pick(parts).sql);
            settle();
        }
    }

    private void renameTable() throws SQLException {
        Table table = pick(tables());
        if (random.nextInt(4) == 0) {
            String schema = table.sql.startsWith("public.") ? "\"Größe.1\"" : "public";
            execute("ALTER TABLE " + table.sql + " SET SCHEMA " + schema);
        } else {
            String name = random.nextBoolean() ? "r" + ++counter : "\"Tab \"\"é\"\".le " + ++counter + "\"";
            execute("ALTER TABLE " + table.sql + " RENAME TO " + name);
        }
    }

    private void recreateTable() throws SQLException {
        List<Table> plain = plain();
        Table table = pick(plain);
        execute("DROP TABLE " + table.sql);
        create(table.sql, random.nextInt(4), 1 + random.nextInt(4));
    }

    private void changeIdentity() throws SQLException {
        Table table = pick(tables().stream().filter(one -> !one.partitioned).toList());
        switch (random.nextInt(table.isPartition() ? 2 : 5)) {
            case 0 -> execute("ALTER TABLE " + table.sql + " REPLICA IDENTITY FULL");
            case 1 -> execute("ALTER TABLE " + table.sql + " REPLICA IDENTITY DEFAULT");
            case 2 -> {
                out(table);
                execute("ALTER TABLE " + table.sql + " REPLICA IDENTITY NOTHING");
            }
            case 3 -> {
                List<String> unique = texts("SELECT format('%I', c.relname) FROM pg_index i"
                        + " JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = " + table.oid
                        + " AND i.indisunique AND NOT i.indisprimary");
                if (!unique.isEmpty()) {
                    execute("ALTER TABLE " + table.sql + " REPLICA IDENTITY USING INDEX " + unique.getFirst());
                }
            }
            default -> {
                List<String> keys = texts("SELECT format('%I', conname) FROM pg_constraint WHERE contype = 'p'"
                        + " AND conrelid = " + table.oid);
                if (keys.isEmpty()) {
                    execute("ALTER TABLE " + table.sql + " ADD PRIMARY KEY (id)");
                } else {
                    execute("ALTER TABLE " + table.sql + " DROP CONSTRAINT " + keys.getFirst());
                }
            }
        }
        settle();
    }

    private void out(Table table) throws SQLException {
        if (texts("SELECT 1 FROM pg_publication_rel r JOIN pg_publication p ON p.oid = r.prpubid"
                                + " WHERE p.pubname = 'changes' AND r.prrelid = " + table.oid)
                        .size()
                == 1) {
            execute("ALTER PUBLICATION changes DROP TABLE " + table.sql);
        }
    }

    /** As Nexus does it: only tables with an identity are published for updates, for the others would fail. */
    private void settle() throws SQLException {
        for (Table table : tables()) {
            if (!table.isPartition()) {
                boolean wanted = table.partitioned || describe(table).hasIdentity;
                boolean is = texts("SELECT 1 FROM pg_publication_rel r JOIN pg_publication p ON p.oid = r.prpubid"
                                        + " WHERE p.pubname = 'changes' AND r.prrelid = " + table.oid)
                                .size()
                        == 1;
                if (wanted != is) {
                    execute("ALTER PUBLICATION changes " + (wanted ? "ADD" : "DROP") + " TABLE " + table.sql);
                }
            } else {
                out(table);
            }
        }
    }

    // columns and types

    private void addColumn() throws SQLException {
        List<Table> roots = tables().stream().filter(one -> !one.isPartition()).toList();
        Table table = pick(roots);
        String name = random.nextInt(4) == 0 ? "\"Ä c\"\"x " + ++counter + "\"" : "c" + ++counter;
        if (!table.partitioned && random.nextInt(6) == 0) {
            String kind = TestPostgres.version() >= 18 && random.nextBoolean() ? "VIRTUAL" : "STORED";
            execute("ALTER TABLE " + table.sql + " ADD COLUMN " + name + " int GENERATED ALWAYS AS (n * 2) " + kind);
            settle();
            return;
        }
        String type = random.nextInt(8) == 0 ? freshType() : type();
        String standard = random.nextInt(3) == 0 ? " DEFAULT " + value(type) : "";
        execute("ALTER TABLE " + table.sql + " ADD COLUMN " + name + " " + type + standard);
    }

    private void alterColumn() throws SQLException {
        Table table = pick(tables().stream().filter(one -> !one.isPartition()).toList());
        List<Column> free = columns(table.oid).stream()
                .filter(column -> !Set.of("n", "id", "k").contains(column.name()))
                .toList();
        if (free.isEmpty()) {
            return;
        }
        Column column = pick(free);
        String alter = "ALTER TABLE " + table.sql;
        switch (random.nextInt(4)) {
            case 0 -> {
                execute(alter + " DROP COLUMN " + column.sql());
                settle();
            }
            case 1 -> execute(alter + " RENAME COLUMN " + column.sql() + " TO d" + ++counter);
            default -> {
                if (!column.isGenerated()) {
                    boolean toText = random.nextBoolean();
                    String type = toText ? "text" : type();
                    execute(alter + " ALTER COLUMN " + column.sql() + " DROP DEFAULT, ALTER COLUMN " + column.sql()
                            + " TYPE " + type + " USING " + (toText ? column.sql() + "::text" : "NULL"));
                }
            }
        }
    }

    private String freshType() throws SQLException {
        String name = "tmp" + ++counter;
        if (random.nextBoolean()) {
            execute("CREATE TYPE " + name + " AS ENUM ('x', 'y \"z\"')");
        } else {
            execute("CREATE TYPE " + name + " AS (a int, b text)");
        }
        return random.nextBoolean() ? name : name + "[]";
    }

    private void changeType() throws SQLException {
        List<String> fresh = texts("SELECT typname FROM pg_type WHERE typname LIKE 'tmp%' ORDER BY oid");
        switch (random.nextInt(3)) {
            case 0 -> {
                if (!fresh.isEmpty()) {
                    execute("DROP TYPE " + pick(fresh) + " CASCADE");
                }
            }
            case 1 -> {
                String label = pick(texts("SELECT quote_literal(enumlabel) FROM pg_enum"
                        + " WHERE enumtypid = 'mood'::regtype ORDER BY enumsortorder"));
                execute("ALTER TYPE mood RENAME VALUE " + label + " TO 'mood, \"" + ++counter + "\"'");
            }
            default -> {
                List<String> attributes = texts("SELECT quote_ident(attname) FROM pg_attribute WHERE attrelid ="
                        + " (SELECT typrelid FROM pg_type WHERE typname = 'pair') AND attnum > 0 AND NOT attisdropped");
                switch (attributes.size() > 3 ? 2 : random.nextInt(3)) {
                    case 0 -> execute("ALTER TYPE pair ADD ATTRIBUTE a" + ++counter + " numeric");
                    case 1 -> execute("ALTER TYPE pair RENAME ATTRIBUTE " + pick(attributes) + " TO a" + ++counter);
                    default -> {
                        if (attributes.size() > 1) {
                            execute("ALTER TYPE pair DROP ATTRIBUTE " + attributes.getLast());
                        }
                    }
                }
            }
        }
    }

    private String type() {
        return pick(List.of(
                "int",
                "bigint",
                "numeric",
                "float4",
                "float8",
                "boolean",
                "text",
                "text",
                "text",
                "varchar(40)",
                "char(5)",
                "bytea",
                "json",
                "jsonb",
                "uuid",
                "date",
                "timestamp",
                "timestamptz",
                "timetz",
                "interval",
                "inet",
                "bit(3)",
                "money",
                "xid8",
                "pg_lsn",
                "point",
                "box[]",
                "int4range",
                "tstzrange",
                "int4multirange",
                "tsvector",
                "int[]",
                "text[]",
                "timestamptz[]",
                "jsonb[]",
                "mood",
                "mood[]",
                "positive",
                "\"even More\"",
                "\"even More\"[]",
                "pair",
                "pair[]",
                "pair_of_domain",
                "deep",
                "deep[]",
                "textrange",
                "textrange[]",
                "hstore",
                "hstore[]",
                "bag",
                "citext",
                "citext[]"));
    }

    /** An SQL expression. */
    private String value(String type) {
        if (random.nextInt(8) == 0) {
            return "NULL";
        }
        int i = random.nextInt(1, 10_000);
        if (type.endsWith("[]")) {
            return "ARRAY[" + value(type.substring(0, type.length() - 2)) + ", NULL]::" + type;
        }
        String text = pick(List.of("plain ", "quote \" back \\ , ( ) { } ", "é 😀 ", "NULL", " ", "{}", "(,)")) + i;
        return switch (type) {
            case "integer", "int", "bigint", "numeric", "positive", "\"even More\"" -> i + "::" + type;
            case "real", "float4", "double precision", "float8" -> pick(List.of("'NaN'", "'-Infinity'", i + " / 7.0"));
            case "boolean" -> i % 2 == 0 ? "true" : "false";
            case "text" ->
                random.nextInt(3) == 0
                        ? "(SELECT string_agg(md5(i::text || '" + i + "'), '') FROM generate_series(1, 300) i)"
                        : "'" + text + "'";
            case "citext", "character varying(40)", "varchar(40)" -> "'" + text + "'";
            case "character(5)", "char(5)" -> "'" + i + "'";
            case "bytea" -> "decode(md5('" + i + "'), 'hex')";
            case "json", "jsonb" ->
                pick(List.of("'null'", "'{\"b\": " + i + ",  \"a\" :[1, 2.50]}'", "'\"" + i + "\"'")) + "::" + type;
            case "uuid" -> "md5('" + i + "')::uuid";
            case "date" -> pick(List.of("'infinity'::date", "date '2026-01-31' + " + i));
            case "timestamp", "timestamp without time zone" ->
                "timestamp '2026-01-31 18:20:43.4' + " + i + " * interval '1 s'";
            case "timestamptz", "timestamp with time zone" ->
                pick(List.of("'-infinity'", "'2026-01-31 18:20:43.4+02'")) + "::timestamptz + " + i
                        + " * interval '1 s'";
            case "timetz", "time with time zone" -> "'18:20:43.5-11:30'::timetz";
            case "interval" -> "'1 year -3 days 04:05:06.789'::interval * " + i % 7;
            case "inet" -> "'10.0.0.1'::inet + " + i;
            case "bit(3)" -> "B'101'";
            case "money" -> "money(" + i + ")";
            case "xid8" -> "'" + i + "'::xid8";
            case "pg_lsn" -> "'0/" + i + "'::pg_lsn";
            case "point" -> "point(" + i + ", 'NaN')";
            case "box" -> "box(point(1, " + i + "), point(0, 0))";
            case "int4range" -> "int4range(1, " + (i + 1) + ")";
            case "int4multirange" -> "int4multirange(int4range(1, " + (i + 1) + "), int4range(20000, NULL))";
            case "tstzrange" -> "tstzrange('2026-01-01 10:00+02', NULL)";
            case "tsvector" -> "'a:1A fat:2B ''it''''s'''::tsvector";
            case "mood", "humour" -> "(enum_range(NULL::" + type + "))[" + (1 + i % 5) + "]";
            case "pair", "pair_of_domain" -> "jsonb_populate_record(NULL::pair, '" + pair(i) + "')::" + type;
            case "deep" ->
                "ROW(jsonb_populate_record(NULL::pair, '" + pair(i)
                        + "'), ARRAY[NULL, jsonb_populate_record(NULL::pair, '" + pair(i + 1)
                        + "')], 'x', '{\"k\": \"v \\\" w\"}', '2026-01-31 18:20:43+02')::deep"
                                .replace("'x'", value("humour"));
            case "textrange" -> "textrange('a \"q\" " + i + "', 'b,')";
            case "hstore", "bag" -> "hstore(ARRAY['a', '" + text + "', '" + text + "', NULL])::" + type;
            default -> type.startsWith("tmp") ? "NULL" : throwing(type);
        };
    }

    private static String pair(int i) {
        return "{\"a\": " + i + ", \"b \\\"c\": \"x, \\\"y\\\" (z)\"}";
    }

    private static String throwing(String type) {
        throw new IllegalArgumentException("no value of " + type);
    }

    // what PostgreSQL says of the moment

    private record Column(
            String name, String sql, long type, String typeSql, String generated, boolean isInIdentity, String shape) {
        boolean isGenerated() {
            return !generated.isEmpty();
        }

        boolean isPublished() {
            return !isGenerated() || (TestPostgres.version() >= 18 && generated.equals("s"));
        }
    }

    private record Described(String schema, String name, boolean isFull, boolean hasIdentity, boolean isInChanges) {}

    private void note(
            Operation operation,
            Table table,
            ExpectedChange.@Nullable Row before,
            ExpectedChange.@Nullable Row after,
            Set<String> untouched)
            throws SQLException {
        Described described = describe(table);
        Described root = table.isPartition() ? describe(byOid(table.root)) : described;
        boolean isInsertOrTruncate = operation == Operation.INSERT || operation == Operation.TRUNCATE;
        if (isInsertOrTruncate || described.isInChanges) {
            changes.add(new ExpectedChange(
                    operation,
                    table.oid,
                    List.of(root.schema, root.name),
                    described.schema,
                    described.name,
                    described.isFull,
                    before,
                    after,
                    untouched,
                    history.size()));
        }
    }

    private ExpectedChange.Row row(Table table, int n) throws SQLException {
        List<Column> all = columns(table.oid);
        List<Column> columns = all.stream().filter(Column::isPublished).toList();
        Map<String, String> json = new HashMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT j.key, j.value::text FROM " + table.sql
                        + " t CROSS JOIN LATERAL json_each(to_json(t)) j WHERE n = " + n)) {
            while (rows.next()) {
                json.put(rows.getString(1), rows.getString(2));
            }
        }
        List<String> texts = new ArrayList<>();
        columns.forEach(column -> texts.add("CASE WHEN t." + column.sql() + " IS NOT DISTINCT FROM NULL THEN NULL ELSE"
                + " format('%s', t." + column.sql() + ") END"));
        List<ExpectedChange.Value> values = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT " + String.join(", ", texts) + " FROM " + table.sql + " t WHERE n = " + n)) {
            if (!row.next()) {
                throw new IllegalStateException("no row " + n + " in " + table.sql);
            }
            for (int i = 0; i < columns.size(); i++) {
                Column column = columns.get(i);
                values.add(new ExpectedChange.Value(
                        column.name(),
                        column.type(),
                        column.shape(),
                        column.isInIdentity(),
                        row.getString(i + 1),
                        json.getOrDefault(column.name(), "missing")));
            }
        }
        return new ExpectedChange.Row(
                values,
                all.stream()
                        .filter(column -> !column.isPublished())
                        .map(Column::name)
                        .toList());
    }

    private List<Column> columns(long oid) throws SQLException {
        List<Column> columns = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(COLUMNS.formatted(oid))) {
            while (rows.next()) {
                columns.add(new Column(
                        rows.getString("attname"),
                        rows.getString("sql"),
                        rows.getLong("type"),
                        rows.getString("type_sql"),
                        rows.getString("attgenerated").strip(),
                        rows.getBoolean("in_identity"),
                        rows.getString("shape")));
            }
        }
        return columns;
    }

    private Described describe(Table table) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(TABLE.formatted(table.oid))) {
            row.next();
            return new Described(
                    row.getString("nspname"),
                    row.getString("relname"),
                    row.getBoolean("is_full"),
                    row.getBoolean("has_identity"),
                    row.getBoolean("in_changes"));
        }
    }

    private List<Table> tables() throws SQLException {
        List<Table> tables = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(TABLES)) {
            while (rows.next()) {
                tables.add(new Table(
                        rows.getLong("oid"),
                        rows.getString("sql"),
                        rows.getBoolean("partitioned"),
                        rows.getLong("root"),
                        rows.getString("bound")));
            }
        }
        return tables;
    }

    private List<Table> plain() throws SQLException {
        return tables().stream()
                .filter(one -> !one.partitioned && !one.isPartition())
                .toList();
    }

    private Table byOid(long oid) throws SQLException {
        return tables().stream().filter(one -> one.oid == oid).findAny().orElseThrow();
    }

    private List<Integer> numbers(String sql) throws SQLException {
        return texts(sql).stream().map(Integer::valueOf).toList();
    }

    private List<String> texts(String sql) throws SQLException {
        List<String> texts = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                texts.add(rows.getString(1));
            }
        }
        return texts;
    }

    private void execute(String sql) throws SQLException {
        history.add(sql);
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private <T> T pick(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }
}
