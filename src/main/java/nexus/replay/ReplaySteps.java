package nexus.replay;

import io.vertx.core.Future;
import io.vertx.sqlclient.SqlConnection;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import nexus.job.Job;
import nexus.job.JobKind;
import nexus.job.Jobs;
import nexus.job.Progress;
import nexus.job.Turn;
import nexus.process.Role;
import nexus.queue.override.OwedAgain;
import nexus.queue.override.OwedAgain.Made;
import nexus.queue.override.RepeatedEvent;
import nexus.store.Rows;
import nexus.store.Store;
import nexus.subscription.Batch;
import nexus.subscription.Subscription;
import nexus.subscription.catalog.SubscriptionCatalog;
import nexus.subscription.catalog.SubscriptionRepository;
import nexus.subscription.matching.Subscriptions;

/**
 * The steps of replays. Few deliveries of replays are owed to a lane at a time, so that live deliveries, which arrive behind
 * them, soon have their turn: at most half of the requests that the lane may have in flight.
 */
@Singleton
public class ReplaySteps implements JobKind {
    private static final Duration SOON = Duration.ofMillis(20);
    private static final Duration LATER = Duration.ofMillis(500);
    private static final Duration COUNTING = Duration.ofSeconds(2);
    /** Reads without a selected event after which the position is stored. */
    private static final int MOST_READS = 20;

    private static final String LOCK_CATALOG =
            "LOCK TABLE " + SubscriptionRepository.CATALOG_LOCK + " IN ROW SHARE MODE";

    private static final String CATALOG_VERSION = "SELECT catalog_version FROM store";

    private final Store store;
    private final Jobs jobs;
    private final Replays replays;
    private final SubscriptionCatalog catalog;
    private final OwedAgain owedAgain;

    public ReplaySteps(Store store, Jobs jobs, Replays replays, SubscriptionCatalog catalog, OwedAgain owedAgain) {
        this.store = store;
        this.jobs = jobs;
        this.replays = replays;
        this.catalog = catalog;
        this.owedAgain = owedAgain;
    }

    @Override
    public String name() {
        return Replays.KIND;
    }

    /** Lanes are owned by processes with this role, which learn of deliveries of the same process first. */
    @Override
    public Role role() {
        return Role.DELIVER;
    }

    @Override
    public Future<Turn> step(Job job, int most) {
        Subscriptions subscriptions = catalog.current();
        Optional<Subscription> subscription = subscriptions.ofLane(job.lane());
        if (subscription.isEmpty()) {
            return catalog.refresh()
                    .map(now -> now.ofLane(job.lane()).isPresent()
                            ? new Turn.Wait(SOON)
                            : new Turn.Failed("The subscription was deleted."));
        }
        Attempt attempt = new Attempt(
                job,
                ReplaySettings.of(job.settings()),
                ReplayCursor.of(job.cursor()),
                subscription.get(),
                subscriptions.version());
        if (!attempt.cursor.isFound()) {
            return replays.found(attempt.cursor, attempt.settings)
                    .compose(found -> stored(job, new Progress(found.stored(), 0, 0)));
        }
        return job.total().isEmpty() ? count(attempt) : send(attempt, most);
    }

    /** The values of one step. */
    private record Attempt(
            Job job, ReplaySettings settings, ReplayCursor cursor, Subscription subscription, long catalogVersion) {}

    private Future<Turn> count(Attempt attempt) {
        return replays.counted(
                        attempt.subscription,
                        attempt.settings,
                        attempt.cursor,
                        new Replays.Count(0, 0, false),
                        System.nanoTime() + COUNTING.toNanos())
                .compose(counted -> stored(
                        attempt.job,
                        new Progress(
                                counted.cursor().stored(),
                                0,
                                0,
                                counted.count().isExact()
                                        ? Optional.of(counted.cursor().counted())
                                        : Optional.empty())));
    }

    /** Stores a step without deliveries. */
    private Future<Turn> stored(Job job, Progress progress) {
        return store.queue()
                .withTransaction(transaction -> jobs.advance(transaction, job, progress))
                .map(after -> after.<Turn>map(next -> new Turn.Stepped(next, 0)).orElseGet(Turn.Outdated::new));
    }

    private Future<Turn> send(Attempt attempt, int most) {
        return owedAgain.count(attempt.job.lane(), attempt.job.id()).compose(owed -> {
            if (attempt.cursor.isAtEnd()) {
                return Future.succeededFuture(owed.ownReady() == 0 ? new Turn.Finished() : new Turn.Wait(SOON));
            }
            if (attempt.cursor.isBlocked() && owed.ownOwed() > 0) {
                return Future.succeededFuture(new Turn.Wait(LATER));
            }
            int room = Math.min(most, room(attempt.subscription) - owed.ready());
            if (room < 1 || owed.owed() >= OwedAgain.MOST_COUNTED) {
                return Future.succeededFuture(new Turn.Wait(SOON));
            }
            return next(attempt, attempt.cursor.seq(), 0, room, MOST_READS)
                    .compose(found -> found.isBarrier() && owed.ownOwed() > 0
                            ? Future.succeededFuture(new Turn.Wait(LATER))
                            : write(attempt, found));
        });
    }

    /** Most deliveries of replays that may be owed and ready. */
    private static int room(Subscription subscription) {
        int requests = Math.max(1, subscription.flow().concurrency() / 2);
        int perRequest =
                subscription.settings().content().batch().map(Batch::maxSize).orElse(1);
        return subscription
                        .flow()
                        .rateLimit()
                        .map(perSecond -> Math.min(requests, Math.max(1, perSecond / 4)))
                        .orElse(requests)
                * perRequest;
    }

    /** Reads on until something is selected. */
    private Future<ReplayScan.Found> next(Attempt attempt, long seq, long erased, int room, int reads) {
        return replays.scan()
                .after(seq, attempt.cursor, attempt.settings, attempt.subscription, room)
                .compose(found -> {
                    long all = erased + found.erased();
                    return found.selected().isEmpty() && found.lastSeq() < attempt.cursor.until() && reads > 1
                            ? next(attempt, found.lastSeq(), all, room, reads - 1)
                            : Future.succeededFuture(
                                    new ReplayScan.Found(found.selected(), all, found.lastSeq(), found.isBarrier()));
                });
    }

    /** The result of the transaction of a step. */
    private sealed interface Written {
        record Done(Job job, Made made) implements Written {}

        record Outdated() implements Written {}

        /** The subscriptions have changed since the events were selected. */
        record CatalogChanged() implements Written {}
    }

    /** Rolls a transaction back. */
    private static final class Undone extends RuntimeException {
        private static final long serialVersionUID = 1;

        private final transient Written result;

        Undone(Written result) {
            super("rolled back", null, false, false);
            this.result = result;
        }
    }

    private Future<Turn> write(Attempt attempt, ReplayScan.Found found) {
        return store.queue()
                .withTransaction(transaction -> written(transaction, attempt, found))
                .recover(failure -> failure instanceof Undone undone
                        ? Future.succeededFuture(undone.result)
                        : Future.failedFuture(failure))
                .compose(written -> switch (written) {
                    case Written.Done done -> {
                        owedAgain.signal(done.made);
                        yield Future.succeededFuture(new Turn.Stepped(done.job, done.made.deliveries()));
                    }
                    case Written.Outdated outdated -> Future.succeededFuture(new Turn.Outdated());
                    case Written.CatalogChanged changed -> catalog.refresh().map(now -> new Turn.Wait(SOON));
                });
    }

    private Future<Written> written(SqlConnection transaction, Attempt attempt, ReplayScan.Found found) {
        return transaction
                .query(LOCK_CATALOG)
                .execute()
                .compose(locked -> transaction.preparedQuery(CATALOG_VERSION).execute())
                .compose(rows -> Rows.only(rows).getLong("catalog_version") == attempt.catalogVersion
                        ? make(transaction, attempt, found.selected())
                        : Future.failedFuture(new Undone(new Written.CatalogChanged())))
                .compose(made -> jobs.advance(transaction, attempt.job, progress(attempt, found, made))
                        .compose(after -> after.isPresent()
                                ? Future.succeededFuture(new Written.Done(after.get(), made))
                                : Future.failedFuture(new Undone(new Written.Outdated()))));
    }

    private Future<Made> make(SqlConnection transaction, Attempt attempt, List<ScannedEvent> selected) {
        Wanted wanted = attempt.settings.wanted();
        List<RepeatedEvent> events =
                selected.stream().map(event -> event.repeated(wanted)).toList();
        int lane = attempt.job.lane();
        return switch (wanted) {
            case MISSING -> owedAgain.insert(transaction, lane, attempt.job.id(), events, true);
            case ANY -> owedAgain.insert(transaction, lane, attempt.job.id(), events, false);
            case DEAD -> owedAgain.revive(transaction, lane, attempt.job.id(), events);
        };
    }

    private static Progress progress(Attempt attempt, ReplayScan.Found found, Made made) {
        return new Progress(
                attempt.cursor.at(found.lastSeq(), found.isBarrier()).stored(), made.deliveries(), found.erased());
    }
}
