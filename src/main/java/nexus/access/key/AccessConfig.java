package nexus.access.key;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Access to the API, and its limits. */
@ConfigMapping(prefix = "nexus.api")
public interface AccessConfig {
    /** {@code API_KEYS}: keys with every right. Without any, only embedded mode is open, on loopback. */
    Optional<List<String>> keys();

    /** {@code API_PUBLISH_RATE}: publish requests a second, for each key in this process. A batch counts as one. */
    @WithDefault("1000")
    @Min(1)
    @Max(1_000_000)
    int publishRate();

    /** {@code API_RATE}: other requests a second, for each key in this process. */
    @WithDefault("100")
    @Min(1)
    @Max(1_000_000)
    int rate();

    /** Publish requests of one key in progress at the same time in this process; more of them wait. */
    @WithDefault("1024")
    @Min(1)
    @Max(100_000)
    int publishInProgress();

    /** Other requests of one key in progress at the same time in this process. They share the connections of the store. */
    @WithDefault("32")
    @Min(1)
    @Max(100_000)
    int inProgress();

    /** Waiting requests of one key, each for ten seconds at most. Further ones get 429. */
    @WithDefault("224")
    @Min(0)
    @Max(100_000)
    int waiting();

    /** Time from a request's headers to the end of its response; then its connection is closed. Must be above the 30 s of a
     * statement. */
    @WithDefault("60s")
    Duration requestTimeout();

    /** {@code CORS_ORIGINS}: origins whose pages may call the API with a key. Empty: no page of another origin can. */
    Optional<List<String>> corsOrigins();

    /** From a sign-in to the web page to the end of its session, unless its key ends earlier. */
    @WithDefault("12h")
    Duration sessionLife();
}
