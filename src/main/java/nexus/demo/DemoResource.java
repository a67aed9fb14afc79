package nexus.demo;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import nexus.api.json.JsonBody;
import nexus.api.page.Envelope;
import nexus.event.EventBody;
import nexus.refusal.Refusal;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.ExampleObject;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.media.SchemaProperty;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** {@code POST /api/v1/test/users}: contract section 5. */
@Singleton
@Path("/api/v1/test/users")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Demo", description = "In embedded mode or with NEXUS_DEMO=true.")
public class DemoResource {
    private static final int MAX_EMAIL = 320;
    private static final int MAX_NAME = 200;
    private static final String EXAMPLE = "{\"email\": \"ada@example.com\", \"name\": \"Ada\"}";
    private static final String CREATED_EXAMPLE = """
            {"success": true, "message": "User created successfully",
             "data": {"id": "7c0f2f3e-5a0c-4b7e-9d4e-2f6a3c1b8e55", "email": "ada@example.com", "name": "Ada",
                      "created_at": "2026-01-31T18:20:43.400Z"}}""";

    private final DemoUsers users;
    private final boolean enabled;

    /** A row of the demo table. */
    @RegisterForReflection
    @Schema(name = "DemoUser")
    record UserView(
            @Schema(readOnly = true, format = "uuid") String id,

            @Schema(minLength = 1, maxLength = MAX_EMAIL) String email,

            @Schema(minLength = 1, maxLength = MAX_NAME) String name,

            @JsonProperty("created_at") @Schema(readOnly = true, format = "date-time")
            String createdAt) {}

    @Inject
    public DemoResource(DemoUsers users, DemoConfig config) {
        this.users = users;
        this.enabled = config.enabled();
    }

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(operationId = "createDemoUser", summary = "Insert into the demo table users")
    @RequestBody(
            required = true,
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema =
                                    @Schema(
                                            allOf = UserView.class,
                                            requiredProperties = {"email", "name"}),
                            examples = @ExampleObject(name = "user", value = EXAMPLE)))
    @APIResponse(
            responseCode = "201",
            description = "The row.",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema =
                                    @Schema(
                                            type = SchemaType.OBJECT,
                                            properties = {
                                                @SchemaProperty(name = "success", type = SchemaType.BOOLEAN),
                                                @SchemaProperty(name = "message", type = SchemaType.STRING),
                                                @SchemaProperty(name = "data", implementation = UserView.class)
                                            }),
                            examples = @ExampleObject(name = "created", value = CREATED_EXAMPLE)))
    @APIResponse(responseCode = "404", ref = "NotFound")
    @APIResponse(responseCode = "409", ref = "Conflict")
    public CompletionStage<Response> create(byte[] body) {
        if (!enabled) {
            throw new Refusal.NotFound("There is no demo table; start with NEXUS_DEMO=true to have it.");
        }
        JsonBody user = JsonBody.parse(body);
        user.require("email", "name");
        Optional<String> email = user.text("email", MAX_EMAIL);
        Optional<String> name = user.text("name", MAX_NAME);
        user.check();
        return users.insert(email.orElseThrow(), name.orElseThrow())
                .map(row -> Response.status(Response.Status.CREATED)
                        .entity(Envelope.of(
                                "User created successfully",
                                new UserView(
                                        row.id().toString(),
                                        row.email(),
                                        row.name(),
                                        EventBody.timestamp(row.createdAt()))))
                        .build())
                .toCompletionStage();
    }
}
