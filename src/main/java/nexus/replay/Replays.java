package nexus.replay;

import io.vertx.core.Future;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.SqlConnection;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import nexus.api.caller.AuditedChange;
import nexus.job.Job;
import nexus.job.Jobs;
import nexus.job.NewJob;
import nexus.refusal.Refusal;
import nexus.store.Rows;
import nexus.store.Store;
import nexus.subscription.Subscription;
import nexus.subscription.catalog.SubscriptionCatalog;
import nexus.subscription.catalog.SubscriptionRepository;

/** Starts replays, and counts what they would send. */
@Singleton
public class Replays {
    /** The kind of its jobs. */
    public static final String KIND = "replay";

    /** A counting request is answered after this time, with what was counted so far. */
    static final Duration COUNTING = Duration.ofSeconds(20);
    /** A new replay is counted in its own steps if it takes longer. */
    static final Duration COUNTING_AT_START = Duration.ofSeconds(2);
    /** Seqs are drawn within the transactions that store events, whose times are those of their beginning. */
    private static final Duration LONGEST_STORING = Duration.ofMinutes(2);

    private static final String LOCK_CATALOG =
            "LOCK TABLE " + SubscriptionRepository.CATALOG_LOCK + " IN EXCLUSIVE MODE";

    private static final String LAST_SEQ =
            "SELECT CASE WHEN is_called THEN last_value ELSE 0 END AS last_seq FROM event_seq";

    private final Store store;
    private final Jobs jobs;
    private final SubscriptionCatalog catalog;
    private final StoredEvents events;
    private final ReplayScan scan;

    public Replays(Store store, Jobs jobs, SubscriptionCatalog catalog) {
        this.store = store;
        this.jobs = jobs;
        this.catalog = catalog;
        this.events = new StoredEvents(store);
        this.scan = new ReplayScan(events);
    }

    /**
     * The number of events that a replay would send.
     *
     * @param erased events whose payloads were erased
     * @param isExact false if the time ended before the last event was counted
     */
    record Count(long total, long erased, boolean isExact) {}

    /**
     * Starts a replay of the events that were stored from one time to another and of which the subscription has no delivery, as
     * a part of the transaction that enables the subscription.
     *
     * @param transaction which holds the catalog's lock exclusively, so that no event that is being stored is missed
     * @param until empty: up to the end of the transaction
     * @param rateLimit events a second; empty: as fast as the subscription takes them
     */
    public Future<Job> start(
            SqlConnection transaction,
            Subscription subscription,
            Instant since,
            Optional<Instant> until,
            Optional<Integer> rateLimit) {
        ReplaySettings settings = new ReplaySettings(since, until, List.of(), Optional.empty(), Wanted.MISSING, true);
        return create(transaction, subscription, settings, rateLimit, Optional.empty());
    }

    /** Starts a replay that a caller of the API asks for. */
    Future<Job> start(
            UUID subscriptionId, ReplaySettings settings, Optional<Integer> rateLimit, AuditedChange audited) {
        return subscription(subscriptionId).compose(subscription -> count(subscription, settings, COUNTING_AT_START)
                .compose(count -> store.api().withTransaction(transaction -> transaction
                        .query(LOCK_CATALOG)
                        .execute()
                        .compose(locked -> create(
                                transaction,
                                subscription,
                                settings,
                                rateLimit,
                                count.isExact() ? Optional.of(count.total()) : Optional.empty()))
                        .compose(job -> audited.complete(transaction, job.id().toString())
                                .map(job)))));
    }

    /** Counts what a replay would send, for at most {@link #COUNTING}. */
    Future<Count> count(UUID subscriptionId, ReplaySettings settings) {
        return subscription(subscriptionId).compose(subscription -> count(subscription, settings, COUNTING));
    }

    private Future<Job> create(
            SqlConnection transaction,
            Subscription subscription,
            ReplaySettings settings,
            Optional<Integer> rateLimit,
            Optional<Long> total) {
        return lastSeq(transaction)
                .compose(last -> jobs.create(
                        transaction,
                        new NewJob(
                                UUID.randomUUID(),
                                KIND,
                                subscription.id(),
                                subscription.lane(),
                                settings.stored(),
                                beginning(settings, last).stored(),
                                rateLimit,
                                total)));
    }

    private static Future<Long> lastSeq(SqlClient client) {
        return client.query(LAST_SEQ).execute().map(rows -> Rows.only(rows).getLong("last_seq"));
    }

    private static ReplayCursor beginning(ReplaySettings settings, long lastSeq) {
        LocalDate firstDay = firstStored(settings).atOffset(ZoneOffset.UTC).toLocalDate();
        return ReplayCursor.beginning(firstDay, lastSeq);
    }

    private static Instant firstStored(ReplaySettings settings) {
        return settings.since().minus(LONGEST_STORING);
    }

    /** The position before the first event that may be wanted. */
    Future<ReplayCursor> found(ReplayCursor cursor, ReplaySettings settings) {
        return events.seqBefore(firstStored(settings), cursor).map(cursor::found);
    }

    private Future<Subscription> subscription(UUID id) {
        return catalog.refresh().map(subscriptions -> subscriptions
                .withId(id)
                .orElseThrow(() -> new Refusal.Invalid("/subscriptionId", "is not a subscription")));
    }

    private Future<Count> count(Subscription subscription, ReplaySettings settings, Duration limit) {
        long deadline = System.nanoTime() + limit.toNanos();
        return lastSeq(store.queue())
                .compose(last -> found(beginning(settings, last), settings))
                .compose(cursor -> counted(subscription, settings, cursor, new Count(0, 0, false), deadline))
                .map(ReplayCount::count);
    }

    /**
     * A count in progress.
     *
     * @param cursor after the last event that was counted
     */
    record ReplayCount(ReplayCursor cursor, Count count) {}

    /** Continues to count from the cursor, until the end or a time. */
    Future<ReplayCount> counted(
            Subscription subscription, ReplaySettings settings, ReplayCursor cursor, Count before, long deadline) {
        if (cursor.countedSeq() >= cursor.until()) {
            return Future.succeededFuture(new ReplayCount(cursor, new Count(before.total(), before.erased(), true)));
        }
        if (System.nanoTime() - deadline >= 0) {
            return Future.succeededFuture(new ReplayCount(cursor, before));
        }
        return scan.after(cursor.countedSeq(), cursor, settings, subscription, Integer.MAX_VALUE)
                .compose(found -> counted(
                        subscription,
                        settings,
                        cursor.counted(found.lastSeq(), found.selected().size()),
                        new Count(before.total() + found.selected().size(), before.erased() + found.erased(), false),
                        deadline));
    }

    ReplayScan scan() {
        return scan;
    }
}
