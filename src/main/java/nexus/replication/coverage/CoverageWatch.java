package nexus.replication.coverage;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import nexus.event.EventType;
import nexus.intake.IdempotencyClaim;
import nexus.intake.OwnEvents;
import nexus.replication.coverage.Loss.Why;
import nexus.replication.coverage.LossWarnings.Lost;
import nexus.replication.coverage.SourceCoverageRepository.Known;
import nexus.replication.source.SourceConfig;
import nexus.replication.state.CaptureReport;
import nexus.replication.state.StoreReply;
import nexus.replication.state.StoreUnavailableException;
import nexus.subscription.Subscription;
import nexus.subscription.warning.Warning;
import org.jboss.logging.Logger;

/**
 * Detects when a subscription loses wanted changes or receives them again, and reports it in the store, in health, in
 * the log, and as an event {@code nexus.source.coverage}. Used on the source's thread.
 */
@Singleton
public class CoverageWatch {
    private static final Logger LOG = Logger.getLogger(CoverageWatch.class);
    private static final EventType TYPE = new EventType("nexus.source.coverage");
    /** An event that is raised again after a crash, before it was recorded, counts as the same one within this time. */
    private static final Duration SAME_FOR = Duration.ofHours(24);

    private static final SubscriptionCoverage COMPLETE = SubscriptionCoverage.of(List.of());

    private final SourceConfig config;
    private final OwnEvents ownEvents;
    private final SourceCoverageRepository repository;
    private final CaptureReport report;
    private Map<UUID, String> settled = Map.of();
    private Set<String> unpublished = Set.of();

    @Inject
    public CoverageWatch(
            SourceConfig config, OwnEvents ownEvents, SourceCoverageRepository repository, CaptureReport report) {
        this.config = config;
        this.ownEvents = ownEvents;
        this.repository = repository;
        this.report = report;
    }

    public Future<Map<UUID, List<Warning>>> losses(Collection<UUID> subscriptions) {
        return repository.losses(subscriptions);
    }

    /** Records losses that the response to a request already reported, so that they raise no event. */
    public void recordReported(Subscription subscription, List<Lost> lost) {
        StoreReply.await(repository.save(subscription.id(), SubscriptionCoverage.of(lost)));
    }

    /**
     * Compares the present losses of the subscriptions with the earlier ones.
     *
     * @param failing number of tables whose updates fail because of a publication of Nexus
     * @throws StoreUnavailableException if a change could not be reported; the next check tries again
     */
    public void check(Collection<Subscription> subscriptions, LossWarnings warnings, int failing) {
        Map<UUID, Subscription> about = new HashMap<>();
        Map<UUID, SubscriptionCoverage> now = new HashMap<>();
        Map<UUID, String> fingerprints = new HashMap<>();
        Set<String> unpublishedNow = new HashSet<>();
        int losing = 0;
        for (Subscription subscription : subscriptions) {
            if (subscription.selection().isAboutTables()) {
                UUID id = subscription.id();
                List<Lost> lost = warnings.of(subscription);
                about.put(id, subscription);
                losing += lost.isEmpty() ? 0 : 1;
                if (isLasting(lost, unpublishedNow)) {
                    now.put(id, SubscriptionCoverage.of(lost));
                    fingerprints.put(id, SubscriptionCoverage.of(lost).fingerprint());
                } else if (settled.containsKey(id)) {
                    fingerprints.put(id, settled.getOrDefault(id, ""));
                }
            }
        }
        unpublished = unpublishedNow;
        report.setCoverage(losing, failing);
        if (!fingerprints.equals(settled)) {
            settle(about, now);
            settled = fingerprints;
        }
    }

    /**
     * Whether the losses persist. An unpublished table counts only at the second check, since it may be new or its lock
     * may have been held.
     */
    private boolean isLasting(List<Lost> lost, Set<String> unpublishedNow) {
        boolean isLasting = true;
        for (Lost one : lost) {
            if (one.loss().why() instanceof Why.NotPublished) {
                String key = one.loss().table() + " " + one.loss().leaves();
                unpublishedNow.add(key);
                isLasting &= unpublished.contains(key);
            }
        }
        return isLasting;
    }

    private void settle(Map<UUID, Subscription> about, Map<UUID, SubscriptionCoverage> now) {
        Map<UUID, Known> stored = StoreReply.await(repository.all());
        List<UUID> gone =
                stored.keySet().stream().filter(id -> !about.containsKey(id)).toList();
        if (!gone.isEmpty()) {
            StoreReply.await(repository.remove(gone));
        }
        now.forEach((id, coverage) -> {
            Known before = stored.getOrDefault(id, new Known(COMPLETE.fingerprint(), "-"));
            if (!coverage.fingerprint().equals(before.fingerprint())) {
                raise(Objects.requireNonNull(about.get(id)), coverage, before);
                StoreReply.await(repository.save(id, coverage));
            }
        });
    }

    private void raise(Subscription subscription, SubscriptionCoverage coverage, Known before) {
        LOG.logf(
                coverage.isComplete() ? Logger.Level.INFO : Logger.Level.WARN,
                "coverage subscription=%s losses=%s",
                subscription.id(),
                coverage.isComplete() ? "none" : coverage.losses().size() + coverage.more());
        JsonObject data = new JsonObject()
                .put("slot", config.slot())
                .put("subscriptionId", subscription.id().toString())
                .put("subscription", subscription.name())
                .put("isComplete", coverage.isComplete())
                .put("losses", coverage.losses())
                .put("more", coverage.more());
        String key = "coverage " + subscription.id() + " " + before.since() + " " + coverage.fingerprint();
        IdempotencyClaim once = new IdempotencyClaim("nexus", key, key, SAME_FOR, 0, 1, false, "");
        StoreReply.await(ownEvents.raise(TYPE, data, List.of(once)));
    }
}
