package nexus.dispatch;

import static nexus.testkit.Eventually.eventually;
import static nexus.testkit.TestPostgres.await;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.function.UnaryOperator;
import nexus.event.EventBody;
import nexus.event.EventId;
import nexus.event.EventIdGenerator;
import nexus.event.EventType;
import nexus.event.IncomingEvent;
import nexus.event.Ordering;
import nexus.intake.EventIntake;
import nexus.queue.notify.OwedSignal;
import nexus.queue.override.DeliveryOverride;
import nexus.queue.owed.DeliveryKey;
import nexus.store.Store;
import nexus.subscription.Subscription;
import nexus.subscription.SubscriptionDraft;
import nexus.subscription.SubscriptionSettings;
import nexus.subscription.catalog.SubscriptionCatalog;
import nexus.subscription.catalog.SubscriptionRepository;
import nexus.testkit.SubscriptionRows;
import nexus.testkit.TestPostgres;
import nexus.trace.Tracing;

/** A store of its own, and a process that delivers from it. */
final class Delivering implements AutoCloseable {
    final String url = TestPostgres.freshStore();
    final Store store = new Store(TestPostgres.vertx(), TestPostgres.storeConfig(url));
    final OwedSignal signal = new OwedSignal();
    final SubscriptionRepository repository = SubscriptionRows.repository(store);
    final SubscriptionCatalog catalog = new SubscriptionCatalog(repository);
    final DeliveryOverride byHand = new DeliveryOverride(store, signal);
    final EventIntake intake = new EventIntake(store, catalog, signal, Clock.systemUTC(), Tracing.off());
    private final EventIdGenerator ids = new EventIdGenerator(Clock.systemUTC(), new Random(7));
    final List<Running> running = new ArrayList<>();

    record Running(Dispatcher dispatcher, TestSender sender, MeterRegistry meters) {}

    void start(String... settings) {
        TestSender sender = new TestSender("test");
        MeterRegistry meters = new SimpleMeterRegistry();
        await(catalog.reload());
        Dispatcher dispatcher = DeliveringProcess.dispatcher(
                store,
                catalog,
                repository,
                intake,
                signal,
                sender,
                DeliveringProcess.lease(store, meters, settings),
                meters,
                settings);
        dispatcher.start();
        running.add(new Running(dispatcher, sender, meters));
    }

    /** As at a restart. */
    void stop() {
        for (Running process : running) {
            await(process.dispatcher().stop(Duration.ofSeconds(5)));
            process.sender().close();
        }
        running.clear();
    }

    @Override
    public void close() {
        for (Running process : running) {
            await(process.dispatcher().stop(Duration.ZERO));
            process.sender().close();
        }
        store.close();
    }

    Subscription subscribe(String pattern, URI endpoint) {
        return SubscriptionRows.insert(store, pattern, endpoint);
    }

    void change(Subscription subscription, UnaryOperator<SubscriptionSettings> change) {
        await(repository.update(
                subscription.id(), before -> new SubscriptionDraft(change.apply(before.settings()), before.mode())));
        await(catalog.reload());
    }

    EventId publish(String type, Ordering ordering) {
        return publish(type, ordering, "{}");
    }

    EventId publish(String type, Ordering ordering, String data) {
        EventId id = ids.next();
        EventType eventType = new EventType(type);
        Instant now = Instant.now();
        byte[] empty = {'{', '}'};
        byte[] body = data.getBytes(java.nio.charset.StandardCharsets.UTF_8);
        await(intake.publish(
                List.of(new IncomingEvent(
                        id, eventType, now, ordering, () -> EventBody.of(id, eventType, now, body, empty), true)),
                List.of()));
        return id;
    }

    /** So many at once, in this order. */
    List<EventId> publishTogether(int count, IntFunction<Ordering> ordering) {
        List<IncomingEvent> events = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            EventId id = ids.next();
            EventType type = new EventType("order.paid");
            Instant now = Instant.now();
            byte[] empty = {'{', '}'};
            events.add(new IncomingEvent(
                    id, type, now, ordering.apply(i), () -> EventBody.of(id, type, now, empty, empty), true));
        }
        await(intake.publish(events, List.of()));
        return events.stream().map(IncomingEvent::id).toList();
    }

    /** The first delivery whose attempt has failed, and that will be tried again. */
    DeliveryKey failed() {
        String[] row = query("SELECT event_day, lane, stripe, seq FROM nexus.owed WHERE due IS NOT NULL ORDER BY seq")
                .getFirst()
                .split("\\|", -1);
        return new DeliveryKey(
                LocalDate.parse(row[0]), Integer.parseInt(row[1]), Integer.parseInt(row[2]), Long.parseLong(row[3]));
    }

    /** Requests that have no answer yet. */
    int openRequests() {
        return running.stream()
                .mapToInt(process -> (int) process.meters()
                        .get("nexus.delivery.underway")
                        .tag("stage", "request")
                        .gauge()
                        .value())
                .sum();
    }

    void awaitNothingOwed() {
        eventually("nothing is owed", () -> query("SELECT FROM nexus.owed UNION ALL SELECT FROM nexus.owed_run")
                .isEmpty());
    }

    void awaitBreaker(boolean open) {
        eventually("the breaker is " + (open ? "open" : "closed"), () -> query(
                        "SELECT bool_or(breaker_opened_at IS NOT NULL)::text FROM nexus.subscription")
                .equals(List.of(Boolean.toString(open))));
    }

    List<String> query(String sql) {
        return TestPostgres.query(url, sql);
    }
}
