package nexus.intake;

import static java.nio.charset.StandardCharsets.UTF_8;
import static nexus.testkit.TestPostgres.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Future;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import nexus.event.EventBody;
import nexus.event.EventId;
import nexus.event.EventIdGenerator;
import nexus.event.EventType;
import nexus.event.IncomingEvent;
import nexus.event.Operation;
import nexus.event.Ordering;
import nexus.filter.Filter;
import nexus.queue.notify.OwedRows;
import nexus.queue.notify.OwedSignal;
import nexus.queue.owed.PackedRow;
import nexus.queue.owed.Ready;
import nexus.refusal.Refusal;
import nexus.store.Store;
import nexus.subscription.Subscription;
import nexus.subscription.SubscriptionDraft;
import nexus.subscription.catalog.SubscriptionCatalog;
import nexus.testkit.Eventually;
import nexus.testkit.SubscriptionRows;
import nexus.testkit.TestPostgres;
import nexus.trace.Tracing;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventIntakePostgresTest {
    private static final String START = "0/64";
    private static final String LATER = "0/C8";
    private static final Checkpoint FROM_START = step(START, LATER);

    private final String url = TestPostgres.freshStore();
    private final Store store = new Store(TestPostgres.vertx(), TestPostgres.storeConfig(url));
    private final SubscriptionCatalog catalog = new SubscriptionCatalog(SubscriptionRows.repository(store));
    private final OwedSignal signal = new OwedSignal();
    private final EventIntake intake = new EventIntake(store, catalog, signal, Clock.systemUTC(), Tracing.off());
    private final EventRefusal.Listener noRefusal = refusal -> Future.failedFuture(refusal.toString());
    private final EventIdGenerator ids = new EventIdGenerator(Clock.systemUTC(), new Random(7));

    @BeforeEach
    void position() {
        TestPostgres.execute(
                url, "INSERT INTO nexus.source_position VALUES ('nexus', '7', 1, 1, '" + START + "', '', now())");
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void aPublishedEventIsStoredAndOwedToEverySubscriptionThatWantsIt() {
        SubscriptionRows.insert(store, "order.*");
        SubscriptionRows.insert(store, "**");
        SubscriptionRows.insert(store, "user.*");
        await(catalog.reload());

        List<Accepted> accepted = await(intake.publish(List.of(published("order.paid", Ordering.NONE)), List.of()));

        assertThat(accepted).extracting(Accepted::deliveries).containsExactly(2);
        assertThat(query("SELECT lane FROM nexus.owed ORDER BY lane")).containsExactly("1", "2");
        assertThat(query("SELECT lanes, seqs FROM nexus.event")).containsExactly("{1,2}|{1,2}");
        assertThat(
                        query(
                                "SELECT lane, sum(events), sum(deliveries), sum(pending) FROM nexus.stat_delta GROUP BY 1 ORDER BY 1"))
                .containsExactly("0|1|0|0", "1|0|1|1", "2|0|1|1");
    }

    @Test
    void anEventThatNobodyWantsIsStoredWhenPublishedAndNotWhenCaptured() {
        await(intake.publish(List.of(published("order.paid", Ordering.NONE)), List.of()));
        await(intake.capture(List.of(captured("orders")), FROM_START, noRefusal));

        assertThat(query("SELECT type FROM nexus.event")).containsExactly("order.paid");
    }

    /** Also after the filter was changed by another process. */
    @Test
    void anEventIsOwedToThoseWhoseFiltersMatchIt() {
        Subscription paid = filtered("{\"data\":{\"record\":{\"status\":\"paid\",\"total\":{\"$gte\":100}}}}");
        Subscription open = filtered("{\"data\":{\"record\":{\"status\":\"open\"}}}");
        Subscription before = filtered("{\"data\":{\"old_record\":{\"status\":{\"$neq\":\"paid\"}}}}");
        Subscription all = SubscriptionRows.insert(store, "pg.public.orders.*");
        String small = "{\"id\":1,\"status\":\"paid\",\"total\":99.99}";
        String large = "{\"id\":2,\"status\":\"paid\",\"total\":100.00}";

        assertThat(await(intake.capture(List.of(update(small), update(large)), FROM_START, noRefusal)))
                .isTrue();
        assertThat(query("SELECT lanes FROM nexus.event ORDER BY seq"))
                .containsExactly("{" + all.lane() + "}", "{" + paid.lane() + "," + all.lane() + "}");

        await(SubscriptionRows.repository(store)
                .update(
                        open.id(),
                        now -> SubscriptionDraft.active(now.settings()
                                .with(now.selection()
                                        .with(Filter.read("{\"data\":{\"record\":{\"total\":99.990}}}", ""))))));
        await(intake.capture(List.of(update(small)), step(LATER, "0/12C"), noRefusal));
        assertThat(query("SELECT lanes FROM nexus.event ORDER BY seq DESC LIMIT 1"))
                .containsExactly("{" + open.lane() + "," + all.lane() + "}");
        Eventually.eventually("the undecided are counted", () -> query(
                        "SELECT lane, sum(filter_unknown) FROM nexus.stat_delta WHERE filter_unknown > 0 GROUP BY 1")
                .equals(List.of(before.lane() + "|3")));
    }

    private Subscription filtered(String filter) {
        return SubscriptionRows.insert(
                store,
                "pg.public.orders.*",
                URI.create("http://127.0.0.1:9/" + UUID.randomUUID()),
                settings -> settings.with(settings.selection().with(Filter.read(filter, ""))));
    }

    private IncomingEvent update(String row) {
        EventId id = ids.next();
        EventType type = EventType.rowChange("public", "orders", Operation.UPDATE);
        Instant now = Instant.ofEpochMilli(1_700_000_000_000L);
        byte[] data = ("{\"type\":\"UPDATE\",\"record\":" + row
                        + ",\"old_record\":null,\"changed\":null,\"unavailable\":[]}")
                .getBytes(StandardCharsets.UTF_8);
        byte[] empty = {'{', '}'};
        return new IncomingEvent(
                id, type, now, new Ordering.Key(1), () -> EventBody.of(id, type, now, data, empty), false);
    }

    @Test
    void whatNobodyWantsDoesNotMoveThePosition() {
        assertThat(await(intake.capture(List.of(captured("orders")), FROM_START, noRefusal)))
                .isFalse();

        assertThat(query("SELECT checkpoint FROM nexus.source_position")).containsExactly("0/64");
    }

    @Test
    void capturedEventsAndThePositionAreStoredTogether() {
        SubscriptionRows.insert(store, "pg.public.orders.*");
        String open = "0/64 0/12C:7";

        assertThat(await(intake.capture(List.of(captured("orders")), step(START, open), noRefusal)))
                .isTrue();
        assertThat(await(intake.capture(List.of(), step(open, LATER), noRefusal)))
                .isTrue();

        assertThat(query("SELECT checkpoint FROM nexus.source_position")).containsExactly(LATER);
        assertThat(query("SELECT count(*) FROM nexus.owed")).containsExactly("1");
    }

    @Test
    void anEventThatTheStoreRefusesComesInReducedOrNotAtAllAndTheOthersAsTheyAre() {
        SubscriptionRows.insert(store, "pg.public.*.*");
        TestPostgres.execute(
                url,
                "ALTER TABLE nexus.event ADD CONSTRAINT odd CHECK (type <> 'pg.public.never.insert'"
                        + " AND (type <> 'pg.public.big.insert' OR length(body) < 100))");
        IncomingEvent big = captured("big");
        IncomingEvent.Body body = new IncomingEvent.Body() {
            @Override
            public byte[] bytes() {
                return new byte[1000];
            }

            @Override
            public byte[] reduced() {
                return new byte[10];
            }
        };
        List<IncomingEvent> events = List.of(
                captured("a"),
                captured("b"),
                captured("never"),
                new IncomingEvent(big.id(), big.type(), big.createdAt(), big.ordering(), body, false),
                captured("c"));

        List<EventRefusal> told = new ArrayList<>();
        assertThat(await(intake.capture(events, FROM_START, refusal -> {
                    told.add(refusal);
                    return Future.succeededFuture();
                })))
                .isTrue();

        assertThat(told)
                .containsExactly(new EventRefusal(
                        List.of(big.type()),
                        List.of(new EventType("pg.public.never.insert")),
                        "SQLSTATE 23514 constraint odd"));
        assertThat(query("SELECT type FROM nexus.event ORDER BY seq"))
                .containsExactly(
                        "pg.public.a.insert", "pg.public.b.insert", "pg.public.big.insert", "pg.public.c.insert");
        assertThat(query("SELECT count(*) FROM nexus.owed")).containsExactly("4");
        assertThat(query("SELECT checkpoint FROM nexus.source_position")).containsExactly("0/C8");
    }

    @Test
    void aSecondReaderWithAnOldPositionStoresNothing() {
        SubscriptionRows.insert(store, "pg.public.orders.*");
        TestPostgres.execute(url, "UPDATE nexus.source_position SET generation = 2");

        assertThatThrownBy(() -> await(intake.capture(List.of(captured("orders")), FROM_START, noRefusal)))
                .isInstanceOf(CheckpointLostException.class);
        assertThat(query("SELECT count(*) FROM nexus.event")).containsExactly("0");
    }

    /** Only a batch that begins exactly where the stored one ended is stored, and any batch only once. */
    @ParameterizedTest
    @CsvSource({
        "nexus, 1, 0/C8",
        "nexus, 1, 0/63",
        "nexus, 1, 0/65",
        "nexus, 1, 0/64 0/12C:7",
        "nexus, 1, 0/064",
        "nexus, 1, ''",
        "nexus, 2, 0/64",
        "nexus, 0, 0/64",
        "another, 1, 0/64"
    })
    void aBatchThatDoesNotFollowTheStoredCheckpointStoresNothing(String source, long generation, String before) {
        SubscriptionRows.insert(store, "pg.public.orders.*");
        Checkpoint other = new Checkpoint(source, generation, before, LATER);

        assertThatThrownBy(() -> await(intake.capture(List.of(captured("orders")), other, noRefusal)))
                .isInstanceOf(CheckpointLostException.class)
                .hasMessageContaining(source);
        assertThatThrownBy(() -> await(intake.capture(List.of(), other, noRefusal)))
                .isInstanceOf(CheckpointLostException.class);
        assertThat(query("SELECT count(*) FROM nexus.event")).containsExactly("0");
        assertThat(query("SELECT count(*) FROM nexus.owed")).containsExactly("0");
        assertThat(query("SELECT checkpoint FROM nexus.source_position")).containsExactly(START);
    }

    @Test
    void aBatchIsStoredOnce() {
        SubscriptionRows.insert(store, "pg.public.orders.*");
        await(intake.capture(List.of(captured("orders")), FROM_START, noRefusal));

        assertThatThrownBy(() -> await(intake.capture(List.of(captured("orders")), FROM_START, noRefusal)))
                .isInstanceOf(CheckpointLostException.class);
        assertThat(query("SELECT count(*) FROM nexus.event")).containsExactly("1");
    }

    @Test
    void aSubscriptionMadeByAnotherProcessIsSeenAlthoughThisOneNeverHeardOfIt() {
        await(catalog.reload());
        SubscriptionRows.insert(store, "pg.public.orders.*");

        assertThat(await(intake.capture(List.of(captured("orders")), FROM_START, noRefusal)))
                .isTrue();

        assertThat(query("SELECT count(*) FROM nexus.owed")).containsExactly("1");
    }

    @Test
    void theOrderOfDeliveryIsTheOrderOfTheBatch() {
        SubscriptionRows.insert(store, "**");
        List<IncomingEvent> batch = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            batch.add(published("n." + i, new Ordering.Key(i % 3)));
        }

        await(intake.publish(batch, List.of()));

        assertThat(query("SELECT e.type FROM nexus.owed o JOIN nexus.event e ON e.id = o.event_id ORDER BY o.seq"))
                .containsExactlyElementsOf(
                        batch.stream().map(event -> event.type().value()).toList());
    }

    @Test
    void theSameKeyWithTheSameBodyIsTheSameEvent() {
        Accepted first = await(intake.publish(List.of(published("a", Ordering.NONE)), List.of(claim("k", "body"))))
                .getFirst();
        Accepted second = await(intake.publish(List.of(published("a", Ordering.NONE)), List.of(claim("k", "body"))))
                .getFirst();

        assertThat(second).isEqualTo(new Accepted(first.eventId(), first.deliveries(), true));
        assertThat(query("SELECT count(*) FROM nexus.event")).containsExactly("1");
    }

    @Test
    void theSameKeyWithAnotherBodyIsRefusedAndNothingIsStored() {
        await(intake.publish(List.of(published("a", Ordering.NONE)), List.of(claim("k", "body"))));

        assertThatThrownBy(() ->
                        await(intake.publish(List.of(published("a", Ordering.NONE)), List.of(claim("k", "another")))))
                .isInstanceOfSatisfying(Refusal.Invalid.class, refusal -> assertThat(refusal.code())
                        .isEqualTo("idempotency-key-reused"));
        assertThat(query("SELECT count(*) FROM nexus.event")).containsExactly("1");
    }

    @Test
    void aHundredRequestsWithOneKeyOnTwoProcessesMakeOneEvent() {
        EventIntake other = new EventIntake(store, catalog, new OwedSignal(), Clock.systemUTC(), Tracing.off());
        List<Future<List<Accepted>>> answers = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            EventIntake one = i % 2 == 0 ? intake : other;
            answers.add(one.publish(List.of(published("a", Ordering.NONE)), List.of(claim("k", "body"))));
        }
        await(Future.join(answers).otherwiseEmpty());

        assertThat(query("SELECT count(*) FROM nexus.event")).containsExactly("1");
        assertThat(answers.stream()
                        .filter(Future::succeeded)
                        .map(answer -> answer.result().getFirst().eventId()))
                .isNotEmpty()
                .containsOnly(new EventId(
                        UUID.fromString(query("SELECT id FROM nexus.event").getFirst())));
        assertThat(answers.stream().filter(Future::failed).map(Future::cause))
                .allSatisfy(cause -> assertThat(cause).isInstanceOf(Refusal.Conflict.class));
    }

    @Test
    void aPublishersEventKeepsItsIdAndTheChangeWithTheSameOneComesInUnderTheNext() {
        SubscriptionRows.insert(store, "**");
        await(catalog.reload());
        List<IncomingEvent> changes = List.of(captured("orders"), captured("orders"), captured("orders"));
        IncomingEvent taker =
                published("order.paid", Ordering.NONE).withId(changes.get(1).id());
        await(intake.publish(List.of(taker), List.of()));

        assertThat(await(intake.capture(changes, FROM_START, noRefusal))).isTrue();

        String second = "SELECT id FROM nexus.event WHERE type LIKE 'pg.%' ORDER BY seq LIMIT 1 OFFSET 1";
        String next = query(second).getFirst();
        assertThat(query("SELECT type FROM nexus.event WHERE id = '" + taker.id() + "'"))
                .containsExactly("order.paid");
        assertThat(query("SELECT id FROM nexus.event WHERE type LIKE 'pg.%' ORDER BY seq"))
                .containsExactly(
                        changes.get(0).id().toString(),
                        next,
                        changes.get(2).id().toString());
        assertThat(query(
                        "SELECT convert_from(body, 'UTF8')::jsonb ->> 'id' FROM nexus.event WHERE id = '" + next + "'"))
                .containsExactly(next);
        assertThat(next.substring(0, 15)).isEqualTo(taker.id().toString().substring(0, 15));
        assertThat(query("SELECT count(*) FROM nexus.owed")).containsExactly("4");

        // read once more from the old position, as after a restore: the same ids again, so nothing is stored twice
        TestPostgres.execute(url, "UPDATE nexus.source_position SET checkpoint = '0/64'");
        assertThat(await(intake.capture(changes, FROM_START, noRefusal))).isTrue();
        assertThat(query("SELECT count(*) FROM nexus.event")).containsExactly("4");

        // and whoever has the next id too stops nothing either
        TestPostgres.execute(
                url,
                "UPDATE nexus.source_position SET checkpoint = '0/64'",
                "DELETE FROM nexus.event WHERE type LIKE 'pg.%'");
        await(intake.publish(
                List.of(published("order.paid", Ordering.NONE).withId(new EventId(UUID.fromString(next)))), List.of()));
        assertThat(await(intake.capture(changes, FROM_START, noRefusal))).isTrue();
        assertThat(query("SELECT count(*) FROM nexus.event WHERE type LIKE 'pg.%'"))
                .containsExactly("3");
        assertThat(query(second)).doesNotContain(next);
    }

    @Test
    void anEventFromSqlWhoseIdIsTakenComesInToo() {
        IncomingEvent emitted = published("order.paid", Ordering.NONE);
        byte[] other = EventBody.of(
                emitted.id(),
                emitted.type(),
                emitted.createdAt(),
                "{\"other\":1}".getBytes(UTF_8),
                "{}".getBytes(UTF_8));
        IncomingEvent taker =
                new IncomingEvent(emitted.id(), emitted.type(), emitted.createdAt(), Ordering.NONE, () -> other, true);
        await(intake.publish(List.of(taker), List.of()));
        await(intake.capture(List.of(emitted), FROM_START, noRefusal));
        assertThat(query("SELECT count(DISTINCT id) FROM nexus.event")).containsExactly("2");
    }

    @Test
    void twoChangesOfOneBatchWithOneIdBothComeIn() {
        SubscriptionRows.insert(store, "**");
        await(catalog.reload());
        IncomingEvent change = captured("orders");
        await(intake.capture(List.of(change, change), FROM_START, noRefusal));
        assertThat(query("SELECT count(DISTINCT id) FROM nexus.event")).containsExactly("2");
    }

    /** Those of the table poison are refused whatever is in them. */
    @ParameterizedTest
    @ValueSource(strings = {"poison", "poison poison", "poison orders", "orders poison orders", "orders orders"})
    void eventsThatTheStoreRefusesHoldUpNoOthers(String tables) {
        SubscriptionRows.insert(store, "**");
        await(catalog.reload());
        TestPostgres.execute(
                url, "ALTER TABLE nexus.event ADD CONSTRAINT no_poison CHECK (type <> 'pg.public.poison.insert')");
        List<IncomingEvent> changes =
                Stream.of(tables.split(" ")).map(this::captured).toList();
        List<EventRefusal> told = new ArrayList<>();

        assertThat(await(intake.capture(changes, FROM_START, refusal -> {
                    told.add(refusal);
                    return Future.succeededFuture();
                })))
                .isTrue();

        List<String> good = changes.stream()
                .filter(change -> change.type().value().contains("orders"))
                .map(change -> change.id().toString())
                .toList();
        assertThat(query("SELECT id FROM nexus.event ORDER BY seq")).isEqualTo(good);
        assertThat(told.stream().mapToInt(refusal -> refusal.leftOut().size()).sum())
                .isEqualTo(changes.size() - good.size());
        assertThat(told).allSatisfy(refusal -> {
            assertThat(refusal.reduced()).isEmpty();
            assertThat(refusal.reason()).isEqualTo("SQLSTATE 23514 constraint no_poison");
        });
    }

    /** Else a mistake of somebody who changes the store's tables would cost every change of the source. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "ALTER TABLE nexus.event ADD CONSTRAINT none CHECK (type NOT LIKE 'pg.%')",
                "ALTER TABLE nexus.owed ADD CONSTRAINT none CHECK (lane < 0)"
            })
    void whatTheStoreRefusesOfEveryEventLosesNone(String refusing) {
        SubscriptionRows.insert(store, "**");
        await(catalog.reload());
        TestPostgres.execute(url, refusing);
        assertThatThrownBy(() -> await(intake.capture(List.of(captured("orders")), FROM_START, noRefusal)))
                .hasMessageContaining("none");
        assertThat(query("SELECT checkpoint FROM nexus.source_position")).containsExactly("0/64");
    }

    @Test
    void anEventIdOfAnotherApiKeyIsAConflict() {
        UUID id = UUID.randomUUID();
        await(intake.publish(List.of(published(id)), List.of(eventIdClaim("ann", id))));

        assertThatThrownBy(() -> await(intake.publish(List.of(published(id)), List.of(eventIdClaim("bob", id)))))
                .isInstanceOfSatisfying(Refusal.Conflict.class, refusal -> assertThat(refusal.code())
                        .isEqualTo("event-id-taken"));
    }

    @Test
    void aMissingDayIsMadeByIntakeItself() {
        TestPostgres.execute(
                url,
                "DO $$ DECLARE p text; BEGIN FOR p IN SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent IN"
                        + " ('nexus.event'::regclass, 'nexus.delivery'::regclass, 'nexus.attempt'::regclass) LOOP"
                        + " EXECUTE 'DROP TABLE ' || p; END LOOP; END $$");

        await(intake.publish(List.of(published("a", Ordering.NONE)), List.of()));

        assertThat(query("SELECT count(*) FROM nexus.event")).containsExactly("1");
    }

    @Test
    void oneRequestsErrorIsNoNeighboursError() {
        UUID id = UUID.randomUUID();
        await(intake.publish(List.of(published(id)), List.of()));
        List<Future<List<Accepted>>> answers = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            answers.add(intake.publish(List.of(published("a", Ordering.NONE)), List.of()));
            answers.add(intake.publish(List.of(published(id)), List.of())); // breaks event's primary key
        }
        await(Future.join(answers).otherwiseEmpty());

        assertThat(answers.stream().filter(Future::succeeded)).hasSize(5);
        assertThat(query("SELECT count(*) FROM nexus.event")).containsExactly("6");
    }

    private List<String> query(String sql) {
        return TestPostgres.query(url, sql);
    }

    private static Checkpoint step(String before, String after) {
        return new Checkpoint("nexus", 1, before, after);
    }

    private static IdempotencyClaim claim(String key, String bodyHash) {
        return new IdempotencyClaim("ann", key, bodyHash, Duration.ofHours(24), 0, 1, false, "Idempotency-Key");
    }

    private static IdempotencyClaim eventIdClaim(String scope, UUID id) {
        return new IdempotencyClaim(scope, id.toString(), "body", Duration.ofDays(30), 0, 1, true, "/eventId");
    }

    private static IncomingEvent published(UUID id) {
        return event(new EventId(id), new EventType("a"), Ordering.NONE, true);
    }

    @Test
    void whatIsOwedToALiveLaneAtOnceIsInRuns() {
        SubscriptionRows.insert(store, "**");
        SubscriptionRows.insert(store, "**");
        await(catalog.reload());
        own(5, 1, 2);
        signal.live().add(5, 1);
        List<OwedRows> told = new ArrayList<>();
        signal.onOwed(told::add);

        await(intake.publish(many(200), List.of()));

        assertThat(query("SELECT lane, cardinality(seqs), is_owed = repeat('1', 100)::bit varying FROM nexus.owed_run"))
                .containsExactly("1|100|t", "1|100|t");
        assertThat(query("SELECT lane, count(*) FROM nexus.owed GROUP BY lane")).containsExactly("2|200");
        assertThat(query("SELECT count(*) FROM nexus.event e CROSS JOIN LATERAL unnest(e.lanes, e.seqs) p(lane, seq)"
                        + " JOIN (SELECT lane, seq, event_id FROM nexus.owed"
                        + " UNION ALL SELECT lane, seq, event_id FROM nexus.owed_of_run) o"
                        + " ON o.lane = p.lane AND o.seq = p.seq AND o.event_id = e.id"))
                .containsExactly("400");
        List<Ready> fresh = told.getFirst().freshByLane().getOrDefault(1, List.of());
        assertThat(query("SELECT seq, stripe, key, event_id, body_bytes FROM nexus.owed_of_run ORDER BY seq"))
                .isEqualTo(fresh.stream()
                        .map(Ready::delivery)
                        .map(owed -> "%d|%d|%d|%s|%d"
                                .formatted(owed.seq(), owed.keySlice(), owed.key(), owed.eventId(), owed.bodyBytes()))
                        .toList());
        assertThat(query("SELECT first_seq FROM nexus.owed_run ORDER BY first_seq"))
                .isEqualTo(fresh.stream()
                        .map(row -> row.delivery().place())
                        .distinct()
                        .map(place -> Long.toString(((PackedRow) place).key().firstSeq()))
                        .toList());
    }

    @Test
    void fewOrWithABarrierOrOfALaneThatIsNotLiveAreRows() {
        SubscriptionRows.insert(store, "**");
        await(catalog.reload());
        own(5, 1);

        await(intake.publish(many(100), List.of()));
        signal.live().add(5, 1);
        await(intake.publish(many(PackedRow.SHORTEST - 1), List.of()));
        List<IncomingEvent> withBarrier = new ArrayList<>(many(100));
        withBarrier.add(published("order.paid", new Ordering.Barrier(3)));
        await(intake.publish(withBarrier, List.of()));

        assertThat(query("SELECT count(*) FROM nexus.owed_run")).containsExactly("0");
    }

    @Test
    void runsAreForTheOwnerAlone() {
        SubscriptionRows.insert(store, "**");
        await(catalog.reload());
        own(5, 1);
        signal.live().add(6, 1);

        await(intake.publish(many(100), List.of()));

        assertThat(query("SELECT count(*) FROM nexus.owed")).containsExactly("100");
        assertThat(signal.live().now().lanes()).isEmpty();
        signal.live().add(5, 1);
        await(intake.publish(many(100), List.of()));
        assertThat(query("SELECT count(*) FROM nexus.owed_run")).containsExactly("1");
    }

    private void own(int process, int... shards) {
        TestPostgres.execute(
                url,
                "INSERT INTO nexus.process (id, epoch) VALUES (%1$d, %1$d)".formatted(process),
                "CREATE TABLE nexus.process_%d_lock ()".formatted(process));
        for (int shard : shards) {
            TestPostgres.execute(url, "UPDATE nexus.shard SET process = %d WHERE shard = %d".formatted(process, shard));
        }
    }

    private List<IncomingEvent> many(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> published("order.paid", new Ordering.Key(i % 13)))
                .toList();
    }

    private IncomingEvent published(String type, Ordering ordering) {
        return event(ids.next(), new EventType(type), ordering, true);
    }

    private IncomingEvent captured(String table) {
        return event(ids.next(), EventType.rowChange("public", table, Operation.INSERT), new Ordering.Key(1), false);
    }

    private static IncomingEvent event(EventId id, EventType type, Ordering ordering, boolean storedAlways) {
        Instant now = Instant.ofEpochMilli(1_700_000_000_000L);
        byte[] empty = {'{', '}'};
        return new IncomingEvent(
                id, type, now, ordering, () -> EventBody.of(id, type, now, empty, empty), storedAlways);
    }
}
