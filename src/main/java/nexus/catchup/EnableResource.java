package nexus.catchup;

import io.vertx.core.Future;
import io.vertx.ext.web.RoutingContext;
import io.vertx.sqlclient.SqlConnection;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import nexus.api.caller.AuditedChange;
import nexus.api.caller.ChangeNote;
import nexus.api.json.Ids;
import nexus.api.json.JsonBody;
import nexus.job.Job;
import nexus.replay.Replays;
import nexus.subscription.api.SubscriptionAnswer;
import nexus.subscription.catalog.SubscriptionRegistry;
import nexus.subscription.catalog.SubscriptionRepository.Changed;
import nexus.subscription.warning.MissedWarning;

/** {@code POST /v1/subscriptions/{id}/enable}: what is owed is sent, and what was missed, if the caller wants it. */
@Singleton
@Path("/v1/subscriptions/{id}/enable")
@Produces(MediaType.APPLICATION_JSON)
public class EnableResource {
    private final SubscriptionRegistry registry;
    private final Replays replays;

    /** The replay, or the warning that there is none. */
    private record Result(Optional<Job> replay, Changed changed) {}

    @Inject
    EnableResource(SubscriptionRegistry registry, Replays replays) {
        this.registry = registry;
        this.replays = replays;
    }

    @POST
    public CompletionStage<SubscriptionAnswer> enableSubscription(
            @PathParam("id") String id, byte[] body, @Context RoutingContext context) {
        UUID known = Ids.inPath(id, "subscription");
        EnableRequest request = request(body, context);
        return registry.enable(
                        known,
                        (transaction, changed) ->
                                replay(transaction, changed, request).map(replay -> new Result(replay, changed)),
                        AuditedChange.of(context, 200))
                .map(enabled -> answer(enabled, request))
                .toCompletionStage();
    }

    private static EnableRequest request(byte[] body, RoutingContext context) {
        if (body.length == 0) {
            return EnableRequest.EMPTY;
        }
        JsonBody json = JsonBody.parse(body);
        EnableRequest request = EnableRequest.read(json);
        ChangeNote.fields(context, json.names());
        return request;
    }

    private Future<Optional<Job>> replay(SqlConnection transaction, Changed changed, EnableRequest request) {
        Optional<Instant> since = request.catchUp().flatMap(catchUp -> catchUp.since(changed.missed()));
        return since.isEmpty()
                ? Future.succeededFuture(Optional.empty())
                : replays.start(transaction, changed.after(), since.get(), Optional.empty(), request.rateLimit())
                        .map(Optional::of);
    }

    private static SubscriptionAnswer answer(SubscriptionRegistry.Enabled<Result> enabled, EnableRequest request) {
        Changed changed = enabled.result().changed();
        SubscriptionRegistry.Registered registered = request.catchUp().isPresent()
                ? enabled.registered()
                : enabled.registered().with(MissedWarning.of(changed.after(), changed.missed()));
        return SubscriptionAnswer.enabled(registered, enabled.result().replay().map(Job::id));
    }
}
