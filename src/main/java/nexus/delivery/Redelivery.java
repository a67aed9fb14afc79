package nexus.delivery;

import io.vertx.core.Future;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
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
    Future<Void> retry(DeliveryId id, AuditedChange audited) {
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
    Future<Integer> retryAll(DeliveryFilter filter, AuditedChange audited) {
        @Nullable
        String of =
                filter.eventId().or(filter::subscriptionId).map(UUID::toString).orElse(null);
        return retryInSteps(filter, transaction -> audited.complete(transaction, of))
                .compose(retried -> retried > 0
                        ? Future.succeededFuture(retried)
                        : audited.complete(of).map(retried));
    }

    private Future<Integer> retryInSteps(DeliveryFilter filter, LastInTransaction last) {
        List<DeliveryStatus> statuses =
                filter.status().map(List::of).orElseGet(() -> List.of(DeliveryStatus.DEAD, DeliveryStatus.FAILED));
        Future<Integer> retried = Future.succeededFuture(0);
        for (DeliveryStatus status : statuses) {
            retried = retried.compose(
                    before -> retryFrom(filter.withStatus(status), DeliveryPosition.NEWEST, before, last));
        }
        return retried;
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

    /** Cancels one delivery and returns its new state. */
    Future<Delivery> cancel(DeliveryId id, AuditedChange audited) {
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
