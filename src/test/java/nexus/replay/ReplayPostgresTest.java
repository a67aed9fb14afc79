package nexus.replay;

import static nexus.testkit.TestPostgres.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.function.UnaryOperator;
import nexus.api.caller.AuditedChange;
import nexus.event.EventBody;
import nexus.event.EventId;
import nexus.event.EventIdGenerator;
import nexus.event.EventType;
import nexus.event.IncomingEvent;
import nexus.event.Ordering;
import nexus.event.TypePattern;
import nexus.filter.Filter;
import nexus.intake.EventIntake;
import nexus.job.Job;
import nexus.job.JobState;
import nexus.job.Jobs;
import nexus.job.Turn;
import nexus.queue.notify.OwedSignal;
import nexus.queue.override.OwedAgain;
import nexus.queue.override.PayloadErasure;
import nexus.refusal.Refusal;
import nexus.store.LastInTransaction;
import nexus.store.Store;
import nexus.subscription.Subscription;
import nexus.subscription.SubscriptionSettings;
import nexus.subscription.catalog.SubscriptionCatalog;
import nexus.testkit.StoreRows;
import nexus.testkit.SubscriptionRows;
import nexus.testkit.TestPostgres;
import nexus.trace.Tracing;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ReplayPostgresTest {
    private static final Instant BEGINNING = Instant.parse("2020-01-01T00:00:00Z");

    private final String url = TestPostgres.freshStore();
    private final StoreRows rows = new StoreRows(url);
    private final Store store = new Store(TestPostgres.vertx(), TestPostgres.storeConfig(url));
    private final OwedSignal signal = new OwedSignal();
    private final SubscriptionCatalog catalog = new SubscriptionCatalog(SubscriptionRows.repository(store));
    private final EventIntake intake = new EventIntake(store, catalog, signal, Clock.systemUTC(), Tracing.off());
    private final Jobs jobs = new Jobs(store);
    private final Replays replays = new Replays(store, jobs, catalog);
    private final ReplaySteps steps = new ReplaySteps(store, jobs, replays, catalog, new OwedAgain(store, signal));
    private final EventIdGenerator ids = new EventIdGenerator(Clock.systemUTC(), new Random(3));

    @AfterEach
    void close() {
        store.close();
    }

    private UUID publish(String type, Ordering ordering, String data) {
        EventId id = ids.next();
        EventType eventType = new EventType(type);
        Instant now = Instant.now();
        byte[] body = data.getBytes(StandardCharsets.UTF_8);
        await(intake.publish(
                List.of(new IncomingEvent(
                        id,
                        eventType,
                        now,
                        ordering,
                        () -> EventBody.of(id, eventType, now, body, new byte[] {'{', '}'}),
                        true)),
                List.of()));
        return id.value();
    }

    private UUID publish(String type) {
        return publish(type, Ordering.NONE, "{}");
    }

    private List<UUID> publish(int count, String type, int keys) {
        List<IncomingEvent> events = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            EventId id = ids.next();
            EventType eventType = new EventType(type);
            Instant now = Instant.now();
            byte[] empty = {'{', '}'};
            events.add(new IncomingEvent(
                    id,
                    eventType,
                    now,
                    Ordering.published("key-" + i % keys),
                    () -> EventBody.of(id, eventType, now, empty, empty),
                    true));
        }
        await(intake.publish(events, List.of()));
        return events.stream().map(event -> event.id().value()).toList();
    }

    private Subscription subscribe(String pattern, UnaryOperator<SubscriptionSettings> change) {
        Subscription made =
                SubscriptionRows.insert(store, pattern, URI.create("http://127.0.0.1:9/" + UUID.randomUUID()), change);
        await(catalog.reload());
        return made;
    }

    private Subscription subscribe(String pattern) {
        return subscribe(pattern, UnaryOperator.identity());
    }

    private static ReplaySettings wanted(Wanted wanted) {
        return new ReplaySettings(BEGINNING, Optional.empty(), List.of(), Optional.empty(), wanted, false);
    }

    private Job start(Subscription subscription, ReplaySettings settings) {
        return await(replays.start(subscription.id(), settings, Optional.empty(), AuditedChange.NONE));
    }

    private Job found(Job job) {
        return await(jobs.find(Replays.KIND, job.id())).orElseThrow();
    }

    /** Makes steps until it is finished; its deliveries are sent at once. */
    private Job run(Job given, List<UUID> sent) {
        Job job = found(given);
        while (true) {
            switch (await(steps.step(job, 7))) {
                case Turn.Stepped stepped -> job = stepped.job();
                case Turn.Wait wait -> sent.addAll(deliver(job));
                case Turn.Outdated outdated -> throw new AssertionError("nobody else runs it");
                case Turn.Failed failed -> throw new AssertionError(failed.reason());
                case Turn.Finished finished -> {
                    sent.addAll(deliver(job));
                    return job;
                }
            }
        }
    }

    private List<UUID> run(Job job) {
        List<UUID> sent = new ArrayList<>();
        run(job, sent);
        return sent;
    }

    /** The owed events of a job in the order of delivery, which are settled. */
    private List<UUID> deliver(Job job) {
        List<String> owed = rows.all("SELECT event_id FROM nexus.owed WHERE job = '" + job.id() + "' ORDER BY seq");
        rows.run("DELETE FROM nexus.owed WHERE job = '" + job.id() + "'");
        return owed.stream().map(UUID::fromString).toList();
    }

    @Test
    void aNewSubscriptionGetsWhatHappenedBeforeInOrderAndOnce() {
        List<UUID> before = publish(50, "order.paid", 5);
        publish("invoice.sent");
        Subscription subscription = subscribe("order.*");
        UUID live = publish("order.paid");

        assertThat(await(replays.count(subscription.id(), wanted(Wanted.MISSING))))
                .isEqualTo(new Replays.Count(50, 0, true));
        Job job = start(subscription, wanted(Wanted.MISSING));
        assertThat(job.total()).contains(50L);
        List<UUID> sent = new ArrayList<>();
        Job ended = run(job, sent);

        assertThat(sent).containsExactlyElementsOf(before).doesNotContain(live);
        assertThat(ended.done()).isEqualTo(50);
        assertThat(run(start(subscription, wanted(Wanted.MISSING)))).isEmpty();
        assertThat(rows.one("SELECT sum(deliveries) FROM nexus.stat_delta WHERE lane = " + subscription.lane()))
                .isEqualTo("51");
        assertThat(rows.one("SELECT count(*) FROM nexus.event WHERE cardinality(lanes) <> cardinality(seqs)"))
                .isEqualTo("0");
    }

    @Test
    void theConditionsOfTheSubscriptionAndOfTheRequestApply() {
        publish("order.paid", Ordering.NONE, "{\"n\":1}");
        UUID both = publish("order.paid", Ordering.NONE, "{\"n\":2,\"big\":true}");
        publish("order.sent", Ordering.NONE, "{\"n\":3,\"big\":true}");
        publish("other", Ordering.NONE, "{\"n\":3,\"big\":true}");
        Subscription subscription = subscribe(
                "order.*",
                settings ->
                        settings.with(settings.selection().with(Filter.read("{\"data\":{\"n\":{\"$gte\":2}}}", ""))));

        ReplaySettings settings = new ReplaySettings(
                BEGINNING,
                Optional.empty(),
                List.of(new TypePattern("*.paid")),
                Filter.read("{\"data\":{\"big\":true}}", ""),
                Wanted.MISSING,
                false);

        assertThat(run(start(subscription, settings))).containsExactly(both);
    }

    @Test
    void theTimesAreThoseOfTheEvents() {
        UUID first = publish("a");
        await(TestPostgres.vertx().timer(5));
        Instant between = Instant.now();
        await(TestPostgres.vertx().timer(5));
        UUID second = publish("a");
        Subscription subscription = subscribe("a");

        assertThat(run(start(
                        subscription,
                        new ReplaySettings(
                                BEGINNING, Optional.of(between), List.of(), Optional.empty(), Wanted.ANY, false))))
                .containsExactly(first);
        assertThat(run(start(
                        subscription,
                        new ReplaySettings(between, Optional.empty(), List.of(), Optional.empty(), Wanted.ANY, true))))
                .containsExactly(second);
    }

    @Test
    void erasedPayloadsAreSkippedAndCounted() {
        UUID erased = publish("a");
        UUID kept = publish("a");
        await(new PayloadErasure(store, signal).erase(erased, LastInTransaction.NOTHING));
        Subscription subscription = subscribe("a");
        List<UUID> sent = new ArrayList<>();

        Job ended = run(start(subscription, wanted(Wanted.MISSING)), sent);

        assertThat(sent).containsExactly(kept);
        assertThat(ended.skipped()).isEqualTo(1);
        assertThat(ended.total()).contains(1L);
    }

    @Test
    void deadDeliveriesAreRetriedAndAllOthersStay() {
        Subscription subscription = subscribe("a");
        UUID dead = publish("a", Ordering.published("k"), "{}");
        UUID sent = publish("a", Ordering.published("k"), "{}");
        rows.settle(rows.seq(dead), "DEAD", 500);
        rows.settle(rows.seq(sent), "SENT", 200);

        assertThat(run(start(subscription, wanted(Wanted.DEAD)))).containsExactly(dead);
        assertThat(rows.all("SELECT event_id FROM nexus.delivery")).containsExactly(sent.toString());
        assertThat(run(start(subscription, wanted(Wanted.DEAD)))).isEmpty();
        assertThat(rows.one("SELECT count(*) FROM nexus.attempt")).isEqualTo("1");
    }

    @Test
    void anyMakesAnotherDeliveryOfWhatWasDelivered() {
        Subscription subscription = subscribe("a");
        UUID event = publish("a");
        rows.settle(rows.seq(event), "SENT", 200);

        assertThat(run(start(subscription, wanted(Wanted.MISSING)))).isEmpty();
        assertThat(run(start(subscription, wanted(Wanted.ANY)))).containsExactly(event);
        assertThat(rows.one("SELECT cardinality(seqs) FROM nexus.event")).isEqualTo("2");
    }

    @Test
    void keysOfReplayedDeliveriesAreTheirOwnAndKeepTheKeySlice() {
        Subscription subscription = subscribe("a");
        publish("a", Ordering.published("k"), "{}");
        Job job = start(subscription, wanted(Wanted.ANY));
        Job found = found(job);
        for (int i = 0; i < 3; i++) {
            if (await(steps.step(found, 7)) instanceof Turn.Stepped stepped) {
                found = stepped.job();
            }
        }

        assertThat(
                        rows.one(
                                "SELECT count(DISTINCT key) || ' ' || count(DISTINCT stripe) || ' ' || count(*) FROM nexus.owed"))
                .isEqualTo("2 1 2");
    }

    @Test
    void fewDeliveriesAreOwedAtATimeAndABarrierIsAlone() {
        publish(40, "a", 40);
        UUID barrier = publish("a", new Ordering.Barrier(5), "{}");
        publish(3, "a", 3);
        Subscription subscription =
                subscribe("a", settings -> settings.with(settings.flow().withConcurrency(16)));
        Job job = found(start(subscription, wanted(Wanted.MISSING)));
        List<Integer> owed = new ArrayList<>();
        List<UUID> alone = new ArrayList<>();
        int sent = 0;
        while (true) {
            Turn turn = await(steps.step(job, 100));
            if (turn instanceof Turn.Stepped stepped) {
                job = stepped.job();
                owed.add(Integer.parseInt(rows.one("SELECT count(*) FROM nexus.owed")));
                continue;
            }
            if (turn instanceof Turn.Finished) {
                break;
            }
            List<UUID> delivered = deliver(job);
            sent += delivered.size();
            if (delivered.contains(barrier)) {
                alone.addAll(delivered);
            }
        }

        assertThat(owed).allMatch(count -> count <= 8);
        assertThat(alone).containsExactly(barrier);
        assertThat(sent).isEqualTo(44);
    }

    @Test
    void aSubscriptionThatIsChangedMeanwhileDecidesAnew() {
        publish(30, "a", 3);
        Subscription subscription = subscribe("a");
        Job job = found(start(subscription, wanted(Wanted.MISSING)));
        SubscriptionRows.insert(store, "b"); // the catalog of this process does not know it

        List<UUID> sent = new ArrayList<>();
        run(job, sent);

        assertThat(sent).hasSize(30).doesNotHaveDuplicates();
    }

    @Test
    void aDeletedSubscriptionFailsItsReplay() {
        publish("a");
        Subscription subscription = subscribe("a");
        Job job = found(start(subscription, wanted(Wanted.MISSING)));
        rows.delete(subscription.lane());
        rows.run("UPDATE nexus.store SET catalog_version = catalog_version + 1");
        rows.run("UPDATE nexus.subscription SET version = (SELECT catalog_version FROM nexus.store)");
        await(catalog.reload());

        assertThat(await(steps.step(job, 7))).isInstanceOf(Turn.Failed.class);
    }

    @Test
    void aPausedJobMakesNoStepAndGoesOnWhereItWas() {
        publish(30, "a", 3);
        Subscription subscription = subscribe("a");
        Job job = start(subscription, wanted(Wanted.MISSING));
        Job before = found(job);

        assertThat(await(jobs.pause(Replays.KIND, job.id(), AuditedChange.NONE)).state())
                .isEqualTo(JobState.PAUSED);
        assertThat(await(steps.step(before, 7))).isInstanceOf(Turn.Outdated.class);
        assertThat(rows.one("SELECT count(*) FROM nexus.owed")).isEqualTo("0");
        assertThat(await(jobs.pause(Replays.KIND, job.id(), AuditedChange.NONE)).state())
                .isEqualTo(JobState.PAUSED);
        assertThat(await(jobs.resume(Replays.KIND, job.id(), AuditedChange.NONE))
                        .state())
                .isEqualTo(JobState.RUNNING);
        assertThat(run(job)).hasSize(30);
        assertThat(await(jobs.cancel(Replays.KIND, job.id(), AuditedChange.NONE))
                        .finishedAt())
                .isPresent();
        assertThat(await(jobs.cancel(Replays.KIND, job.id(), AuditedChange.NONE))
                        .state())
                .isEqualTo(JobState.CANCELLED);
        assertThatThrownBy(() -> await(jobs.resume(Replays.KIND, job.id(), AuditedChange.NONE)))
                .isInstanceOf(Refusal.Conflict.class);
    }

    /** Three runners make steps of three replays from whatever they have read last, as after takeovers that came late. */
    @Test
    void whoeverRunsItEveryEventIsOwedOnce() {
        List<UUID> before = publish(300, "a", 11);
        Subscription subscription = subscribe("a");
        List<Job> started = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            started.add(start(subscription, wanted(Wanted.MISSING)));
        }
        Random random = new Random(17);
        Map<Integer, Job> read = new HashMap<>(); // by runner and job
        List<UUID> sent = new ArrayList<>();
        int finished = 0;
        for (int i = 0; finished < 3 && i < 5_000; i++) {
            int which = random.nextInt(3);
            int place = which * 3 + random.nextInt(3);
            Job known = read.computeIfAbsent(place, first -> found(started.get(which)));
            if (known.state() != JobState.RUNNING) {
                continue;
            }
            switch (await(steps.step(known, 1 + random.nextInt(9)))) {
                case Turn.Stepped stepped -> {
                    if (random.nextInt(4) > 0) { // else it is killed before it knows
                        read.put(place, stepped.job());
                    }
                }
                case Turn.Outdated outdated -> read.remove(place);
                case Turn.Wait wait -> sent.addAll(deliver(known));
                case Turn.Failed failed -> throw new AssertionError(failed.reason());
                case Turn.Finished done -> {
                    sent.addAll(deliver(known));
                    finished += found(known).state() == JobState.RUNNING ? 1 : 0;
                    rows.run(
                            "UPDATE nexus.job SET state = 'done', finished_at = now(), version = version + 1 WHERE id = '"
                                    + known.id() + "'");
                    read.put(place, found(known));
                }
            }
        }

        assertThat(finished).isEqualTo(3);
        assertThat(sent).hasSize(300).containsExactlyInAnyOrderElementsOf(before);
        assertThat(started.stream().mapToLong(job -> found(job).done()).sum()).isEqualTo(300);
    }
}
