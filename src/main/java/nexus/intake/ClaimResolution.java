package nexus.intake;

import io.vertx.core.Future;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import nexus.event.EventId;
import nexus.event.IncomingEvent;
import nexus.refusal.Refusal;
import nexus.store.Rows;

/**
 * A request after its idempotency keys were looked up: the events that are stored already, and the events that still
 * have to be stored.
 */
final class ClaimResolution {
    /** Event ids share one name space over all API keys. */
    private static final String EVENT_SCOPE = "event";

    private final Publication request;
    private final Map<Integer, Accepted> replayed = new TreeMap<>();
    private final List<IdempotencyClaim> fresh = new ArrayList<>();

    private ClaimResolution(Publication request) {
        this.request = request;
    }

    /** Resolves every key; throws a refusal if one of them forbids the request. */
    static Future<ClaimResolution> resolve(Publication request, EventRepository repository) {
        ClaimResolution resolution = new ClaimResolution(request);
        List<Future<?>> lookups = new ArrayList<>();
        for (IdempotencyClaim claim : request.claims()) {
            lookups.add(repository
                    .findClaim(claim.scope(), claim.key())
                    .compose(known -> known.isPresent()
                            ? resolution.replay(claim, known.get())
                            : resolution.claim(claim, repository)));
        }
        return Future.all(lookups).map(all -> resolution);
    }

    /** The events to store, in order. */
    List<IncomingEvent> fresh() {
        List<IncomingEvent> events = new ArrayList<>();
        for (int i = 0; i < request.events().size(); i++) {
            if (!replayed.containsKey(i)) {
                events.add(request.events().get(i));
            }
        }
        return events;
    }

    /**
     * The answers in the order of the request.
     *
     * @param deliveries delivery counts of the new events, in their order
     */
    List<Accepted> answers(List<Integer> deliveries) {
        List<Accepted> answers = new ArrayList<>();
        int nextFresh = 0;
        for (int i = 0; i < request.events().size(); i++) {
            Accepted before = replayed.get(i);
            answers.add(
                    before != null
                            ? before
                            : new Accepted(request.events().get(i).id(), deliveries.get(nextFresh++), false));
        }
        return answers;
    }

    /** The rows that record these answers. */
    List<EventRepository.Claim> rows(List<Accepted> answers, Instant now) {
        return fresh.stream()
                .flatMap(claim -> {
                    String answer = text(answers.subList(claim.firstEvent(), claim.firstEvent() + claim.eventCount()));
                    EventRepository.Claim row = new EventRepository.Claim(
                            claim.scope(), claim.key(), claim.bodyHash(), answer, Rows.utc(now.plus(claim.keptFor())));
                    return claim.isEventId()
                            ? Stream.of(
                                    row,
                                    new EventRepository.Claim(
                                            EVENT_SCOPE, claim.key(), claim.bodyHash(), answer, row.expiresAt()))
                            : Stream.of(row);
                })
                .toList();
    }

    private Future<Void> replay(IdempotencyClaim claim, EventRepository.KnownClaim known) {
        if (!known.bodyHash().equals(claim.bodyHash())) {
            return Future.failedFuture(new Refusal.Invalid(
                    "idempotency-key-reused",
                    List.of(new Refusal.FieldError(
                            claim.pointer(), "was used before with another body; take a new key for a new event"))));
        }
        synchronized (this) {
            int event = claim.firstEvent();
            for (String answer : known.answer().split(",", -1)) {
                replayed.put(event++, parsed(answer));
            }
        }
        return Future.succeededFuture();
    }

    private Future<Void> claim(IdempotencyClaim claim, EventRepository repository) {
        synchronized (this) {
            fresh.add(claim);
        }
        if (!claim.isEventId()) {
            return Future.succeededFuture();
        }
        return repository
                .findClaim(EVENT_SCOPE, claim.key())
                .compose(taken -> taken.isPresent()
                        ? Future.succeededFuture(true)
                        : repository.hasEvent(UUID.fromString(claim.key())))
                .compose(taken -> taken
                        ? Future.failedFuture(new Refusal.Conflict(
                                "event-id-taken", claim.pointer() + " is the id of another event already"))
                        : Future.succeededFuture());
    }

    private static String text(List<Accepted> answers) {
        return answers.stream()
                .map(answer -> answer.eventId() + ":" + answer.deliveries())
                .collect(Collectors.joining(","));
    }

    private static Accepted parsed(String answer) {
        int colon = answer.indexOf(':');
        return new Accepted(
                new EventId(UUID.fromString(answer.substring(0, colon))),
                Integer.parseInt(answer.substring(colon + 1)),
                true);
    }
}
