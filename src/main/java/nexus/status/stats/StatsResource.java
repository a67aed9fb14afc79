package nexus.status.stats;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import nexus.api.json.Timestamps;
import nexus.api.page.QueryParameters;
import nexus.refusal.Refusal;

/** {@code /v1/stats}: counters, read from a few rows and never from history. */
@Singleton
@Path("/v1/stats")
@Produces(MediaType.APPLICATION_JSON)
public class StatsResource {
    private static final Duration MINUTES_KEPT = Duration.ofHours(24);
    /** A page that asks for exactly what is kept must not be too late. */
    private static final Duration TOLERANCE = Duration.ofMinutes(5);

    private final StatRepository stats;
    private final SeriesRepository series;
    private final Duration hoursKept;
    private final Clock clock;

    @Inject
    StatsResource(StatRepository stats, SeriesRepository series, StatsConfig config, Clock clock) {
        this.stats = stats;
        this.series = series;
        this.hoursKept = config.retention();
        this.clock = clock;
    }

    @GET
    public CompletionStage<Stats> getStats(@Context UriInfo uri) {
        QueryParameters.of(uri).check();
        return stats.totals().toCompletionStage();
    }

    @GET
    @Path("/series")
    public CompletionStage<Series> getSeries(@Context UriInfo uri) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        QueryParameters query = QueryParameters.of(uri);
        Optional<UUID> subscription = query.uuid("subscriptionId");
        Optional<SeriesStep> wanted = query.parsed("step", SeriesStep::parse);
        Instant firstMinute = now.minus(MINUTES_KEPT.plus(TOLERANCE));
        Optional<Instant> since = query.parsed("since", (text, name) -> {
            Instant time = Timestamps.parse(text, name);
            if (wanted.isPresent() && !wanted.get().isInHours() && time.isBefore(firstMinute)) {
                throw new Refusal.Invalid(
                        name, "must be less than 24h ago for a step of minutes; step=1h reaches back for RETENTION");
            }
            return time;
        });
        query.check();
        SeriesStep step = wanted.orElse(
                since.isPresent() && since.get().isBefore(firstMinute) ? SeriesStep.HOUR : SeriesStep.MINUTE);
        Instant firstKept = now.minus(step.isInHours() ? hoursKept : MINUTES_KEPT.plus(TOLERANCE));
        Instant first = since.orElse(now.minus(MINUTES_KEPT));
        return series.counted(subscription, step, first.isBefore(firstKept) ? firstKept : first, now)
                .toCompletionStage();
    }
}
