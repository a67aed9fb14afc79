package nexus.publish;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import nexus.api.json.JsonBody;
import nexus.event.EventIdGenerator;
import nexus.event.IncomingEvent;
import nexus.intake.IdempotencyClaim;
import nexus.notation.Sha256;
import nexus.refusal.Refusal;

/** A request to publish: events and their idempotency claims. */
record PublishRequest(List<IncomingEvent> events, List<IdempotencyClaim> claims) {
    static final int MAX_EVENTS = 1_000;
    /** How long the header's key is remembered. */
    private static final Duration HEADER_KEPT_FOR = Duration.ofHours(24);

    /**
     * Reads requests.
     *
     * @param retention how long an event's own id is remembered
     */
    record Reader(EventIdGenerator ids, Clock clock, Duration retention) {
        /**
         * @param raw the bytes of the body
         * @param key from the header; must equal the event's own id if both are given
         */
        PublishRequest one(byte[] raw, Optional<String> key, String scope) {
            JsonBody body = JsonBody.parse(raw);
            PublishedEvent event = PublishedEvent.read(body, clock);
            if (key.isPresent() && event.givenId().isPresent() && !key.equals(event.givenId())) {
                body.error("eventId", "must be the same as the header " + IdempotencyKey.HEADER);
            }
            body.check();
            Supplier<String> bodyHash = () -> Sha256.hex(raw);
            List<IdempotencyClaim> claims = idClaim(event, 0, bodyHash, scope)
                    .or(() -> key.map(given -> headerClaim(given, 1, bodyHash.get(), scope)))
                    .stream()
                    .toList();
            return new PublishRequest(List.of(event.incoming(ids)), claims);
        }

        /** The header's key stands for the whole array, each event's own id for that event. */
        PublishRequest batch(byte[] raw, Optional<String> key, String scope) {
            JsonBody body = JsonBody.parse(raw);
            body.require("events");
            List<PublishedEvent> events = body.objects("events", 1, MAX_EVENTS).orElse(List.of()).stream()
                    .map(item -> PublishedEvent.read(item, clock))
                    .toList();
            body.check();
            List<IdempotencyClaim> claims = new ArrayList<>();
            key.ifPresent(given -> claims.add(headerClaim(given, events.size(), Sha256.hex(raw), scope)));
            for (int i = 0; i < events.size(); i++) {
                idClaim(events.get(i), i, events.get(i)::bodyHash, scope).ifPresent(claims::add);
            }
            refuseRepeated(claims);
            return new PublishRequest(
                    events.stream().map(event -> event.incoming(ids)).toList(), claims);
        }

        private Optional<IdempotencyClaim> idClaim(
                PublishedEvent event, int index, Supplier<String> bodyHash, String scope) {
            return event.idKey()
                    .map(id -> new IdempotencyClaim(
                            scope, id, bodyHash.get(), retention, index, 1, event.hasUuid(), event.idPointer()));
        }

        private static IdempotencyClaim headerClaim(String key, int events, String bodyHash, String scope) {
            return new IdempotencyClaim(scope, key, bodyHash, HEADER_KEPT_FOR, 0, events, false, IdempotencyKey.HEADER);
        }

        private static void refuseRepeated(List<IdempotencyClaim> claims) {
            Set<String> keys = new HashSet<>();
            List<Refusal.FieldError> repeated = claims.stream()
                    .filter(claim -> !keys.add(claim.key()))
                    .map(claim -> new Refusal.FieldError(claim.pointer(), "is a key that is in this request already"))
                    .toList();
            if (!repeated.isEmpty()) {
                throw new Refusal.Invalid(repeated);
            }
        }
    }
}
