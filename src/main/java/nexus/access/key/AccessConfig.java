package nexus.access.key;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Who may use the API, and how often. */
@ConfigMapping(prefix = "nexus.api")
public interface AccessConfig {
    /** {@code API_KEYS}: each of them has every right. Without any, only the embedded mode is open, on loopback. */
    Optional<List<String>> keys();

    /** {@code API_PUBLISH_RATE}: requests a second that publish, for each key in this process. A batch is one. */
    @WithDefault("1000")
    @Min(1)
    @Max(1_000_000)
    int publishRate();

    /** {@code API_RATE}: all other requests a second, for each key in this process. */
    @WithDefault("100")
    @Min(1)
    @Max(1_000_000)
    int rate();

    /** Requests of one key in this process at the same time that publish; more wait. */
    @WithDefault("1024")
    @Min(1)
    @Max(100_000)
    int publishInProgress();

    /** All other requests of one key in this process at the same time: they share the connections of the store. */
    @WithDefault("32")
    @Min(1)
    @Max(100_000)
    int inProgress();

    /** Requests of one key that wait for their turn, for ten seconds at most; with more, 429. */
    @WithDefault("224")
    @Min(0)
    @Max(100_000)
    int waiting();

    /** From a request's headers to the end of its answer; then its connection is closed. Above a statement's 30 s. */
    @WithDefault("60s")
    Duration requestTimeout();

    /** {@code CORS_ORIGINS}: origins whose pages may call the API with a key. None: no page elsewhere can. */
    Optional<List<String>> corsOrigins();
}
