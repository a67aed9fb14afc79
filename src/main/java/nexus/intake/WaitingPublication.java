package nexus.intake;

import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import nexus.event.IncomingEvent;
import org.jspecify.annotations.Nullable;

/** A request that waits to be stored, over several tries if the store is unavailable meanwhile. */
final class WaitingPublication {
    private final Publication request;
    private final Promise<List<Accepted>> answer = Promise.promise();
    private final long deadlineNanos;
    private volatile @Nullable Try lastTry;
    private volatile boolean isInterrupted;

    /**
     * The answer if the last transaction, whose outcome is unknown, was committed.
     *
     * @param fresh ids that the transaction was to store
     */
    private record Try(List<Accepted> answers, Set<UUID> fresh) {}

    WaitingPublication(Publication request, long deadlineNanos) {
        this.request = request;
        this.deadlineNanos = deadlineNanos;
    }

    Publication request() {
        return request;
    }

    Promise<List<Accepted>> answer() {
        return answer;
    }

    boolean isAnswered() {
        return answer.future().isComplete();
    }

    boolean isOver(long nowNanos) {
        return nowNanos - deadlineNanos > 0;
    }

    /** A transaction begins that will store these events. */
    void beginTry(List<Accepted> answers, List<IncomingEvent> fresh) {
        Set<UUID> ids = new HashSet<>();
        fresh.forEach(event -> ids.add(event.id().value()));
        lastTry = new Try(List.copyOf(answers), ids);
    }

    /** The store was unavailable, so the outcome of the last try is unknown. */
    void markInterrupted() {
        isInterrupted = true;
    }

    /**
     * Ids that were drawn for this request alone: if one of them is stored, the last try was committed. Empty if no try
     * was interrupted, or if the publisher has set all ids, which are found by their keys.
     */
    Set<UUID> decidingIds() {
        Try tried = lastTry;
        if (tried == null || !isInterrupted) {
            return Set.of();
        }
        Set<UUID> deciding = new HashSet<>(tried.fresh());
        for (IdempotencyClaim claim : request.claims()) {
            if (claim.isEventId()) {
                request.events()
                        .subList(claim.firstEvent(), claim.firstEvent() + claim.eventCount())
                        .forEach(event -> deciding.remove(event.id().value()));
            }
        }
        return deciding;
    }

    /** The last try was committed. */
    void completeWithLastTry() {
        Try tried = lastTry;
        if (tried != null) {
            answer.tryComplete(tried.answers());
        }
    }

    /**
     * @param answers some of which may be known from an earlier try of the same request, which does not count as a
     *     repetition
     */
    void stored(List<Accepted> answers, Set<UUID> triedBefore) {
        List<Accepted> shown = new ArrayList<>();
        for (Accepted one : answers) {
            shown.add(
                    one.deduplicated() && triedBefore.contains(one.eventId().value())
                            ? new Accepted(one.eventId(), one.deliveries(), false)
                            : one);
        }
        answer.tryComplete(shown);
    }

    /** Ids that an interrupted try may have stored. */
    Set<UUID> tried() {
        Try tried = lastTry;
        return tried == null || !isInterrupted ? Set.of() : tried.fresh();
    }
}
