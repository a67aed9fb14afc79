package nexus.intake;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import nexus.event.EventId;
import nexus.event.IncomingEvent;
import nexus.notation.Sha256;

/**
 * Renames captured events whose ids other events already have. The stored event keeps the id. The captured one gets the
 * next id, which is derived from the taken one under the store's key: after a crash it is the same again, and no
 * publisher can take it in advance. A captured event that is itself already stored is left out.
 */
final class TakenIds {
    private static final String ALGORITHM = "HmacSHA256";
    private static final int MOST_ROUNDS = 100;

    /**
     * The stored event with an id.
     *
     * @param bodyHash SHA-256; empty if the payload was erased
     */
    record Holder(String type, Instant createdAt, Optional<Buffer> bodyHash) {

        /**
         * The type of a row change cannot be published, so another event of that type with the same id is the same
         * change.
         */
        boolean is(IncomingEvent event) {
            return type.equals(event.type().value())
                    && createdAt.equals(event.createdAt())
                    && (event.type().isRowChange()
                            || bodyHash.isEmpty()
                            || bodyHash.get()
                                    .equals(Buffer.buffer(Sha256.of(event.body().bytes()))));
        }
    }

    private TakenIds() {}

    /**
     * The events that still have to be stored, each with a free id.
     *
     * @param stored whether an event is going to be stored: the others need no id of their own
     */
    static Future<List<IncomingEvent>> resolve(
            List<IncomingEvent> events, Set<UUID> stored, EventRepository repository) {
        return repository.idKey().compose(key -> round(events, stored, repository, key, MOST_ROUNDS));
    }

    private static Future<List<IncomingEvent>> round(
            List<IncomingEvent> events, Set<UUID> looked, EventRepository repository, byte[] key, int roundsLeft) {
        return repository.holders(looked).compose(holders -> {
            Outcome outcome = outcome(events, looked, holders, key);
            if (outcome.renamed.isEmpty()) {
                return Future.succeededFuture(outcome.events);
            }
            return roundsLeft == 0
                    ? Future.failedFuture(new IllegalStateException("no id is free for a captured event"))
                    : round(outcome.events, outcome.renamed, repository, key, roundsLeft - 1);
        });
    }

    private record Outcome(List<IncomingEvent> events, Set<UUID> renamed) {}

    private static Outcome outcome(
            List<IncomingEvent> events, Set<UUID> looked, Map<UUID, Holder> holders, byte[] key) {
        List<IncomingEvent> kept = new ArrayList<>();
        Set<UUID> renamed = new HashSet<>();
        Map<UUID, Integer> seen = new HashMap<>();
        for (IncomingEvent event : events) {
            UUID id = event.id().value();
            boolean isRepeated = seen.merge(id, 1, Integer::sum) > 1;
            Holder holder = looked.contains(id) ? holders.get(id) : null;
            if (isRepeated || (holder != null && !holder.is(event))) {
                IncomingEvent other = event.withId(next(event.id(), key));
                kept.add(other);
                renamed.add(other.id().value());
            } else if (holder == null) {
                kept.add(event);
            }
        }
        return new Outcome(kept, renamed);
    }

    static Set<UUID> ids(List<IncomingEvent> events) {
        return events.stream().map(event -> event.id().value()).collect(Collectors.toSet());
    }

    private static EventId next(EventId id, byte[] key) {
        UUID value = id.value();
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(key, ALGORITHM));
            ByteBuffer taken = ByteBuffer.allocate(16)
                    .putLong(value.getMostSignificantBits())
                    .putLong(value.getLeastSignificantBits());
            ByteBuffer digest = ByteBuffer.wrap(mac.doFinal(taken.array()));
            return EventId.version7(value.getMostSignificantBits() >>> 16, digest.getShort(), digest.getLong());
        } catch (NoSuchAlgorithmException | InvalidKeyException e) {
            throw new AssertionError("every Java platform has HMAC-SHA-256", e);
        }
    }
}
