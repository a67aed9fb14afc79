package nexus.replication;

import static nexus.replication.CapturingProcess.stored;
import static nexus.testkit.TestPostgres.execute;
import static nexus.testkit.TestPostgres.query;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import nexus.replication.state.CaptureState.Status;
import nexus.store.PostgresUrl;
import nexus.testkit.Eventually;
import nexus.testkit.OpenTransaction;
import nexus.testkit.PostgresPrograms;
import nexus.testkit.TestPostgres;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ReplicationReaderPostgresTest {
    private static final String ALL = "pg.public.orders.*";

    private final String url = TestPostgres.freshStore();

    @BeforeEach
    void aTable() {
        execute(url, "CREATE TABLE orders (id int PRIMARY KEY, note text)");
    }

    @AfterEach
    void freeTheSlot() {
        query(
                url,
                "SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE slot_name = '"
                        + CapturingProcess.slot(url) + "' AND active");
        if (!query(url, "SELECT 1 FROM pg_replication_slots WHERE slot_name = '" + CapturingProcess.slot(url) + "'")
                .isEmpty()) {
            CapturingProcess.dropSlot(url);
        }
    }

    @Test
    void aRowIsStoredOnceAndItsEndConfirmed() {
        try (CapturingProcess process = new CapturingProcess(url, ALL).streaming()) {
            execute(url, "INSERT INTO orders VALUES (1, 'a')");
            process.hasStored(1);
            Eventually.eventually("the position is confirmed", () -> query(
                            url,
                            "SELECT s.confirmed_flush_lsn::text = p.checkpoint FROM pg_replication_slots s"
                                    + " JOIN nexus.source_position p ON p.source = s.slot_name")
                    .equals(List.of("t")));
        }
        assertThat(stored(url)).containsExactly("pg.public.orders.insert 1");
    }

    @Test
    void aRestartGoesOnWhereItStoppedWithoutLossOrRepeat() {
        try (CapturingProcess process = new CapturingProcess(url, ALL).streaming()) {
            execute(url, "INSERT INTO orders VALUES (1, 'a')");
            process.hasStored(1);
        }
        execute(url, "INSERT INTO orders VALUES (2, 'b')", "DELETE FROM orders WHERE id = 1");
        try (CapturingProcess process = new CapturingProcess(url, ALL).streaming()) {
            execute(url, "INSERT INTO orders VALUES (3, 'c')");
            process.hasStored(4);
        }
        assertThat(stored(url))
                .containsExactly(
                        "pg.public.orders.insert 1",
                        "pg.public.orders.insert 2",
                        "pg.public.orders.delete -",
                        "pg.public.orders.insert 3");
    }

    @Test
    void aSenderTimeoutThatNoReaderCanMeetDoesNotEndTheStream() {
        String readers = "SELECT DISTINCT active_pid FROM pg_replication_slots WHERE slot_name = '"
                + CapturingProcess.slot(url) + "'";
        execute(url, "ALTER DATABASE " + PostgresUrl.parse(url).database() + " SET wal_sender_timeout = 1");
        try (CapturingProcess process = new CapturingProcess(url, ALL).streaming()) {
            List<String> first = query(url, readers);
            for (int id = 1; id <= 10; id++) {
                execute(url, "INSERT INTO orders VALUES (" + id + ", 'a')", "SELECT pg_sleep(0.2)");
                process.hasStored(id);
            }
            assertThat(query(url, readers)).isEqualTo(first);
        }
    }

    @Test
    void whatWasStoredButNotConfirmedIsNotStoredAgain() {
        try (CapturingProcess process = new CapturingProcess(url, ALL).streaming()) {
            Promise<Boolean> never = Promise.promise();
            process.intake.answering(result -> never.future());
            execute(url, "INSERT INTO orders VALUES (1, 'a')");
            process.hasStored(1);
            process.intake.answering(result -> result);
            process.loseConnection();
            execute(url, "INSERT INTO orders VALUES (2, 'b')");
            process.hasStored(2);
        }
        assertThat(stored(url)).containsExactly("pg.public.orders.insert 1", "pg.public.orders.insert 2");
    }

    @Test
    void aBigTransactionIsStoredInPiecesAndGoneOnWithInItsMiddle() {
        int rows = 1000;
        execute(url, "ALTER ROLE postgres SET wal_sender_timeout = '1s'");
        try (CapturingProcess process = new CapturingProcess(url, 100, ALL).streaming()) {
            Promise<Boolean> never = Promise.promise();
            process.intake.answering(result -> process.intake.batches.get() == 3 ? never.future() : result);
            execute(url, "INSERT INTO orders SELECT i, 'x' FROM generate_series(1, " + rows + ") i");
            process.hasStored(300);
            assertThat(query(url, "SELECT split_part(checkpoint, ':', 2) FROM nexus.source_position"))
                    .containsExactly("300");
            process.intake.answering(result -> result);
            process.loseConnection();
            process.hasStored(rows);
            Eventually.eventually(
                    "nothing is open", () -> query(url, "SELECT checkpoint NOT LIKE '%:%' FROM nexus.source_position")
                            .equals(List.of("t")));
        } finally {
            execute(url, "ALTER ROLE postgres RESET wal_sender_timeout");
        }
        assertThat(stored(url))
                .isEqualTo(IntStream.rangeClosed(1, rows)
                        .mapToObj(i -> "pg.public.orders.insert " + i)
                        .toList());
        assertThat(query(url, "SELECT count(DISTINCT id) FROM nexus.event WHERE type LIKE 'pg.%'"))
                .containsExactly("" + rows);
    }

    @Test
    void theReaderWaitsForASlowStoreAndTheServerDoesNotCutIt() {
        execute(url, "ALTER ROLE postgres SET wal_sender_timeout = '1s'");
        try (CapturingProcess process = new CapturingProcess(url, 10, ALL).streaming()) {
            Promise<Void> released = Promise.promise();
            process.intake.answering(result -> released.future().compose(go -> result));
            int sender = sender();
            execute(url, "INSERT INTO orders SELECT i, 'x' FROM generate_series(1, 1000) i");
            long until = System.nanoTime() + Duration.ofSeconds(3).toNanos();
            Eventually.eventually("three seconds are over", () -> System.nanoTime() > until);
            assertThat(sender()).isEqualTo(sender);
            assertThat(process.intake.batches.get()).isEqualTo(1);
            released.complete();
            process.hasStored(1000);
            assertThat(sender()).isEqualTo(sender);
        } finally {
            execute(url, "ALTER ROLE postgres RESET wal_sender_timeout");
        }
        assertThat(stored(url)).hasSize(1000);
    }

    @Test
    void aBatchThatWasStoredAlthoughItFailedIsNotStoredAgain() {
        try (CapturingProcess process = new CapturingProcess(url, ALL).streaming()) {
            process.intake.answering(result -> process.intake.batches.get() == 1
                    ? result.compose(done -> Future.failedFuture("the answer was lost"))
                    : result);
            execute(url, "INSERT INTO orders VALUES (1, 'a')");
            process.hasStored(1);
            execute(url, "INSERT INTO orders VALUES (2, 'b')");
            process.hasStored(2);
        }
        assertThat(stored(url)).containsExactly("pg.public.orders.insert 1", "pg.public.orders.insert 2");
    }

    @Test
    void thePositionMovesOverWalThatConcernsNobody() {
        execute(url, "CREATE TABLE noise (id int, text text)");
        try (CapturingProcess process = new CapturingProcess(url, ALL).streaming()) {
            String before = query(url, "SELECT pg_current_wal_lsn()").getFirst();
            execute(url, "INSERT INTO noise SELECT i, repeat('x', 100) FROM generate_series(1, 1000) i");
            Eventually.eventually("the slot is past the noise", () -> query(
                            url,
                            "SELECT confirmed_flush_lsn - '" + before + "'::pg_lsn > 100000 FROM pg_replication_slots"
                                    + " WHERE slot_name = '" + CapturingProcess.slot(url) + "'")
                    .equals(List.of("t")));
            assertThat(query(
                            url,
                            "SELECT split_part(p.checkpoint, ' ', 1)::pg_lsn >= s.confirmed_flush_lsn FROM nexus.source_position p"
                                    + " JOIN pg_replication_slots s ON s.slot_name = p.source"))
                    .containsExactly("t");
            assertThat(process.status.current().gap()).isEmpty();
        }
    }

    @Test
    void anIdleDatabaseInABusyClusterLetsTheWalGo() {
        String busy = TestPostgres.freshDatabase();
        execute(busy, "CREATE TABLE noise (id int, text text)");
        try (CapturingProcess process = new CapturingProcess(url, ALL).streaming()) {
            String before = query(url, "SELECT pg_current_wal_lsn()").getFirst();
            execute(busy, "INSERT INTO noise SELECT i, repeat('x', 100) FROM generate_series(1, 1000) i");
            Eventually.eventually("the slot is past the other database's WAL", () -> query(
                            url,
                            "SELECT confirmed_flush_lsn - '" + before + "'::pg_lsn > 100000 FROM pg_replication_slots"
                                    + " WHERE slot_name = '" + CapturingProcess.slot(url) + "'")
                    .equals(List.of("t")));
            assertThat(process.status.current().gap()).isEmpty();
        }
    }

    @Test
    void aStoreThatIsBlockedDoesNotEndTheStream() throws Exception {
        execute(url, "ALTER ROLE postgres SET wal_sender_timeout = '1s'");
        try (CapturingProcess process = new CapturingProcess(url, 10, ALL).streaming();
                OpenTransaction blocker = OpenTransaction.at(url)) {
            int sender = sender();
            blocker.execute("LOCK TABLE nexus.event IN ACCESS EXCLUSIVE MODE");
            execute(url, "INSERT INTO orders SELECT i, 'x' FROM generate_series(1, 100) i");
            long until = System.nanoTime() + Duration.ofSeconds(4).toNanos();
            Eventually.eventually("four seconds are over", () -> System.nanoTime() > until);
            assertThat(sender()).isEqualTo(sender);
            blocker.rollback();
            process.hasStored(100);
            assertThat(sender()).isEqualTo(sender);
        } finally {
            execute(url, "ALTER ROLE postgres RESET wal_sender_timeout");
        }
    }

    @Test
    void aServerThatIsBackIsReadAgainWithinFiveSeconds() throws Exception {
        Path data = Files.createTempDirectory("nexus-restart");
        EmbeddedPostgres server = server(data, 0);
        String own = "postgresql://postgres@localhost:" + server.getPort() + "/postgres";
        TestPostgres.migrate(own);
        execute(own, "CREATE TABLE orders (id int PRIMARY KEY, note text)");
        try (CapturingProcess process = new CapturingProcess(own, ALL).streaming()) {
            server.close();
            process.in(Status.CONNECTING);
            server = server(data, server.getPort());
            long returned = System.nanoTime();
            execute(own, "INSERT INTO orders VALUES (1, 'a')");
            process.hasStored(1);
            assertThat(Duration.ofNanos(System.nanoTime() - returned)).isLessThan(Duration.ofSeconds(5));
        } finally {
            server.close();
        }
    }

    private static EmbeddedPostgres server(Path data, int port) throws IOException {
        return PostgresPrograms.server(TestPostgres.version())
                .setDataDirectory(data)
                .setCleanDataDirectory(false)
                .setPort(port)
                .setServerConfig("wal_level", "logical")
                .setServerConfig("max_connections", "50")
                .start();
    }

    @Test
    void thePositionNeverGoesBackInsideABigTransaction() {
        execute(url, "CREATE TABLE noise (id int, text text)");
        execute(
                url,
                "ALTER ROLE postgres SET wal_sender_timeout = '1s'"); // how soon a full reader sees a lost connection
        try (CapturingProcess process = new CapturingProcess(url, 100, ALL).streaming()) {
            String before = query(url, "SELECT pg_current_wal_lsn()").getFirst();
            execute(url, "INSERT INTO noise SELECT i, repeat('x', 100) FROM generate_series(1, 1000) i");
            Eventually.eventually("the slot is past the noise", () -> query(
                            url,
                            "SELECT confirmed_flush_lsn - '" + before + "'::pg_lsn > 100000 FROM pg_replication_slots"
                                    + " WHERE slot_name = '" + CapturingProcess.slot(url) + "'")
                    .equals(List.of("t")));
            String past = query(url, "SELECT split_part(checkpoint, ' ', 1) FROM nexus.source_position")
                    .getFirst();
            Promise<Boolean> never = Promise.promise();
            process.intake.answering(result -> never.future());
            execute(url, "INSERT INTO orders SELECT i, 'x' FROM generate_series(1, 1000) i");
            process.hasStored(100);
            assertThat(query(
                            url,
                            "SELECT split_part(checkpoint, ' ', 1)::pg_lsn >= '" + past
                                    + "' FROM nexus.source_position"))
                    .containsExactly("t");
            process.intake.answering(result -> result);
            process.loseConnection();
            process.hasStored(1000);
            assertThat(process.status.current().gap()).isEmpty();
        } finally {
            execute(url, "ALTER ROLE postgres RESET wal_sender_timeout");
        }
    }

    @Test
    void aBatchThatTheStoreRefusesAgainAndAgainIsSeenUntilItIsStored() {
        try (CapturingProcess process = new CapturingProcess(url, ALL).streaming()) {
            execute(url, "ALTER TABLE nexus.event ADD CONSTRAINT refused CHECK (type LIKE 'nexus.%')");
            execute(url, "INSERT INTO orders VALUES (1, 'a')");
            process.in(Status.CONNECTING);
            Instant since = process.status.current().since();
            int before = process.intake.batches.get();
            Eventually.eventually("it was read again", () -> process.intake.batches.get() > before);
            assertThat(process.status.current().status()).isEqualTo(Status.CONNECTING);
            assertThat(process.status.current().since()).isEqualTo(since);
            assertThat(process.status.current().detail().orElse("")).contains("refused");
            execute(url, "ALTER TABLE nexus.event DROP CONSTRAINT refused");
            process.hasStored(1);
            process.in(Status.STREAMING);
        }
    }

    @Test
    void aRowThatTheStoreRefusesWhateverIsInItStopsNobodyAndIsToldOf() {
        execute(
                url,
                "CREATE TABLE poison (id int PRIMARY KEY)",
                "ALTER TABLE nexus.event ADD CONSTRAINT no_poison CHECK (type <> 'pg.public.poison.insert')");
        try (CapturingProcess process = new CapturingProcess(url, "pg.public.*.*").streaming()) {
            execute(url, "INSERT INTO poison VALUES (1)");
            Eventually.eventually("it is recorded", () -> query(
                            url, "SELECT kind, count, last_of, last_reason FROM nexus.source_trouble")
                    .equals(List.of("refused|1|pg.public.poison.insert|SQLSTATE 23514 constraint no_poison")));
            execute(url, "INSERT INTO orders VALUES (1, 'a')");
            process.hasStored(1);
            execute(url, "INSERT INTO poison VALUES (2), (3)", "INSERT INTO orders VALUES (2, 'b')");
            process.hasStored(2);
            process.in(Status.STREAMING);
        }
        assertThat(stored(url)).containsExactly("pg.public.orders.insert 1", "pg.public.orders.insert 2");
        assertThat(query(url, "SELECT count FROM nexus.source_trouble")).containsExactly("3");
        assertThat(query(url, "SELECT reason FROM nexus.source_gap"))
                .containsExactly("the store refused 1 row changes, the last of type pg.public.poison.insert: SQLSTATE"
                        + " 23514 constraint no_poison");
        assertThat(query(url, "SELECT type FROM nexus.event WHERE type LIKE 'nexus.%'"))
                .containsExactly("nexus.source.gap");
    }

    @Test
    void anErrorOfTheProgramDoesNotEndCapture() {
        try (CapturingProcess process = new CapturingProcess(url, ALL).streaming()) {
            process.intake.answering(result -> {
                throw new OutOfMemoryError("thrown by a test");
            });
            execute(url, "INSERT INTO orders VALUES (1, 'a')");
            process.in(Status.CONNECTING);
            process.intake.answering(result -> result);
            execute(url, "INSERT INTO orders VALUES (2, 'b')");
            process.hasStored(2);
            process.in(Status.STREAMING);
        }
    }

    /** It waits for everybody who reads its WAL; one that only kept it company would hold it up for ever. */
    @Test
    void aSourceThatShutsDownIsNotHeldUp() throws Exception {
        Path data = Files.createTempDirectory("nexus-shutdown");
        EmbeddedPostgres server = server(data, 0);
        String own = "postgresql://postgres@localhost:" + server.getPort() + "/postgres";
        TestPostgres.migrate(own);
        try (CapturingProcess process = new CapturingProcess(own, "pg.public.**").streaming()) {
            server.close(); // which waits for 5 s at most
            Eventually.eventually("the server has ended", () -> !Files.exists(data.resolve("postmaster.pid")));
            process.in(Status.CONNECTING);
        }
    }

    @Test
    void aSecondReaderStandsByAndTakesOver() {
        CapturingProcess first = new CapturingProcess(url, ALL).streaming();
        try (CapturingProcess second = new CapturingProcess(url, ALL).started().in(Status.STANDBY)) {
            execute(url, "INSERT INTO orders VALUES (1, 'a')");
            first.hasStored(1);
            first.close();
            second.in(Status.STREAMING);
            execute(url, "INSERT INTO orders VALUES (2, 'b')");
            second.hasStored(2);
        }
        assertThat(stored(url)).containsExactly("pg.public.orders.insert 1", "pg.public.orders.insert 2");
        assertThat(query(url, "SELECT generation FROM nexus.source_position")).containsExactly("2");
    }

    @Test
    void aDroppedSlotIsLostUntilSomebodyMakesItAgainAndThenAGap() {
        try (CapturingProcess process = new CapturingProcess(url, ALL).streaming()) {
            execute(url, "INSERT INTO orders VALUES (1, 'a')");
            process.hasStored(1);
        }
        CapturingProcess.dropSlot(url);
        try (CapturingProcess process = new CapturingProcess(url, ALL).started().in(Status.LOST)) {
            assertThat(process.status.current().detail().orElse("")).contains("POST /v1/source/reset");
            execute(url, "INSERT INTO orders VALUES (2, 'missed')");
            query(url, "SELECT pg_create_logical_replication_slot('" + CapturingProcess.slot(url) + "', 'pgoutput')");
            process.in(Status.STREAMING);
            assertThat(process.status.current().gap()).isPresent();
            execute(url, "INSERT INTO orders VALUES (3, 'c')");
            process.hasStored(2);
        }
        assertThat(stored(url)).containsExactly("pg.public.orders.insert 1", "pg.public.orders.insert 3");
    }

    @Test
    void aSlotThatIsFurtherThanTheStoreIsAGap() {
        try (CapturingProcess process = new CapturingProcess(url, ALL).streaming()) {
            execute(url, "INSERT INTO orders VALUES (1, 'a')");
            process.hasStored(1);
        }
        execute(url, "SET synchronous_commit = on", "INSERT INTO orders VALUES (2, 'skipped')");
        query(url, "SELECT pg_replication_slot_advance('" + CapturingProcess.slot(url) + "', pg_current_wal_lsn())");
        try (CapturingProcess process = new CapturingProcess(url, ALL).streaming()) {
            assertThat(process.status.current().gap().orElseThrow().reason()).contains("ahead of the store");
            execute(url, "INSERT INTO orders VALUES (3, 'c')");
            process.hasStored(2);
        }
        assertThat(stored(url)).containsExactly("pg.public.orders.insert 1", "pg.public.orders.insert 3");
        assertThat(query(url, "SELECT count(*) FROM nexus.source_gap WHERE to_lsn > from_lsn"))
                .containsExactly("1");
        assertThat(query(url, "SELECT type FROM nexus.event WHERE type LIKE 'nexus.%'"))
                .containsExactly("nexus.source.gap");
    }

    @Test
    void anOpenTransactionThatHoldsUpTheSlotIsNamed() throws Exception {
        try (OpenTransaction writer = OpenTransaction.at(url, "INSERT INTO orders VALUES (1, 'before')");
                CapturingProcess process = new CapturingProcess(url, ALL)) {
            int pid = writer.pid();
            process.started().in(Status.CREATING);
            Eventually.eventually(
                    "the pid is named",
                    () -> process.status.current().detail().orElse("").contains(String.valueOf(pid)));
            writer.commit();
            process.in(Status.STREAMING);
        }
    }

    @Test
    void anotherStoresPublicationsAreNotTouched() {
        try (CapturingProcess process = new CapturingProcess(url, ALL).streaming()) {
            assertThat(process.status.current().status()).isEqualTo(Status.STREAMING);
        }
        execute(url, "UPDATE nexus.store SET id = gen_random_uuid()");
        try (CapturingProcess process = new CapturingProcess(url, ALL).started().in(Status.BLOCKED)) {
            assertThat(process.status.current().detail().orElse("")).contains("another Nexus store");
        }
    }

    private int sender() {
        return Integer.parseInt(query(
                        url,
                        "SELECT coalesce(active_pid, 0) FROM pg_replication_slots WHERE slot_name = '"
                                + CapturingProcess.slot(url) + "'")
                .getFirst());
    }
}
