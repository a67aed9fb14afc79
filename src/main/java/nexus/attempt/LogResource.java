package nexus.attempt;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.CompletionStage;
import nexus.api.page.Cursor;
import nexus.api.page.Envelope;
import nexus.api.page.Page;
import nexus.api.page.QueryParameters;
import nexus.refusal.Refusal;
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

/** The log of the older API: what was sent to listeners, and what they answered. */
@Path("/api/v1/logs")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Listeners")
public class LogResource {
    private static final String LIST = "logs";
    private static final long MAX_MICROS = ChronoUnit.MICROS.between(Instant.EPOCH, LogPosition.NEWEST.attemptedAt());

    private final AttemptRepository attempts;

    public LogResource(AttemptRepository attempts) {
        this.attempts = attempts;
    }

    @GET
    @Operation(
            operationId = "listLogs",
            summary = "List the attempts made for listeners, newest first",
            description = "Deleted listeners included. A page may hold fewer attempts than asked for, even none, and"
                    + " still have a next: the search was cut short; go on with the cursor.")
    @Parameter(
            name = "listener_id",
            in = ParameterIn.QUERY,
            description = "Only those made for this listener.",
            example = "6f0c1b9e-2f6c-4c1a-8a35-4f0d9a5b7c21",
            schema = @Schema(type = SchemaType.STRING, format = "uuid"))
    @Parameter(
            name = "status",
            in = ParameterIn.QUERY,
            description = "Only those answered with 2xx, or only the others.",
            example = LogEntry.FAILED,
            schema =
                    @Schema(
                            type = SchemaType.STRING,
                            enumeration = {LogEntry.SUCCESS, LogEntry.FAILED}))
    @Parameter(name = "limit", in = ParameterIn.QUERY)
    @Parameter(name = "cursor", in = ParameterIn.QUERY)
    @APIResponse(
            responseCode = "200",
            description = "SUCCESS means that the answer was 2xx. Without an answer, response_from_target says why.",
            content =
                    @Content(
                            schema =
                                    @Schema(
                                            type = SchemaType.OBJECT,
                                            properties = {
                                                @SchemaProperty(name = "success", type = SchemaType.BOOLEAN),
                                                @SchemaProperty(name = "count", type = SchemaType.INTEGER),
                                                @SchemaProperty(
                                                        name = "data",
                                                        type = SchemaType.ARRAY,
                                                        implementation = LogEntry.class),
                                                @SchemaProperty(name = "next", ref = "Next")
                                            }),
                            examples = @ExampleObject(name = "one attempt", value = """
                                                    {"success":true,"count":1,"data":[{"id":"att_20260131_4567_1","listener_id":"6f0c1b9e-2f6c-4c1a-8a35-4f0d9a5b7c21","status":"SUCCESS","payload_received":{"id":"0199a3c4-7f6e-7b3a-9c51-2d1f6a0b8e11","type":"pg.public.users.insert","createdAt":"2026-01-31T18:20:43.400Z","payload":{}},"response_from_target":"ok","created_at":"2026-01-31T18:20:44.120Z"}]}""")))
    public CompletionStage<Envelope<List<LogEntry>>> list(@Context UriInfo uri) {
        QueryParameters query = QueryParameters.of(uri);
        LogFilter filter = new LogFilter(
                query.uuid("listener_id"),
                query.oneOf("status", List.of(LogEntry.SUCCESS, LogEntry.FAILED))
                        .map(LogEntry.SUCCESS::equals));
        int limit = query.limit();
        LogPosition before =
                query.cursorOfNumbers(LIST, 3).map(LogResource::position).orElse(LogPosition.NEWEST);
        query.check();
        return attempts.log(filter, before, limit)
                .map(page -> Envelope.of(new Page<>(
                        page.entries(),
                        page.next().map(LogResource::cursor).map(Cursor::encode).orElse(null))))
                .toCompletionStage();
    }

    private static Cursor cursor(LogPosition position) {
        long micros = ChronoUnit.MICROS.between(Instant.EPOCH, position.attemptedAt());
        return Cursor.of(LIST, micros, position.seq(), position.attempt());
    }

    private static LogPosition position(Cursor cursor) {
        long attempt = cursor.number(2);
        if (attempt < 0 || attempt > Short.MAX_VALUE || cursor.number(0) < 0 || cursor.number(0) > MAX_MICROS) {
            throw new Refusal.Invalid("cursor", "must be the \"next\" of an earlier page of this list");
        }
        return new LogPosition(
                Instant.EPOCH.plus(cursor.number(0), ChronoUnit.MICROS), cursor.number(1), (short) attempt);
    }
}
