package nexus.replication.coverage;

import static nexus.testkit.TestPostgres.await;
import static nexus.testkit.TestPostgres.execute;
import static nexus.testkit.TestPostgres.query;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import nexus.replication.CapturingProcess;
import nexus.replication.publisher.TablePublisherPostgresTest;
import nexus.replication.state.CaptureState;
import nexus.subscription.Subscription;
import nexus.subscription.warning.Warning;
import nexus.testkit.Eventually;
import nexus.testkit.TestPostgres;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a subscription loses while capture goes on: told once, shown until it is over. */
class CoverageWatchPostgresTest {
    private static final String EVENTS = """
            SELECT convert_from(body, 'UTF8')::jsonb #>> '{payload,data,isComplete}',
                   convert_from(body, 'UTF8')::jsonb #>> '{payload,data,losses,0,code}',
                   convert_from(body, 'UTF8')::jsonb #>> '{payload,data,losses,0,table}',
                   convert_from(body, 'UTF8')::jsonb #>> '{payload,data,losses,0,partitions}',
                   convert_from(body, 'UTF8')::jsonb #>> '{payload,data,losses,0,operations}',
                   convert_from(body, 'UTF8')::jsonb #>> '{payload,data,losses,0,fix}'
            FROM nexus.event WHERE type = 'nexus.source.coverage' ORDER BY seq""";

    private final String url = TestPostgres.freshStore();

    @AfterEach
    void freeTheSlot() {
        CapturingProcess.dropSlot(url);
    }

    @Test
    void aLostPrimaryKeyIsToldOnceAndSoIsItsReturn() {
        execute(url, "CREATE TABLE orders (id int CONSTRAINT orders_key PRIMARY KEY, n int)");
        try (CapturingProcess process = new CapturingProcess(url, "user.created", "nexus.**").streaming()) {
            Subscription subscription = process.wanted.change(url, "pg.public.orders.*", "nexus.**");
            assertThat(await(process.publisher.cover(subscription)))
                    .extracting(Warning::code)
                    .containsExactly("old-values-missing");
            execute(url, "ALTER TABLE orders DROP CONSTRAINT orders_key");
            eventsBecome(
                    "false|no-replica-identity|public.orders|[]|[\"update\", \"delete\"]|Add a primary key, or run: ALTER"
                            + " TABLE \"public\".\"orders\" REPLICA IDENTITY FULL;");
            assertThat(await(process.publisher.losses(Set.of(subscription.id())))
                            .get(subscription.id()))
                    .extracting(Warning::code)
                    .containsExactly("no-replica-identity");
            assertThat(process.status.current().notices())
                    .extracting(CaptureState.Notice::code)
                    .containsExactly("coverage");
            execute(
                    url,
                    "INSERT INTO orders VALUES (1, 1)",
                    "UPDATE orders SET n = 2",
                    "ALTER TABLE orders ADD CONSTRAINT orders_key PRIMARY KEY (id)");
            Eventually.eventually("the return is told", () -> query(url, EVENTS).size() == 2);
            assertThat(query(url, EVENTS).getLast()).startsWith("true|null");
            assertThat(await(process.publisher.losses(Set.of(subscription.id()))))
                    .isEmpty();
            Eventually.eventually(
                    "health has no warning any more",
                    () -> process.status.current().notices().isEmpty());
        }
        try (CapturingProcess again = new CapturingProcess(url, "pg.public.orders.*", "nexus.**").streaming()) {
            execute(url, "INSERT INTO orders VALUES (2, 2)");
            again.hasStored(2);
            assertThat(query(url, EVENTS)).hasSize(2);
        }
    }

    @Test
    void whatTheAnswerHasToldIsNoNews() {
        execute(url, "CREATE TABLE keyless (id int)", "CREATE TABLE orders (id int CONSTRAINT k PRIMARY KEY)");
        try (CapturingProcess process = new CapturingProcess(url, "user.created").streaming()) {
            Subscription subscription = process.wanted.change(url, "pg.public.*.update", "nexus.**");
            assertThat(await(process.publisher.cover(subscription)))
                    .extracting(Warning::code)
                    .contains("no-replica-identity");
            execute(url, "ALTER TABLE orders DROP CONSTRAINT k");
            Eventually.eventually(
                    "the second table is told", () -> query(url, EVENTS).size() == 1);
            Eventually.eventually( // it is recorded once the event is stored
                    "both are recorded",
                    () -> await(process.publisher.losses(Set.of(subscription.id())))
                                    .getOrDefault(subscription.id(), List.of())
                                    .size()
                            == 2);
        }
    }

    @Test
    void aPartitionWithoutIdentityDoesNotEndTheUpdatesOfTheOthers() {
        execute(
                url,
                "CREATE TABLE parted (id int NOT NULL, n int) PARTITION BY LIST (id)",
                "CREATE TABLE p1 PARTITION OF parted FOR VALUES IN (1)",
                "CREATE TABLE p2 PARTITION OF parted FOR VALUES IN (2)",
                "ALTER TABLE p1 REPLICA IDENTITY FULL",
                "ALTER TABLE p2 REPLICA IDENTITY FULL",
                "CREATE FOREIGN DATA WRAPPER nowhere",
                "CREATE SERVER nowhere FOREIGN DATA WRAPPER nowhere",
                "CREATE FOREIGN TABLE p9 PARTITION OF parted FOR VALUES IN (9) SERVER nowhere");
        try (CapturingProcess process = new CapturingProcess(url, "pg.public.parted.*", "nexus.**").streaming()) {
            membersBecome("nexus|parted");
            execute(url, "CREATE TABLE p3 PARTITION OF parted FOR VALUES IN (3)");
            membersBecome("nexus|p1", "nexus|p2", "nexus_inserts|parted");
            eventsBecome(
                    "false|no-replica-identity|public.parted|[\"public.p3\"]|[\"update\", \"delete\"]|Add a primary"
                            + " key, or run: ALTER TABLE \"public\".\"p3\" REPLICA IDENTITY FULL;");
            execute(
                    url,
                    "INSERT INTO parted VALUES (1, 0), (2, 0), (3, 0)",
                    "UPDATE parted SET n = 1 WHERE id = 1",
                    "UPDATE parted SET n = 1 WHERE id = 3",
                    "UPDATE parted SET n = 1 WHERE id = 2",
                    "DELETE FROM parted WHERE id = 3",
                    "DELETE FROM parted WHERE id = 2");
            process.hasStored(6);
            execute(url, "ALTER TABLE p3 REPLICA IDENTITY FULL");
            membersBecome("nexus|parted");
            execute(url, "INSERT INTO parted VALUES (3, 5)", "UPDATE parted SET n = 6 WHERE id = 3");
            process.hasStored(8);
        }
        assertThat(CapturingProcess.stored(url))
                .containsExactly(
                        "pg.public.parted.insert 1",
                        "pg.public.parted.insert 2",
                        "pg.public.parted.insert 3",
                        "pg.public.parted.update 1",
                        "pg.public.parted.update 2",
                        "pg.public.parted.delete -",
                        "pg.public.parted.insert 3",
                        "pg.public.parted.update 3");
    }

    private void eventsBecome(String... events) {
        Eventually.eventually(
                "the events are " + List.of(events), () -> query(url, EVENTS).equals(List.of(events)));
    }

    private void membersBecome(String... members) {
        Eventually.eventually(
                "the publications' members are " + List.of(members),
                () -> query(url, TablePublisherPostgresTest.MEMBERS).equals(List.of(members)));
    }
}
