package nexus.dispatch;

import static nexus.testkit.TestPostgres.await;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import nexus.dispatch.outcome.DeliveryConfig;
import nexus.dispatch.send.DispatchMeters;
import nexus.event.EventBody;
import nexus.event.EventId;
import nexus.event.EventIdGenerator;
import nexus.event.EventType;
import nexus.event.IncomingEvent;
import nexus.event.Ordering;
import nexus.intake.EventIntake;
import nexus.intake.OwnEvents;
import nexus.liveness.LoopHeartbeats;
import nexus.queue.backlog.BacklogMeters;
import nexus.queue.backlog.BacklogTools;
import nexus.queue.backlog.Backlogs;
import nexus.queue.lease.DeliveryLease;
import nexus.queue.lease.LeaseConfig;
import nexus.queue.lease.LeaseMeters;
import nexus.queue.notify.OwedListener;
import nexus.queue.notify.OwedNotices;
import nexus.queue.notify.OwedSignal;
import nexus.queue.owed.OwedQueue;
import nexus.queue.owed.PackedRows;
import nexus.queue.process.ThisMachine;
import nexus.queue.settle.Settlement;
import nexus.store.Store;
import nexus.subscription.catalog.MissedEvents;
import nexus.subscription.catalog.SubscriptionCatalog;
import nexus.subscription.catalog.SubscriptionRepository;
import nexus.testkit.Configs;
import nexus.testkit.SubscriptionRows;
import nexus.testkit.TestPostgres;
import nexus.trace.Tracing;

/** What of a process takes events and delivers, with nothing in common with another one but the store. */
final class DeliveringProcess implements AutoCloseable {
    final MeterRegistry meters = new SimpleMeterRegistry();
    private final Store store;
    private final SubscriptionCatalog catalog;
    private final EventIntake intake;
    private final EventIdGenerator ids = new EventIdGenerator(Clock.systemUTC(), new Random());
    private final TestSender sender;
    private final Dispatcher dispatcher;

    /**
     * Starts it.
     *
     * @param name its requests have it as the version in {@code User-Agent}
     * @param settings of delivery and lease
     */
    DeliveringProcess(String url, String name, String... settings) {
        store = new Store(TestPostgres.vertx(), TestPostgres.storeConfig(url));
        SubscriptionRepository repository = SubscriptionRows.repository(store);
        catalog = new SubscriptionCatalog(repository);
        OwedSignal signal = new OwedSignal();
        intake = new EventIntake(store, catalog, signal, Clock.systemUTC(), Tracing.off());
        sender = new TestSender(name);
        DeliveryLease lease = lease(store, meters, settings);
        new OwedNotices(TestPostgres.vertx(), store, signal, lease);
        await(catalog.reload());
        dispatcher = dispatcher(store, catalog, repository, intake, signal, sender, lease, meters, settings);
        dispatcher.start();
    }

    static DeliveryLease lease(Store store, MeterRegistry meters, String... settings) {
        return new DeliveryLease(
                store,
                Configs.of(LeaseConfig.class, of("nexus.lease", settings)),
                new LeaseMeters(meters),
                new ThisMachine());
    }

    /** Not started yet. */
    static Dispatcher dispatcher(
            Store store,
            SubscriptionCatalog catalog,
            SubscriptionRepository repository,
            EventIntake intake,
            OwedSignal signal,
            TestSender sender,
            DeliveryLease lease,
            MeterRegistry meters,
            String... settings) {
        return new Dispatcher(
                new DispatchTools(
                        TestPostgres.vertx(),
                        catalog,
                        repository,
                        new MissedEvents(store),
                        sender.sender(catalog),
                        sender.loop(),
                        new OwnEvents(intake, Clock.systemUTC(), new Random(13)),
                        new DispatchMeters(meters),
                        Configs.of(DeliveryConfig.class, of("nexus.delivery", settings)),
                        Clock.systemUTC(),
                        new Random(11)),
                new Backlogs(new BacklogTools(
                        TestPostgres.vertx(),
                        new OwedQueue(store),
                        new PackedRows(store),
                        new Settlement(store),
                        lease,
                        signal,
                        new OwedListener(TestPostgres.vertx(), store, lease),
                        new BacklogMeters(meters),
                        Clock.systemUTC())),
                new LoopHeartbeats());
    }

    EventId publish(String type, Ordering ordering) {
        EventId id = ids.next();
        EventType eventType = new EventType(type);
        Instant now = Instant.now();
        byte[] empty = {'{', '}'};
        await(intake.publish(
                List.of(new IncomingEvent(
                        id, eventType, now, ordering, () -> EventBody.of(id, eventType, now, empty, empty), true)),
                List.of()));
        return id;
    }

    double meter(String name) {
        return meters.get(name).meter().measure().iterator().next().getValue();
    }

    /** As SIGTERM does. */
    void leave(Duration atMost) {
        await(dispatcher.stop(atMost));
    }

    @Override
    public void close() {
        leave(Duration.ZERO);
        sender.close();
        store.close();
    }

    private static String[] of(String prefix, String... settings) {
        return Arrays.stream(settings)
                .filter(setting -> setting.startsWith(prefix + "."))
                .toArray(String[]::new);
    }
}
