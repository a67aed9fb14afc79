package nexus.intake;

import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import nexus.event.IncomingEvent;
import org.jspecify.annotations.Nullable;

/** A request that waits to be stored, over several tries when the store is away meanwhile. */
final class WaitingPublication {
    private final Publication request;
    private final Promise<List<Accepted>> answer = Promise.promise();
    private final long deadlineNanos;
    private volatile @Nullable Try lastTry;
    private volatile boolean isCutOff;

    /**
     * What would be the answer, had the last transaction been committed whose end is not known.
     *
     * @param fresh ids that it was to store
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

    /** A transaction begins that is to store these. */
    void tries(List<Accepted> answers, List<IncomingEvent> fresh) {
        Set<UUID> ids = new HashSet<>();
        fresh.forEach(event -> ids.add(event.id().value()));
        lastTry = new Try(List.copyOf(answers), ids);
    }

    /** The store was away, so it is not known what became of the last try. */
    void cutOff() {
        isCutOff = true;
    }

    /**
     * Ids that were drawn for this request alone: where one of them is stored, the last try was committed. Empty when
     * there was no try that was cut off, or when the publisher has given all ids: those are found by their keys.
     */
    Set<UUID> tellingIds() {
        Try tried = lastTry;
        if (tried == null || !isCutOff) {
            return Set.of();
        }
        Set<UUID> telling = new HashSet<>(tried.fresh());
        for (IdempotencyClaim claim : request.claims()) {
            if (claim.isEventId()) {
                request.events()
                        .subList(claim.firstEvent(), claim.firstEvent() + claim.eventCount())
                        .forEach(event -> telling.remove(event.id().value()));
            }
        }
        return telling;
    }

    /** The last try was committed. */
    void wasStored() {
        Try tried = lastTry;
        if (tried != null) {
            answer.tryComplete(tried.answers());
        }
    }

    /** @param answers some of which may be known from an earlier try of this very request: that is no repetition */
    void stored(List<Accepted> answers, Set<UUID> triedBefore) {
        List<Accepted> told = new ArrayList<>();
        for (Accepted one : answers) {
            told.add(
                    one.deduplicated() && triedBefore.contains(one.eventId().value())
                            ? new Accepted(one.eventId(), one.deliveries(), false)
                            : one);
        }
        answer.tryComplete(told);
    }

    /** Ids that a try which was cut off may have stored. */
    Set<UUID> tried() {
        Try tried = lastTry;
        return tried == null || !isCutOff ? Set.of() : tried.fresh();
    }
}
