package nexus.intake;

import static nexus.testkit.Eventually.eventually;
import static nexus.testkit.TestPostgres.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Future;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import nexus.event.EventBody;
import nexus.event.EventId;
import nexus.event.EventIdGenerator;
import nexus.event.EventType;
import nexus.event.IncomingEvent;
import nexus.event.Ordering;
import nexus.queue.notify.OwedSignal;
import nexus.refusal.Refusal;
import nexus.store.Store;
import nexus.subscription.catalog.SubscriptionCatalog;
import nexus.testkit.CutOffProxy;
import nexus.testkit.PostgresPrograms;
import nexus.testkit.SubscriptionRows;
import nexus.testkit.TestPostgres;
import nexus.trace.Tracing;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A publish waits for a store that is away, and is stored once whatever became of the transaction that was cut off. */
class PublishOutagePostgresTest {
    private static final int EVENTS = 400;
    private static final int RESTARTS = 3;

    private final EventIdGenerator ids = new EventIdGenerator(Clock.systemUTC(), new Random(7));

    @Test
    void threeRestartsUnderAHundredEventsASecondRefuseNoneAndStoreEachOnce() throws Exception {
        try (EmbeddedPostgres server = PostgresPrograms.server(TestPostgres.version())
                        .setServerConfig("max_connections", "50")
                        .start();
                ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor()) {
            String url = "postgresql://postgres@127.0.0.1:" + server.getPort() + "/postgres";
            TestPostgres.migrate(url);
            try (Intake intake = new Intake(url)) {
                List<Future<List<Accepted>>> answers = new ArrayList<>();
                await(intake.publish(List.of()));
                var publishing = clock.scheduleAtFixedRate(
                        () -> {
                            synchronized (answers) {
                                answers.add(intake.publish(List.of()));
                            }
                        },
                        0,
                        10,
                        TimeUnit.MILLISECONDS);
                for (int i = 1; i <= RESTARTS; i++) {
                    int published = i * EVENTS / (RESTARTS + 1);
                    eventually("some are published", () -> size(answers) > published);
                    crash(url);
                }
                eventually("all are published", () -> size(answers) > EVENTS);
                publishing.cancel(false);

                for (Future<List<Accepted>> answer : copy(answers)) {
                    assertThat(await(answer)).singleElement().satisfies(one -> assertThat(one.deduplicated())
                            .isFalse());
                }
                assertThat(TestPostgres.query(url, "SELECT count(*), count(DISTINCT id) FROM nexus.event"))
                        .containsExactly((size(answers) + 1) + "|" + (size(answers) + 1));
            }
        }
    }

    /** A standby that is not promoted yet, another publisher with the same ids in another order, a slow disk. */
    @ParameterizedTest
    @ValueSource(strings = {"25006", "40P01", "57014"})
    void whatTheServerRefusesForAMomentIsTriedAgain(String sqlState) throws IOException {
        String url = TestPostgres.freshStore();
        TestPostgres.execute(url, "CREATE SEQUENCE public.tries", """
                CREATE FUNCTION public.refuse() RETURNS trigger LANGUAGE plpgsql AS
                'BEGIN IF nextval(''public.tries'') < 3 THEN RAISE EXCEPTION USING ERRCODE = ''%s''; END IF; RETURN NEW; END';
                """.formatted(sqlState), """
                CREATE TRIGGER refuse BEFORE INSERT ON nexus.event FOR EACH ROW EXECUTE FUNCTION public.refuse()""");
        try (Intake intake = new Intake(url)) {
            assertThat(await(intake.publish(List.of()))).hasSize(1);
            assertThat(count(url)).isEqualTo(1);
        }
    }

    static Stream<List<IdempotencyClaim>> claims() {
        return Stream.of(
                List.of(),
                List.of(claim("a key", false)),
                List.of(claim("0199aaaa-0000-7000-8000-000000000001", true)));
    }

    @ParameterizedTest
    @MethodSource("claims")
    void whatWasCommittedWhenTheConnectionBrokeIsNotStoredAgain(List<IdempotencyClaim> claims) throws IOException {
        String url = TestPostgres.freshStore();
        try (CutOffProxy proxy = CutOffProxy.to(url);
                Intake intake = new Intake(proxy.url())) {
            await(intake.publish(List.of()));
            proxy.swallowAnswersTo("COMMIT");
            Future<List<Accepted>> answer = intake.publish(claims);
            eventually("it is committed", () -> count(url) == 2);
            proxy.cutOff();

            assertThat(await(answer)).singleElement().satisfies(one -> {
                assertThat(one.deduplicated()).isFalse();
                assertThat(TestPostgres.query(url, "SELECT id FROM nexus.event"))
                        .contains(one.eventId().toString());
            });
            assertThat(count(url)).isEqualTo(2);
        }
    }

    @Test
    void aStoreThatStaysAwayOrHangsIsWaitedForForFiveSeconds() throws IOException {
        String url = TestPostgres.freshStore();
        try (CutOffProxy proxy = CutOffProxy.to(url);
                Intake intake = new Intake(proxy.url())) {
            await(intake.publish(List.of()));
            proxy.swallowAnswers();
            long start = System.nanoTime();
            Future<List<Accepted>> hanging = intake.publish(List.of());
            Future<List<Accepted>> behind = intake.publish(List.of());

            for (Future<List<Accepted>> answer : List.of(hanging, behind)) {
                assertThatThrownBy(() -> await(answer)).isInstanceOf(Refusal.Unavailable.class);
            }
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .isBetween(Duration.ofSeconds(4), Duration.ofSeconds(10));
        }
    }

    /** As an immediate stop and a start: the server ends all of its processes, recovers, and takes connections again. */
    private static void crash(String url) {
        long backend = Long.parseLong(TestPostgres.query(
                        url,
                        "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend'"
                                + " AND pid <> pg_backend_pid() LIMIT 1")
                .getFirst());
        ProcessHandle.of(backend).ifPresent(ProcessHandle::destroyForcibly);
    }

    private static int count(String url) {
        return Integer.parseInt(
                TestPostgres.query(url, "SELECT count(*) FROM nexus.event").getFirst());
    }

    private static int size(List<?> answers) {
        synchronized (answers) {
            return answers.size();
        }
    }

    private static <T> List<T> copy(List<T> answers) {
        synchronized (answers) {
            return List.copyOf(answers);
        }
    }

    private static IdempotencyClaim claim(String key, boolean isEventId) {
        return new IdempotencyClaim("ann", key, "hash", Duration.ofHours(1), 0, 1, isEventId, "/eventId");
    }

    /** Intake and its store. */
    private final class Intake implements AutoCloseable {
        private final Store store;
        private final EventIntake intake;

        Intake(String url) {
            store = new Store(TestPostgres.vertx(), TestPostgres.storeConfig(url));
            SubscriptionCatalog catalog = new SubscriptionCatalog(SubscriptionRows.repository(store));
            await(catalog.reload());
            intake = new EventIntake(store, catalog, new OwedSignal(), Clock.systemUTC(), Tracing.off());
        }

        Future<List<Accepted>> publish(List<IdempotencyClaim> claims) {
            EventId id = claims.stream()
                    .filter(IdempotencyClaim::isEventId)
                    .findFirst()
                    .map(claim -> new EventId(UUID.fromString(claim.key())))
                    .orElseGet(ids::next);
            EventType type = new EventType("order.paid");
            Instant now = Instant.now();
            byte[] empty = {'{', '}'};
            return intake.publish(
                    List.of(new IncomingEvent(
                            id, type, now, Ordering.NONE, () -> EventBody.of(id, type, now, empty, empty), true)),
                    claims);
        }

        @Override
        public void close() {
            store.close();
        }
    }
}
