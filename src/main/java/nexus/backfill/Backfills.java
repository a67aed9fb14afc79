package nexus.backfill;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.util.Optional;
import java.util.UUID;
import nexus.api.caller.AuditedChange;
import nexus.backfill.table.SourceRows;
import nexus.job.Job;
import nexus.job.Jobs;
import nexus.job.NewJob;
import nexus.refusal.Refusal;
import nexus.store.Store;
import nexus.subscription.Subscription;
import nexus.subscription.catalog.SubscriptionCatalog;
import org.jboss.logging.Logger;

/** Starts backfills. */
@Singleton
public class Backfills {
    /** The kind of its jobs. */
    public static final String KIND = "backfill";

    private static final Logger LOG = Logger.getLogger(Backfills.class);

    private final Vertx vertx;
    private final Store store;
    private final Jobs jobs;
    private final SubscriptionCatalog catalog;
    private final SourceReading source;

    @Inject
    public Backfills(Vertx vertx, Store store, Jobs jobs, SubscriptionCatalog catalog, SourceReading source) {
        this.vertx = vertx;
        this.store = store;
        this.jobs = jobs;
        this.catalog = catalog;
        this.source = source;
    }

    private record Checked(long oid, long rows) {}

    /** Fails with a {@link Refusal} if the rows cannot be read. */
    Future<Job> start(BackfillRequest request, AuditedChange audited) {
        return catalog.refresh()
                .map(subscriptions -> subscriptions
                        .withId(request.subscriptionId())
                        .orElseThrow(() -> new Refusal.Invalid("/subscriptionId", "is not a subscription")))
                .compose(subscription -> vertx.executeBlocking(() -> checked(request), false)
                        .compose(checked -> create(request, subscription, checked, audited)));
    }

    private Checked checked(BackfillRequest request) {
        try (SourceRows rows = source.open()) {
            String schema = request.table().schema();
            String table = request.table().table();
            long oid = rows.check(schema, table, request.condition());
            return new Checked(oid, rows.count(schema, table, request.condition()));
        } catch (SQLException e) {
            LOG.warnf("table not checked for a backfill reason=%s", e.getMessage());
            throw new Refusal.Unavailable("The source database cannot be queried now; try again.");
        }
    }

    private Future<Job> create(
            BackfillRequest request, Subscription subscription, Checked checked, AuditedChange audited) {
        BackfillSettings settings = new BackfillSettings(request.table(), checked.oid, request.condition());
        NewJob job = new NewJob(
                UUID.randomUUID(),
                KIND,
                subscription.id(),
                subscription.lane(),
                settings.stored(),
                BackfillCursor.START.stored(),
                request.rateLimit(),
                Optional.of(checked.rows));
        return Future.succeededFuture(job)
                .compose(wanted -> store.api().withTransaction(transaction -> jobs.create(transaction, wanted)
                        .compose(made -> audited.complete(transaction, made.id().toString())
                                .map(made))));
    }
}
