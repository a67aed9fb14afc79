package nexus.access.audit;

import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.util.List;
import java.util.concurrent.CompletionStage;
import nexus.access.key.AccessExamples;
import nexus.api.page.Cursor;
import nexus.api.page.Page;
import nexus.api.page.QueryParameters;
import nexus.event.EventBody;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.ParameterIn;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.ExampleObject;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.media.SchemaProperty;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** {@code GET /v1/audit}: who has changed what through the API. */
@Singleton
@Path("/v1/audit")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Keys")
public class AuditResource {
    private static final String LIST = "audit";

    private final AuditRepository repository;
    private final Audit audit;

    /** An entry as it is shown. */
    @RegisterForReflection
    @Schema(name = "AuditEntry", description = "One change through the API; published events are not among them.")
    record EntryView(
            String id,

            @Schema(format = "date-time") String at,

            @Schema(
                    description =
                            "The id of a stored key; env: and the place of one of API_KEYS among them, from 1; or open.")
            String actor,

            @Schema(nullable = true, description = "The stored key's name then.") @Nullable
            String actorName,

            @Schema(nullable = true, description = "Where the connection came from.") @Nullable
            String address,

            @Schema(nullable = true) @Nullable String userAgent,

            String method,

            String path,

            @Schema(nullable = true, description = "What was made or changed.") @Nullable
            String resourceId,

            @Schema(description = "Names of the fields that the request gave.")
            List<String> fields,

            @Schema(nullable = true, description = "Of the answer; null when the process ended before it.") @Nullable
            Integer status) {

        static EntryView of(AuditEntry entry) {
            return new EntryView(
                    Long.toString(entry.id()),
                    EventBody.timestamp(entry.at()),
                    entry.actor(),
                    entry.actorName().orElse(null),
                    entry.address().orElse(null),
                    entry.userAgent().orElse(null),
                    entry.method(),
                    entry.path(),
                    entry.resourceId().orElse(null),
                    entry.fields(),
                    entry.status().orElse(null));
        }
    }

    @Inject
    AuditResource(AuditRepository repository, Audit audit) {
        this.repository = repository;
        this.audit = audit;
    }

    @GET
    @Operation(
            operationId = "listAudit",
            summary = "What was changed through the API, newest first",
            description =
                    "Each change has an entry before it is made. What was refused has none. With filters a page may"
                            + " have fewer entries than its limit and a next all the same.")
    @Parameter(
            name = "actor",
            in = ParameterIn.QUERY,
            description = "Only what this one did.",
            example = "7c0f2f3e-5a0c-4b7e-9d4e-2f6a3c1b8e55",
            schema = @Schema(type = SchemaType.STRING, minLength = 1))
    @Parameter(
            name = "resourceId",
            in = ParameterIn.QUERY,
            description = "Only what was done to this.",
            example = "6f0c1b9e-2f6c-4c1a-8a35-4f0d9a5b7c21",
            schema = @Schema(type = SchemaType.STRING, minLength = 1))
    @Parameter(
            name = "since",
            in = ParameterIn.QUERY,
            description = "At or after.",
            example = "2026-01-31T00:00:00Z",
            schema = @Schema(type = SchemaType.STRING, format = "date-time"))
    @Parameter(
            name = "until",
            in = ParameterIn.QUERY,
            description = "Before.",
            example = "2026-02-01T00:00:00Z",
            schema = @Schema(type = SchemaType.STRING, format = "date-time"))
    @Parameter(name = "limit", in = ParameterIn.QUERY)
    @Parameter(name = "cursor", in = ParameterIn.QUERY)
    @APIResponse(
            responseCode = "200",
            description = "One page of it.",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema =
                                    @Schema(
                                            type = SchemaType.OBJECT,
                                            properties = {
                                                @SchemaProperty(
                                                        name = "data",
                                                        type = SchemaType.ARRAY,
                                                        implementation = EntryView.class),
                                                @SchemaProperty(name = "next", ref = "Next")
                                            }),
                            examples = @ExampleObject(name = "page", value = AccessExamples.AUDIT)))
    public CompletionStage<Page<EntryView>> list(@Context UriInfo uri) {
        QueryParameters query = QueryParameters.of(uri);
        AuditRepository.Filter filter = new AuditRepository.Filter(
                query.text("actor"), query.text("resourceId"), query.timestamp("since"), query.timestamp("until"));
        long below =
                query.cursorOfNumbers(LIST, 1).map(cursor -> cursor.number(0)).orElse(Long.MAX_VALUE);
        int limit = query.limit();
        query.check();
        return audit.written()
                .compose(written -> repository.list(filter, below, limit))
                .map(page -> new Page<>(
                        page.entries().stream().map(EntryView::of).toList(),
                        page.below().isPresent()
                                ? Cursor.of(LIST, page.below().getAsLong()).encode()
                                : null))
                .toCompletionStage();
    }
}
