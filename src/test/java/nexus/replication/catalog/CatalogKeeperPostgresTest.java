package nexus.replication.catalog;

import static nexus.replication.CapturingProcess.stored;
import static nexus.testkit.TestPostgres.execute;
import static nexus.testkit.TestPostgres.query;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import nexus.replication.CapturingProcess;
import nexus.testkit.Eventually;
import nexus.testkit.TestPostgres;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What an event is called is what its table was called, and part of, when it was written. */
class CatalogKeeperPostgresTest {
    private final String url = TestPostgres.freshStore();

    @AfterEach
    void freeTheSlot() {
        if (!query(url, "SELECT 1 FROM pg_replication_slots WHERE slot_name = '" + CapturingProcess.slot(url) + "'")
                .isEmpty()) {
            CapturingProcess.dropSlot(url);
        }
    }

    private void partitioned(String name) {
        execute(url, "CREATE TABLE " + name + " (id int, day int, PRIMARY KEY (id, day)) PARTITION BY LIST (day)");
    }

    private void isRemembered(String table) {
        Eventually.eventually(table + " is remembered", () -> query(
                        url,
                        "SELECT 1 FROM nexus.source_catalog WHERE kind = 'table' AND description #>> '{name,1}' = '"
                                + table + "'")
                .equals(List.of("1")));
    }

    @Test
    void whatIsDetachedDroppedOrChangedWhileNexusIsAwayIsReadAsItWas() {
        partitioned("sale");
        execute(
                url,
                "CREATE TYPE pair AS (a int, b text)",
                "CREATE TABLE sale_1 PARTITION OF sale FOR VALUES IN (1)",
                "CREATE TABLE holder (id int PRIMARY KEY, p pair)");
        try (CapturingProcess process =
                new CapturingProcess(url, "pg.public.sale.*", "pg.public.holder.*").streaming()) {
            execute(
                    url,
                    "CREATE TABLE sale_2 PARTITION OF sale FOR VALUES IN (2)",
                    "CREATE TABLE sale_3 PARTITION OF sale FOR VALUES IN (3)");
            isRemembered("sale_1");
            isRemembered("sale_2"); // nobody has written to them yet
            isRemembered("sale_3");
            assertThat(process.status.current().gap()).isEmpty();
        }
        execute(
                url,
                "SET synchronous_commit = on",
                "INSERT INTO sale VALUES (1, 1), (2, 2), (3, 3)",
                "INSERT INTO holder VALUES (4, ROW(1, 'x'))",
                "ALTER TYPE pair RENAME ATTRIBUTE b TO c",
                "INSERT INTO holder VALUES (5, ROW(1, 'x'))",
                "ALTER TABLE sale DETACH PARTITION sale_1",
                "ALTER TABLE sale_1 RENAME TO archive",
                "DROP TABLE sale_2",
                "DROP TABLE sale",
                "DROP TABLE holder",
                "DROP TYPE pair");
        try (CapturingProcess process =
                new CapturingProcess(url, "pg.public.sale.*", "pg.public.holder.*").streaming()) {
            process.hasStored(5);
            assertThat(process.status.current().gap()).isEmpty();
        }
        assertThat(stored(url))
                .containsExactly(
                        "pg.public.sale.insert 1",
                        "pg.public.sale.insert 2",
                        "pg.public.sale.insert 3",
                        "pg.public.holder.insert 4",
                        "pg.public.holder.insert 5");
        assertThat(query(
                        url,
                        "SELECT convert_from(body, 'UTF8')::jsonb #>> '{payload,data,record,p}' FROM nexus.event"
                                + " WHERE type = 'pg.public.holder.insert' ORDER BY seq"))
                .first()
                .isEqualTo("{\"a\": 1, \"b\": \"x\"}");
    }

    @Test
    void partitionsThatComeAndGoAtOnceAreTheirRootsOrAGap() {
        partitioned("sale");
        try (CapturingProcess process = new CapturingProcess(url, "pg.public.sale.*").streaming()) {
            isRemembered("sale");
            for (int i = 1; i <= 8; i++) {
                execute(
                        url,
                        "CREATE TABLE sale_" + i + " PARTITION OF sale FOR VALUES IN (" + i + ")",
                        "INSERT INTO sale VALUES (" + i + ", " + i + ")",
                        "ALTER TABLE sale DETACH PARTITION sale_" + i,
                        i % 2 == 0 ? "DROP TABLE sale_" + i : "ALTER TABLE sale_" + i + " RENAME TO archive_" + i);
            }
            process.hasStored(8);
            assertThat(process.status.current().gap()).isEmpty();
        }
        assertThat(stored(url)).hasSize(8).allMatch(event -> event.startsWith("pg.public.sale.insert"));
        partitioned("visit"); // the same columns
        try (CapturingProcess process =
                new CapturingProcess(url, "pg.public.sale.*", "pg.public.visit.*", "nexus.source.*").streaming()) {
            isRemembered("visit");
            execute(
                    url,
                    "BEGIN",
                    "CREATE TABLE sale_9 PARTITION OF sale FOR VALUES IN (9)",
                    "INSERT INTO sale VALUES (9, 9)",
                    "ALTER TABLE sale DETACH PARTITION sale_9",
                    "DROP TABLE sale_9",
                    "COMMIT");
            Eventually.eventually(
                    "the gap is told", () -> process.status.current().gap().isPresent());
            assertThat(process.status.current().gap().orElseThrow().reason())
                    .contains("public.sale_9", "public.sale or public.visit");
            Eventually.eventually("it is an event", () -> query(
                            url, "SELECT count(*) FROM nexus.event WHERE type = 'nexus.source.gap'")
                    .equals(List.of("1")));
            Eventually.eventually("it is recorded", () -> query(url, "SELECT count(*) FROM nexus.source_gap")
                    .equals(List.of("1")));
        }
    }

    @Test
    void newNamesAreNoticedAndATableThatGetsASubscribedNameIsCovered() {
        execute(
                url,
                "CREATE SCHEMA shop",
                "CREATE TABLE shop.orders (id int PRIMARY KEY)",
                "CREATE TABLE shop.later (id int PRIMARY KEY)");
        try (CapturingProcess process =
                new CapturingProcess(url, "pg.shop.orders.*", "pg.store.*.*", "pg.market.*.*").streaming()) {
            execute(url, "INSERT INTO shop.orders VALUES (1)");
            process.hasStored(1);
            execute(url, "ALTER SCHEMA shop RENAME TO store", "CREATE TABLE public.probe (id int PRIMARY KEY)");
            isCovered("store.later");
            Eventually.eventually("the new name is noticed", () -> {
                execute(url, "INSERT INTO store.orders SELECT coalesce(max(id), 0) + 1 FROM store.orders");
                return stored(url).getLast().startsWith("pg.store.orders.insert");
            });
            execute(url, "INSERT INTO store.later VALUES (1)");
            Eventually.eventually(
                    "what was not subscribed to before comes", () -> stored(url).contains("pg.store.later.insert 1"));
            execute(url, "ALTER TABLE public.probe RENAME TO stall", "CREATE SCHEMA market");
            execute(url, "ALTER TABLE public.stall SET SCHEMA market");
            isCovered("market.stall");
            execute(url, "INSERT INTO market.stall VALUES (1)");
            Eventually.eventually("what was moved to a subscribed name comes", () -> stored(url)
                    .contains("pg.market.stall.insert 1"));
        }
    }

    private void isCovered(String table) {
        Eventually.eventually(
                table + " is covered", () -> query(url, "SELECT prrelid::regclass FROM pg_publication_rel")
                        .contains(table));
    }
}
