package nexus.inbox;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import nexus.api.caller.AuditedChange;
import nexus.api.caller.Caller;
import nexus.api.caller.ChangeNote;
import nexus.api.json.Durations;
import nexus.api.json.JsonBody;
import nexus.api.page.Page;
import nexus.api.page.QueryParameters;
import nexus.event.EventBody;
import nexus.notation.DurationText;
import nexus.refusal.Refusal;
import org.jspecify.annotations.Nullable;

/** {@code /v1/inboxes}: what the receiver for trials got, and how it answers. */
@Singleton
@Path("/v1/inboxes")
@Produces(MediaType.APPLICATION_JSON)
public class InboxResource {
    private final Inboxes inboxes;

    @Inject
    InboxResource(Inboxes inboxes) {
        this.inboxes = inboxes;
    }

    /** An inbox in a list. */
    @RegisterForReflection
    record InboxSummary(
            String name,
            String path,
            long received,
            int kept,
            @Nullable String lastAt) {
        static InboxSummary of(InboxView view) {
            return new InboxSummary(
                    view.address().name(),
                    view.address().path(),
                    view.received(),
                    view.requests().size(),
                    view.requests().isEmpty()
                            ? null
                            : EventBody.timestamp(view.requests().getFirst().at()));
        }
    }

    /** A whole inbox. */
    @RegisterForReflection
    record InboxAnswer(String name, String path, long received, ReplyView reply, List<RequestView> requests) {
        static InboxAnswer of(InboxView view, boolean toManager) {
            return new InboxAnswer(
                    view.address().name(),
                    view.address().path(),
                    view.received(),
                    ReplyView.of(view.chosen().reply(), view.chosen().times()),
                    view.requests().stream()
                            .map(request -> RequestView.of(request, toManager))
                            .toList());
        }
    }

    /** A reply. {@code times} is left out for requests, and null when the reply holds until another is chosen. */
    @RegisterForReflection
    record ReplyView(
            int status,
            @Nullable Integer retryAfter,
            String delay,
            boolean close,
            @Nullable Integer times) {
        static ReplyView of(Reply reply, Optional<Integer> times) {
            return switch (reply) {
                case Reply.Status status ->
                    new ReplyView(
                            status.code(),
                            status.retryAfter().orElse(null),
                            DurationText.format(status.delay()),
                            false,
                            times.orElse(null));
                case Reply.Close close ->
                    new ReplyView(200, null, DurationText.format(close.delay()), true, times.orElse(null));
            };
        }
    }

    /**
     * A received request.
     *
     * @param target path and query; the query to managers alone, because it may hold a token
     * @param body the kept bytes as text
     */
    @RegisterForReflection
    record RequestView(
            long number,
            String at,
            String method,
            String target,
            Map<String, List<String>> headers,
            String body,
            long bodyBytes,
            boolean bodyCut,
            SignatureView signature,
            ReplyView reply) {
        static RequestView of(InboxRequest request, boolean toManager) {
            Map<String, List<String>> headers = new LinkedHashMap<>();
            request.headers()
                    .forEach(header -> headers.merge(header.name(), List.of(header.value()), (before, more) -> {
                        List<String> all = new ArrayList<>(before);
                        all.addAll(more);
                        return all;
                    }));
            String target = request.target();
            int query = target.indexOf('?');
            return new RequestView(
                    request.number(),
                    EventBody.timestamp(request.at()),
                    request.method(),
                    toManager || query < 0 ? target : target.substring(0, query),
                    headers,
                    request.body().toString(StandardCharsets.UTF_8),
                    request.bodyBytes(),
                    request.isCut(),
                    SignatureView.of(request.signature()),
                    ReplyView.of(request.reply(), Optional.empty()));
        }
    }

    /** The check of a signature. */
    @RegisterForReflection
    record SignatureView(
            String state,
            String detail,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            String subscriptionId) {
        static SignatureView of(SignatureResult result) {
            return new SignatureView(
                    result.state().word(),
                    result.detail(),
                    result.subscription().map(sender -> sender.id().toString()).orElse(null));
        }
    }

    @GET
    public Page<InboxSummary> listInboxes(@Context UriInfo uri) {
        QueryParameters.of(uri).check();
        requireEnabled();
        return new Page<>(inboxes.all().stream().map(InboxSummary::of).toList(), null);
    }

    @GET
    @Path("/{name}")
    public InboxAnswer getInbox(@PathParam("name") String name, @Context UriInfo uri, @Context RoutingContext context) {
        QueryParameters.of(uri).check();
        return InboxAnswer.of(inboxes.view(address(name)), Caller.of(context).mayManage());
    }

    @PATCH
    @Path("/{name}")
    @Consumes(MediaType.APPLICATION_JSON)
    public CompletionStage<InboxAnswer> changeInbox(
            @PathParam("name") String name, byte[] body, @Context RoutingContext context) {
        InboxAddress address = address(name);
        JsonBody request = JsonBody.parse(body);
        request.require("reply");
        Optional<ChosenReply> reply = request.object("reply").map(InboxResource::reply);
        request.check();
        ChangeNote.fields(context, request.names());
        return AuditedChange.of(context, 200)
                .complete(address.name())
                .map(audited -> {
                    inboxes.choose(address, reply.orElseThrow());
                    return InboxAnswer.of(inboxes.view(address), true);
                })
                .toCompletionStage();
    }

    @DELETE
    @Path("/{name}")
    public CompletionStage<Void> deleteInbox(@PathParam("name") String name, @Context RoutingContext context) {
        InboxAddress address = address(name);
        return AuditedChange.of(context, 204)
                .complete(address.name())
                .onSuccess(audited -> inboxes.clear(address))
                .toCompletionStage();
    }

    private static ChosenReply reply(JsonBody given) {
        int status = given.integer("status", Reply.MIN_STATUS, Reply.MAX_STATUS).orElse(200);
        Optional<Integer> retryAfter = given.integer("retryAfter", 0, Reply.MAX_RETRY_AFTER);
        Duration delay = given.parsed("delay", 20, InboxResource::delay).orElse(Duration.ZERO);
        boolean isClosed = given.bool("close").orElse(false);
        Optional<Integer> times = given.integer("times", 1, ChosenReply.MAX_TIMES);
        return new ChosenReply(isClosed ? new Reply.Close(delay) : new Reply.Status(status, retryAfter, delay), times);
    }

    private static Duration delay(String text, String pointer) {
        return Durations.parse(text, pointer, Duration.ZERO, Reply.MAX_DELAY);
    }

    private InboxAddress address(String name) {
        requireEnabled();
        if (!InboxAddress.isName(name)) {
            throw new Refusal.NotFound("There is no inbox with this name: an inbox is named by up to 64 letters, digits"
                    + " and . _ -, not beginning with a dot.");
        }
        return new InboxAddress(name);
    }

    private void requireEnabled() {
        if (!inboxes.isEnabled()) {
            throw new Refusal.NotFound("The inbox is off: start with NEXUS_INBOX=true to have it.");
        }
    }
}
