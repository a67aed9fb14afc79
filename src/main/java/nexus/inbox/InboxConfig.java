package nexus.inbox;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;

/** The receiver for trials, and how much it keeps. */
@ConfigMapping(prefix = "nexus.inbox")
public interface InboxConfig {
    /** {@code NEXUS_INBOX}; the program switches it on in embedded mode. */
    @WithDefault("false")
    boolean enabled();

    /** Inboxes in memory. The one that was unused for longest makes room for a new one. */
    @WithDefault("100")
    @Min(1)
    @Max(10_000)
    int inboxes();

    /** Requests that an inbox keeps. */
    @WithDefault("100")
    @Min(1)
    @Max(10_000)
    int requests();

    /** Bytes of requests that all inboxes keep together; a quarter of them for one inbox. */
    @WithDefault("16777216")
    @Min(65_536)
    @Max(1_073_741_824)
    long maxBytes();

    /** Bytes that are kept of one body. Its signature is checked over all of it. */
    @WithDefault("262144")
    @Min(1_024)
    @Max(16_777_216)
    int keptBody();

    /** Bytes of a body that are accepted. */
    @WithDefault("33554432")
    @Min(1_024)
    @Max(268_435_456)
    long maxBody();

    /** Requests whose answer waits for its delay at the same time. */
    @WithDefault("256")
    @Min(1)
    @Max(4_096)
    int delayed();
}
