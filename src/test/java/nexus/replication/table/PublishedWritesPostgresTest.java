package nexus.replication.table;

import static nexus.testkit.TestPostgres.execute;
import static nexus.testkit.TestPostgres.query;
import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import nexus.replication.CapturingProcess;
import nexus.replication.publisher.TablePublisherPostgresTest;
import nexus.testkit.Eventually;
import nexus.testkit.TestPostgres;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** No setting of a table or of an administrator's publication makes the user's writes fail while Nexus captures. */
class PublishedWritesPostgresTest {
    private static final int VERSION = TestPostgres.version();
    private static final String GENERATED = "g int GENERATED ALWAYS AS (a * 2) ";

    private final String url = TestPostgres.freshStore();

    @AfterEach
    void freeTheSlot() {
        CapturingProcess.dropSlot(url);
    }

    /** Name of the table, its columns, and what is done to it then; {@code ?} is its name. */
    private static Map<String, List<String>> tables() {
        Map<String, List<String>> tables = new LinkedHashMap<>();
        List<String> kinds = new ArrayList<>(List.of("none", "stored", "inkey"));
        if (VERSION >= 18) {
            kinds.add("virtual");
        }
        for (String kind : kinds) {
            String extra =
                    switch (kind) {
                        case "stored" -> ", " + GENERATED + "STORED";
                        case "virtual" -> ", " + GENERATED + "VIRTUAL";
                        case "inkey" -> ", k int NOT NULL GENERATED ALWAYS AS (id * 2) STORED";
                        default -> "";
                    };
            String key = kind.equals("inkey") ? "k" : "id";
            String columns = "id int NOT NULL, a int, b int NOT NULL" + extra;
            String keyed = columns + ", CONSTRAINT ?_key PRIMARY KEY (" + key + ")";
            tables.put("keyed_" + kind, List.of(keyed));
            tables.put("full_" + kind, List.of(keyed, "ALTER TABLE ? REPLICA IDENTITY FULL"));
            tables.put("keyless_full_" + kind, List.of(columns, "ALTER TABLE ? REPLICA IDENTITY FULL"));
            tables.put("nothing_" + kind, List.of(keyed, "ALTER TABLE ? REPLICA IDENTITY NOTHING"));
            tables.put(
                    "indexed_" + kind,
                    List.of(
                            columns,
                            "CREATE UNIQUE INDEX ?_index ON ? (" + key + ", b)",
                            "ALTER TABLE ? REPLICA IDENTITY USING INDEX ?_index"));
            tables.put("deferrable_" + kind, List.of(columns + ", PRIMARY KEY (" + key + ") DEFERRABLE"));
        }
        return tables;
    }

    private void make(String name, List<String> definition) {
        execute(url, ("CREATE TABLE ? (" + definition.getFirst() + ")").replace("?", name));
        definition.stream().skip(1).forEach(sql -> execute(url, sql.replace("?", name)));
    }

    @Test
    void everyWriteGoesOnWithPublicationsThatLeaveGeneratedColumnsOut() {
        tables().forEach(this::make);
        tables().forEach((name, definition) -> make("admins_" + name, definition));
        String admins = String.join(
                ", ", tables().keySet().stream().map(name -> "admins_" + name).toList());
        execute(
                url,
                "CREATE PUBLICATION nexus FOR TABLE " + admins,
                "CREATE PUBLICATION nexus_inserts WITH (publish = 'insert, truncate')");
        try (CapturingProcess process = new CapturingProcess(url, "pg.public.*.*").streaming()) {
            everyWriteSucceeds(
                    process,
                    query(
                            url,
                            "SELECT relname FROM pg_class WHERE relkind = 'r'"
                                    + " AND relnamespace = 'public'::regnamespace ORDER BY 1"));
        }
    }

    @Test
    void everyWriteGoesOnWithColumnListsAndRowFilters() {
        if (VERSION < 15) {
            execute(url, "CREATE PUBLICATION nexus", "CREATE PUBLICATION nexus_inserts WITH (publish = 'insert')");
        }
        List<String> restrictions = VERSION >= 15
                ? List.of("", " (id, a)", " (a)", " WHERE (a > 0)", " (id, b) WHERE (id > 0)", " WHERE (b > 0)")
                : List.of("");
        List<String> members = new ArrayList<>();
        for (int i = 0; i < restrictions.size(); i++) {
            String columns = "id int NOT NULL, a int, b int NOT NULL";
            make("keyed" + i, List.of(columns + ", PRIMARY KEY (id)"));
            make("keyless" + i, List.of(columns));
            make("whole" + i, List.of(columns, "ALTER TABLE ? REPLICA IDENTITY FULL"));
            for (String name : List.of("keyed", "keyless", "whole")) {
                members.add(name + i + restrictions.get(i));
            }
        }
        if (VERSION >= 15) {
            execute(
                    url,
                    "CREATE PUBLICATION nexus FOR TABLE " + String.join(", ", members),
                    "CREATE PUBLICATION nexus_inserts WITH (publish = 'insert, truncate')");
        }
        try (CapturingProcess process = new CapturingProcess(url, "pg.public.*.*").streaming()) {
            everyWriteSucceeds(
                    process,
                    query(
                            url,
                            "SELECT relname FROM pg_class WHERE relkind = 'r'"
                                    + " AND relnamespace = 'public'::regnamespace ORDER BY 1"));
            if (VERSION >= 15) { // what the administrator held back stays so
                assertThat(query(url, """
                        SELECT count(*) FROM nexus.event
                        WHERE type = 'pg.public.keyless1.insert'
                          AND convert_from(body, 'UTF8')::jsonb #> '{payload,data,record}' ? 'b'""")).containsExactly("0");
            }
        }
    }

    @Test
    void everyWriteGoesOnAgainAfterATableWasAltered() {
        execute(
                url,
                "CREATE TABLE toggled (id int PRIMARY KEY, a int, g int GENERATED ALWAYS AS (a * 2) STORED)",
                "CREATE TABLE grown (id int PRIMARY KEY, a int)",
                "ALTER TABLE grown REPLICA IDENTITY FULL",
                "CREATE TABLE unkeyed (id int CONSTRAINT unkeyed_key PRIMARY KEY, a int)",
                "CREATE TABLE unindexed (id int NOT NULL, a int)",
                "CREATE UNIQUE INDEX unindexed_index ON unindexed (id)",
                "ALTER TABLE unindexed REPLICA IDENTITY USING INDEX unindexed_index",
                "CREATE PUBLICATION nexus",
                "CREATE PUBLICATION nexus_inserts WITH (publish = 'insert, truncate')");
        List<String> all = List.of("grown", "toggled", "unindexed", "unkeyed");
        try (CapturingProcess process = new CapturingProcess(url, "pg.public.*.*").streaming()) {
            everyWriteSucceeds(process, all);
            execute(
                    url,
                    "ALTER TABLE toggled REPLICA IDENTITY FULL",
                    "ALTER TABLE grown ADD COLUMN g int GENERATED ALWAYS AS (a * 2) STORED",
                    "ALTER TABLE unkeyed DROP CONSTRAINT unkeyed_key",
                    "DROP INDEX unindexed_index");
            everyWriteSucceeds(process, all);
        }
    }

    /** Within the guardian's interval, and then for good; capture goes on. */
    private void everyWriteSucceeds(CapturingProcess process, List<String> tables) {
        for (String table : tables) {
            Eventually.eventually(
                    table + " can be written", () -> failures(table).isEmpty());
        }
        assertThat(tables.stream().flatMap(table -> failures(table).stream()).toList())
                .isEmpty();
        process.intake.batches.set(0);
        execute(url, "CREATE TABLE IF NOT EXISTS marker (id int PRIMARY KEY)");
        Eventually.eventually("the marker is published", () -> query(url, TablePublisherPostgresTest.MEMBERS)
                .contains("nexus|marker"));
        String marker = String.valueOf(System.nanoTime() % 1_000_000_000);
        execute(url, "INSERT INTO marker VALUES (" + marker + ")");
        Eventually.eventually(
                "capture goes on", () -> CapturingProcess.stored(url).contains("pg.public.marker.insert " + marker));
        for (String table : tables) {
            assertThat(CapturingProcess.stored(url))
                    .as(table)
                    .anyMatch(event -> event.startsWith("pg.public." + table + ".insert"));
        }
    }

    private List<String> failures(String table) {
        List<String> failures = new ArrayList<>();
        String columns = query(
                                url,
                                "SELECT count(*) FROM pg_attribute WHERE attname = 'b' AND attrelid = '" + table
                                        + "'::regclass")
                        .contains("1")
                ? "(id, a, b) VALUES (1, 1, 1)"
                : "(id, a) VALUES (1, 1)";
        try (Connection connection = TestPostgres.connect(url);
                Statement statement = connection.createStatement()) {
            for (String sql : List.of(
                    "INSERT INTO " + table + " " + columns, "UPDATE " + table + " SET a = 2", "DELETE FROM " + table)) {
                try {
                    statement.execute(sql);
                } catch (SQLException e) {
                    failures.add(sql + ": " + e.getMessage());
                }
            }
            if (!failures.isEmpty()) {
                statement.execute("TRUNCATE " + table);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        return failures;
    }
}
