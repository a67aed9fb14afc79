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

/** The entry point for captured and published events. Matching, storing and enqueueing commit together. */
@Singleton
public class EventIntake {
    private static final Logger LOG = Logger.getLogger(EventIntake.class);
    /** A publisher may take a free id just before the event with that id is stored. */
    private static final int ID_TRIES = 3;

    private static final EventType PROBE_TYPE = new EventType("pg.pg_catalog.nothing.insert");

    private final EventRepository repository;
    private final SubscriptionCatalog catalog;
    private final OwedSignal signal;
    private final PublishQueue publishing;
    private final UndecidedCounts undecided;
    private final Clock clock;
    private final Tracing tracing;

    @Inject
    public EventIntake(Store store, SubscriptionCatalog catalog, OwedSignal signal, Clock clock, Tracing tracing) {
        this.clock = clock;
        this.tracing = tracing;
        this.repository = new EventRepository(store);
        this.undecided = new UndecidedCounts(repository);
        this.catalog = catalog;
        this.signal = signal;
        this.publishing = new PublishQueue(repository, catalog, signal.live(), this::store, clock);
    }

    /**
     * Stores published events, all or none of them.
     *
     * @return one answer per event, in order, once they are committed; or fails with a {@code Refusal} (a key reused or
     *     in use, or an event id taken)
     */
    public Future<List<Accepted>> publish(List<IncomingEvent> events, List<IdempotencyClaim> claims) {
        return publishing.add(Publication.of(events, claims));
    }

    /**
     * Stores the events of one source, and replaces its checkpoint in the same transaction. Calls must not overlap.
     *
     * <p>If no subscription matches any of the events, nothing is written, so a busy table without subscribers costs the
     * store nothing. A call without events replaces the checkpoint alone.
     *
     * <p>An event that the store refuses is reduced, or left out, so that the others are stored.
     *
     * @param refusals receives such events
     * @return whether the checkpoint was replaced; false if nothing had to be written. Fails with {@link
     *     CheckpointLostException} if the stored one is not the expected one. After any other failure it is unknown whether
     *     the transaction was committed: read the checkpoint again before continuing.
     */
    public Future<Boolean> capture(List<IncomingEvent> events, Checkpoint checkpoint, EventRefusal.Listener refusals) {
        return capture(events, List.of(), checkpoint, refusals);
    }

    /**
     * As above.
     *
     * @param along are committed with the events. If one of them is refused, the others are stored without it and the
     *     events of its job
     */
    public Future<Boolean> capture(
            List<IncomingEvent> events, List<Along> along, Checkpoint checkpoint, EventRefusal.Listener refusals) {
        return capture(events, along, checkpoint, ID_TRIES)
                .recover(failure -> StoreErrors.isAboutOneRow(failure)
                        ? without(events, failure, refusals)
                                .compose(taken -> capture(taken, along, checkpoint, ID_TRIES))
                        : Future.failedFuture(failure));
    }

    private Future<List<IncomingEvent>> without(
            List<IncomingEvent> refused, Throwable failure, EventRefusal.Listener refusals) {
        RefusedEvents search = new RefusedEvents(this::accepts);
        return search.reduced(refused).compose(taken -> isCausedBy(search.leftOut(), taken, failure)
                .compose(isCause -> isCause
                        ? refusals.refused(search.found(failure)).map(taken)
                        : Future.failedFuture(failure))); // nothing is lost, and the caller tries again
    }

    /**
     * Whether the events themselves cause the refusal: the store accepts other events and still refuses these. A cause
     * that affects every event may have been corrected meanwhile.
     */
    private Future<Boolean> isCausedBy(List<IncomingEvent> leftOut, List<IncomingEvent> taken, Throwable failure) {
        if (leftOut.isEmpty()) {
            return Future.succeededFuture(true);
        }
        if (!StoreErrors.mayBeOfTable(failure, EventRepository.EVENTS)) {
            return Future.succeededFuture(false);
        }
        Future<Boolean> acceptsOthers = taken.isEmpty() ? accepts(List.of(probe())) : Future.succeededFuture(true);
        return acceptsOthers.compose(others -> others
                ? new RefusedEvents(this::accepts).reduced(leftOut).map(List::isEmpty)
                : Future.succeededFuture(false));
    }

    private Future<Boolean> accepts(List<IncomingEvent> events) {
        return repository.accepts(
                new MatchedEvents(catalog.current(), events, signal.live().now()));
    }

    /** A probe with the simplest possible row change; it is tried and never stored. */
    private IncomingEvent probe() {
        return new IncomingEvent(
                new EventId(UUID.randomUUID()),
                PROBE_TYPE,
                clock.instant().truncatedTo(ChronoUnit.MILLIS),
                Ordering.NONE,
                () -> "{}".getBytes(StandardCharsets.UTF_8),
                true);
    }

    private Future<Boolean> capture(List<IncomingEvent> events, List<Along> along, Checkpoint checkpoint, int idTries) {
        MatchedEvents matched =
                new MatchedEvents(catalog.current(), events, signal.live().now());
        Optional<Along> refused = along.stream()
                .filter(one -> matched.unreceived.contains(one.job()))
                .findFirst();
        if (refused.isPresent()) {
            return withoutJob(refused.get(), events, along, checkpoint, idTries);
        }
        if (!events.isEmpty() && matched.isEmpty() && along.isEmpty()) {
            return repository.isCatalogAt(matched.catalogVersion).compose(same -> {
                if (!same) {
                    return catalog.reload().compose(reloaded -> capture(events, along, checkpoint, idTries));
                }
                undecided.add(matched.undecided);
                return Future.succeededFuture(false);
            });
        }
        return store(matched, List.of(), Optional.of(checkpoint), along)
                .compose(done -> {
                    if (!done) {
                        return catalog.reload().compose(r -> capture(events, along, checkpoint, idTries));
                    }
                    if (tracing.isOn()) {
                        matched.forEach(tracing::captured);
                    }
                    return Future.succeededFuture(true);
                })
                .recover(failure -> {
                    if (failure instanceof AlongRefused one) {
                        return withoutJob(one.along, events, along, checkpoint, idTries);
                    }
                    return StoreErrors.isTaken(failure) && idTries > 0
                            ? renameTaken(events, matched)
                                    .compose(free -> capture(free, along, checkpoint, idTries - 1))
                            : Future.failedFuture(failure);
                });
    }

    private Future<Boolean> withoutJob(
            Along refused, List<IncomingEvent> events, List<Along> along, Checkpoint checkpoint, int idTries) {
        List<IncomingEvent> others = events.stream()
                .filter(event -> event.recipient()
                        .filter(recipient -> recipient.job().equals(refused.job()))
                        .isEmpty())
                .toList();
        List<Along> rest =
                along.stream().filter(one -> !one.job().equals(refused.job())).toList();
        along.stream().filter(one -> one.job().equals(refused.job())).forEach(Along::refused);
        return capture(others, rest, checkpoint, idTries);
    }

    /** Nothing was stored, because something that belongs to the events was not as expected. */
    private static final class AlongRefused extends RuntimeException {
        private static final long serialVersionUID = 1;

        private final transient Along along;

        AlongRefused(Along along) {
            super("refused", null, false, false);
            this.along = along;
        }
    }

    /** Renames events whose ids other events already have, so that they do not block the rest of the batch. */
    private Future<List<IncomingEvent>> renameTaken(List<IncomingEvent> events, MatchedEvents matched) {
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

    /** @return false if the match is out of date: reload and match again */
    private Future<Boolean> store(
            MatchedEvents matched, List<EventRepository.Claim> claims, Optional<Checkpoint> checkpoint) {
        return store(matched, claims, checkpoint, List.of());
    }

    private Future<Boolean> store(
            MatchedEvents matched,
            List<EventRepository.Claim> claims,
            Optional<Checkpoint> checkpoint,
            List<Along> along) {
        return repository.store(matched, claims, checkpoint, along).compose(stored -> switch (stored) {
            case EventRepository.Stored.Done done -> {
                signal.raise(done.owed());
                undecided.add(matched.undecided);
                yield Future.succeededFuture(true);
            }
            case EventRepository.Stored.MatchOutdated outdated -> {
                signal.live().clear();
                yield Future.succeededFuture(false);
            }
            case EventRepository.Stored.Refused refused -> Future.failedFuture(new AlongRefused(refused.along()));
            case EventRepository.Stored.CheckpointLost lost ->
                Future.failedFuture(new CheckpointLostException(
                        checkpoint.map(Checkpoint::source).orElse("")));
        });
    }
}
