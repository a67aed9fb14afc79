package nexus.intake;

import io.vertx.core.Future;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import nexus.event.EventId;
import nexus.event.EventType;
import nexus.event.IncomingEvent;
import nexus.event.Ordering;
import nexus.queue.notify.OwedSignal;
import nexus.store.Store;
import nexus.store.StoreErrors;
import nexus.subscription.catalog.SubscriptionCatalog;
import nexus.trace.Tracing;
import org.jboss.logging.Logger;

/** The one door: what both ways in call. Match, store and enqueue commit together. */
@Singleton
public class EventIntake {
    private static final Logger LOG = Logger.getLogger(EventIntake.class);
    /** A publisher may take the id that was found free in the moment before it is stored. */
    private static final int ID_TRIES = 3;

    private static final EventType HARMLESS = new EventType("pg.pg_catalog.nothing.insert");

    private final EventRepository repository;
    private final SubscriptionCatalog catalog;
    private final OwedSignal signal;
    private final PublishQueue publishing;
    private final Clock clock;
    private final Tracing tracing;

    @Inject
    public EventIntake(Store store, SubscriptionCatalog catalog, OwedSignal signal, Clock clock, Tracing tracing) {
        this.clock = clock;
        this.tracing = tracing;
        this.repository = new EventRepository(store);
        this.catalog = catalog;
        this.signal = signal;
        this.publishing = new PublishQueue(repository, catalog, signal.live(), this::store, clock);
    }

    /**
     * Takes published events: all of them or none.
     *
     * @return one answer per event, in order, once they are committed; or fails with a {@code Refusal} (a key reused,
     *     in use, or an event id taken)
     */
    public Future<List<Accepted>> publish(List<IncomingEvent> events, List<IdempotencyClaim> claims) {
        return publishing.add(Publication.of(events, claims));
    }

    /**
     * Takes what one connection read from the source, and moves its position in the same transaction. One call at a
     * time: the next one only when this one is done.
     *
     * <p>When no subscription wants any of the events, nothing is written: a busy table that nobody follows costs no
     * WAL. Without events at all the position alone is written.
     *
     * <p>An event that the store refuses is reduced, or left out, so that the others come in.
     *
     * @param refusals is told of such events
     * @return the position that is now stored: {@code to}, or {@code from} when nothing had to be written. Fails with
     *     {@link PositionLostException} when {@code from} is not what is stored. After any other failure it is not
     *     known whether the transaction was committed: read the position again before going on.
     */
    public Future<SourcePosition> capture(
            List<IncomingEvent> events, SourcePosition from, SourcePosition to, EventRefusal.Listener refusals) {
        return capture(events, from, to, ID_TRIES)
                .recover(failure -> StoreErrors.isAboutOneRow(failure)
                        ? without(events, failure, refusals).compose(taken -> capture(taken, from, to, ID_TRIES))
                        : Future.failedFuture(failure));
    }

    private Future<List<IncomingEvent>> without(
            List<IncomingEvent> refused, Throwable failure, EventRefusal.Listener refusals) {
        RefusedEvents search = new RefusedEvents(this::takes);
        return search.reduced(refused).compose(taken -> isAbout(search.leftOut(), taken, failure)
                .compose(about -> about
                        ? refusals.refused(search.found(failure)).map(taken)
                        : Future.failedFuture(failure))); // nothing is lost, and it is tried again
    }

    /**
     * Whether the store takes others, and these still not: somebody may have put right meanwhile what it refused every
     * event for.
     */
    private Future<Boolean> isAbout(List<IncomingEvent> leftOut, List<IncomingEvent> taken, Throwable failure) {
        if (leftOut.isEmpty()) {
            return Future.succeededFuture(true);
        }
        if (!StoreErrors.mayBeOfTable(failure, EventRepository.EVENTS)) {
            return Future.succeededFuture(false);
        }
        Future<Boolean> takesOthers = taken.isEmpty() ? takes(List.of(harmless())) : Future.succeededFuture(true);
        return takesOthers.compose(others -> others
                ? new RefusedEvents(this::takes).reduced(leftOut).map(List::isEmpty)
                : Future.succeededFuture(false));
    }

    private Future<Boolean> takes(List<IncomingEvent> events) {
        return repository.takes(
                new MatchedEvents(catalog.current(), events, signal.live().now()));
    }

    /** As harmless as a row change can be; it is tried and never stored. */
    private IncomingEvent harmless() {
        return new IncomingEvent(
                new EventId(UUID.randomUUID()),
                HARMLESS,
                clock.instant().truncatedTo(ChronoUnit.MILLIS),
                Ordering.NONE,
                () -> "{}".getBytes(StandardCharsets.UTF_8),
                true);
    }

    private Future<SourcePosition> capture(
            List<IncomingEvent> events, SourcePosition from, SourcePosition to, int idTries) {
        MatchedEvents matched =
                new MatchedEvents(catalog.current(), events, signal.live().now());
        if (!events.isEmpty() && matched.isEmpty()) {
            return repository
                    .isCatalogAt(matched.catalogVersion)
                    .compose(same -> same
                            ? Future.succeededFuture(from)
                            : catalog.reload().compose(reloaded -> capture(events, from, to, idTries)));
        }
        return store(matched, List.of(), Optional.of(new EventRepository.PositionMove(from, to)))
                .compose(done -> {
                    if (!done) {
                        return catalog.reload().compose(r -> capture(events, from, to, idTries));
                    }
                    if (tracing.isOn()) {
                        matched.forEach(tracing::captured);
                    }
                    return Future.succeededFuture(to);
                })
                .recover(failure -> StoreErrors.isTaken(failure) && idTries > 0
                        ? underFreeIds(events, matched).compose(free -> capture(free, from, to, idTries - 1))
                        : Future.failedFuture(failure));
    }

    /** An id that somebody else's event has must not keep the others from coming in. */
    private Future<List<IncomingEvent>> underFreeIds(List<IncomingEvent> events, MatchedEvents matched) {
        return TakenIds.resolve(events, Set.copyOf(matched.ids), repository).onSuccess(free -> {
            Set<UUID> given = TakenIds.ids(events);
            LOG.warnf(
                    "ids of captured events were taken renamed=%d stored_before=%d",
                    free.stream()
                            .filter(event -> !given.contains(event.id().value()))
                            .count(),
                    events.size() - free.size());
        });
    }

    /** @return false when the match is out of date: reload and match again */
    private Future<Boolean> store(
            MatchedEvents matched, List<EventRepository.Claim> claims, Optional<EventRepository.PositionMove> move) {
        return repository.store(matched, claims, move).compose(stored -> switch (stored) {
            case EventRepository.Stored.Done done -> {
                signal.raise(matched.owed(done));
                yield Future.succeededFuture(true);
            }
            case EventRepository.Stored.MatchOutdated outdated -> {
                signal.live().clear();
                yield Future.succeededFuture(false);
            }
            case EventRepository.Stored.PositionMoved moved ->
                Future.failedFuture(
                        new PositionLostException(move.map(m -> m.from().slot()).orElse("")));
        });
    }
}
