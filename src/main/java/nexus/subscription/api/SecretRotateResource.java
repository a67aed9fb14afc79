package nexus.subscription.api;

import io.quarkus.runtime.annotations.RegisterForReflection;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import nexus.api.caller.AuditedChange;
import nexus.api.caller.ChangeNote;
import nexus.api.json.Durations;
import nexus.api.json.Ids;
import nexus.api.json.JsonBody;
import nexus.event.EventBody;
import nexus.subscription.catalog.SubscriptionRegistry;
import nexus.subscription.secret.SigningSecret;

/** {@code POST /v1/subscriptions/{id}/secret/rotate}: a new signing secret. */
@Singleton
@Path("/v1/subscriptions/{id}/secret/rotate")
@Produces(MediaType.APPLICATION_JSON)
public class SecretRotateResource {
    private static final Duration USUAL = Duration.ofHours(24);
    private static final Duration LONGEST = Duration.ofDays(7);

    private final SubscriptionRegistry registry;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();

    /** The answer. */
    @RegisterForReflection
    record Rotated(String secret, String oldSecretExpiresAt) {
        @Override
        public String toString() {
            return "Rotated[redacted]";
        }
    }

    @Inject
    SecretRotateResource(SubscriptionRegistry registry, Clock clock) {
        this.registry = registry;
        this.clock = clock;
    }

    @POST
    public CompletionStage<Rotated> rotateSecret(
            @PathParam("id") String id, byte[] body, @Context RoutingContext context) {
        UUID known = Ids.inPath(id, "subscription");
        SigningSecret secret = SigningSecret.generate(random);
        Duration overlap = overlap(body, context);
        Instant now = clock.instant();
        Instant until = now.plus(overlap).truncatedTo(ChronoUnit.MILLIS);
        return registry.rotate(known, secret, now, until, AuditedChange.of(context, 200))
                .map(rotated -> new Rotated(secret.text(), EventBody.timestamp(until)))
                .toCompletionStage();
    }

    private static Duration overlap(byte[] body, RoutingContext context) {
        if (body.length == 0) {
            return USUAL;
        }
        JsonBody json = JsonBody.parse(body);
        Duration overlap = json.parsed("overlap", 20, (text, at) -> Durations.parse(text, at, Duration.ZERO, LONGEST))
                .orElse(USUAL);
        json.check();
        ChangeNote.fields(context, json.names());
        return overlap;
    }
}
