package nexus.attempt;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
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

/** The log of the older API: requests to listeners and their responses. */
@Singleton
@Path("/api/v1/logs")
@Produces(MediaType.APPLICATION_JSON)
public class LogResource {
    private static final String LIST = "logs";
    private static final long MAX_MICROS = ChronoUnit.MICROS.between(Instant.EPOCH, LogPosition.NEWEST.attemptedAt());

    private final AttemptRepository attempts;

    @Inject
    LogResource(AttemptRepository attempts) {
        this.attempts = attempts;
    }

    @GET
    public CompletionStage<Envelope<List<LogEntry>>> listLogs(@Context UriInfo uri) {
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
