package nexus.delivery;

import io.vertx.core.Future;
import jakarta.inject.Singleton;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import nexus.api.caller.AuditedChange;
import nexus.delivery.state.Delivery;
import nexus.delivery.state.DeliveryFilter;
import nexus.delivery.state.DeliveryId;
import nexus.delivery.state.DeliveryPosition;
import nexus.delivery.state.DeliveryRepository;
import nexus.delivery.state.DeliveryStatus;
import nexus.queue.override.DeliveryOverride;
import nexus.queue.owed.DeliveryKey;
import nexus.refusal.Refusal;
import nexus.store.LastInTransaction;
import org.jspecify.annotations.Nullable;

/** Retries and cancels deliveries by hand. It refuses with a reason where the queue would only change nothing. */
@Singleton
public class Redelivery {
    private static final String WRONG_STATUS = "delivery-status";
    /** Pages of {@link DeliveryOverride#MAX_DELIVERIES} that are counted. */
    private static final int MOST_PAGES = 20;

    private final DeliveryRepository deliveries;
    private final DeliveryOverride override;

    public Redelivery(DeliveryRepository deliveries, DeliveryOverride override) {
        this.deliveries = deliveries;
        this.override = override;
    }

    /**
     * Makes one delivery due now, with all its attempts available again.
     *
     * @return completes once this is stored; fails with a {@link Refusal} if the delivery is not DEAD or FAILED, its
     *     subscription is deleted, or its payload is no longer kept
     */
    public Future<Void> retry(DeliveryId id, AuditedChange audited) {
        return found(id).compose(delivery -> {
            refuseUnlessRetryable(delivery);
            return override.retry(List.of(id.key()), transaction -> audited.complete(transaction, id.toString()))
                    .compose(retried -> retried > 0 ? Future.succeededFuture() : retryRefused(id));
        });
    }

    /** The refusal follows from the present state; if that allows a retry, only the payload can be missing. */
    private Future<Void> retryRefused(DeliveryId id) {
        return found(id).compose(delivery -> {
            refuseUnlessRetryable(delivery);
            return Future.failedFuture(new Refusal.Gone("The payload of this delivery is no longer kept."));
        });
    }

    private static void refuseUnlessRetryable(Delivery delivery) {
        if (delivery.subscriptionIsDeleted()) {
            throw new Refusal.Conflict("subscription-deleted", "The subscription of this delivery is deleted.");
        }
        if (delivery.status() != DeliveryStatus.DEAD && delivery.status() != DeliveryStatus.FAILED) {
            throw new Refusal.Conflict(
                    WRONG_STATUS,
                    "Only a delivery that is DEAD or FAILED can be retried; this is " + delivery.status() + ".");
        }
    }

    /**
     * Retries all DEAD and FAILED deliveries that match, in steps of {@link DeliveryOverride#MAX_DELIVERIES}. Deliveries of a
     * deleted subscription or without a payload stay unchanged. The first step completes the audit entry, so that the entry
     * exists even if a later step fails.
     *
     * @param filter its status, if it has one, is DEAD or FAILED
     * @return the number of retried deliveries; if it fails, the earlier steps are stored nevertheless
     */
    public Future<Integer> retryAll(DeliveryFilter filter, AuditedChange audited) {
        @Nullable
        String of =
                filter.eventId().or(filter::subscriptionId).map(UUID::toString).orElse(null);
        return retryInSteps(filter, transaction -> audited.complete(transaction, of))
                .compose(retried -> retried > 0
                        ? Future.succeededFuture(retried)
                        : audited.complete(of).map(retried));
    }

    private Future<Integer> retryInSteps(DeliveryFilter filter, LastInTransaction last) {
        Future<Integer> retried = Future.succeededFuture(0);
        for (DeliveryStatus status : retryable(filter)) {
            retried = retried.compose(
                    before -> retryFrom(filter.withStatus(status), DeliveryPosition.NEWEST, before, last));
        }
        return retried;
    }

    private static List<DeliveryStatus> retryable(DeliveryFilter filter) {
        return filter.status().map(List::of).orElseGet(() -> List.of(DeliveryStatus.DEAD, DeliveryStatus.FAILED));
    }

    private Future<Integer> retryFrom(
            DeliveryFilter filter, DeliveryPosition position, int before, LastInTransaction last) {
        return deliveries
                .list(filter, position, DeliveryOverride.MAX_DELIVERIES)
                .compose(page -> {
                    List<DeliveryKey> keys = page.deliveries().stream()
                            .map(found -> found.id().key())
                            .toList();
                    Future<Integer> chunk = keys.isEmpty() ? Future.succeededFuture(0) : override.retry(keys, last);
                    Optional<DeliveryPosition> next = page.next();
                    return chunk.compose(retried -> next.isPresent()
                            ? retryFrom(filter, next.get(), before + retried, last)
                            : Future.succeededFuture(before + retried));
                });
    }

    /**
     * The deliveries that {@link #retryAll} would retry, by subscription.
     *
     * @param bySubscription the greatest number first
     * @param isComplete whether there are no others; the search is bounded
     */
    public record Matching(Map<UUID, Integer> bySubscription, boolean isComplete) {
        public int total() {
            return bySubscription.values().stream().mapToInt(Integer::intValue).sum();
        }
    }

    /** Counts what {@link #retryAll} would retry, without changing anything. */
    public Future<Matching> matching(DeliveryFilter filter) {
        Map<UUID, Integer> counts = new HashMap<>();
        Future<Integer> pages = Future.succeededFuture(MOST_PAGES);
        for (DeliveryStatus status : retryable(filter)) {
            pages = pages.compose(left -> count(filter.withStatus(status), DeliveryPosition.NEWEST, left, counts));
        }
        return pages.map(left -> new Matching(
                counts.entrySet().stream()
                        .sorted(Map.Entry.<UUID, Integer>comparingByValue().reversed())
                        .collect(Collectors.toMap(
                                Map.Entry::getKey, Map.Entry::getValue, (one, other) -> one, LinkedHashMap::new)),
                left > 0));
    }

    /** @return pages that may still be read */
    private Future<Integer> count(
            DeliveryFilter filter, DeliveryPosition position, int pages, Map<UUID, Integer> counts) {
        if (pages == 0) {
            return Future.succeededFuture(0);
        }
        return deliveries
                .list(filter, position, DeliveryOverride.MAX_DELIVERIES)
                .compose(page -> {
                    page.deliveries().stream()
                            .filter(delivery -> !delivery.subscriptionIsDeleted())
                            .forEach(delivery -> counts.merge(delivery.subscriptionId(), 1, Integer::sum));
                    return page.next().isPresent()
                            ? count(filter, page.next().get(), pages - 1, counts)
                            : Future.succeededFuture(pages);
                });
    }

    /** Cancels one delivery and returns its new state. */
    public Future<Delivery> cancel(DeliveryId id, AuditedChange audited) {
        return override.cancel(id.key(), transaction -> audited.complete(transaction, id.toString()))
                .compose(cancelled -> found(id).map(delivery -> {
                    if (!cancelled) {
                        throw new Refusal.Conflict(
                                WRONG_STATUS,
                                "Only a delivery that is PENDING or FAILED can be cancelled; this is "
                                        + delivery.status() + ".");
                    }
                    return delivery;
                }));
    }

    private Future<Delivery> found(DeliveryId id) {
        return deliveries.find(id).map(found -> found.orElseThrow(DeliveryId::notFound));
    }
}
