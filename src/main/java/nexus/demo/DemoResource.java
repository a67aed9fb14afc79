package nexus.demo;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import nexus.api.caller.AuditedChange;
import nexus.api.caller.ChangeNote;
import nexus.api.json.JsonBody;
import nexus.api.page.Envelope;
import nexus.event.EventBody;
import nexus.refusal.Refusal;
import org.jboss.resteasy.reactive.RestResponse;

/** {@code POST /api/v1/test/users}: a row for the demo table. */
@Singleton
@Path("/api/v1/test/users")
@Produces(MediaType.APPLICATION_JSON)
public class DemoResource {
    private static final int MAX_EMAIL = 320;
    private static final int MAX_NAME = 200;

    private final DemoUsers users;
    private final boolean enabled;

    /** A row of the demo table. */
    @RegisterForReflection
    record UserView(
            String id,
            String email,
            String name,
            @JsonProperty("created_at") String createdAt) {}

    @Inject
    DemoResource(DemoUsers users, DemoConfig config) {
        this.users = users;
        this.enabled = config.enabled();
    }

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    public CompletionStage<RestResponse<Envelope<UserView>>> createDemoUser(
            byte[] body, @Context RoutingContext context) {
        if (!enabled) {
            throw new Refusal.NotFound("There is no demo table; start with NEXUS_DEMO=true to have it.");
        }
        JsonBody user = JsonBody.parse(body);
        user.require("email", "name");
        Optional<String> email = user.text("email", MAX_EMAIL);
        Optional<String> name = user.text("name", MAX_NAME);
        user.check();
        ChangeNote.fields(context, user.names());
        return users.insert(email.orElseThrow(), name.orElseThrow(), AuditedChange.of(context, 201))
                .map(row -> RestResponse.status(
                        RestResponse.Status.CREATED,
                        Envelope.of(
                                "User created successfully",
                                new UserView(
                                        row.id().toString(),
                                        row.email(),
                                        row.name(),
                                        EventBody.timestamp(row.createdAt())))))
                .toCompletionStage();
    }
}
