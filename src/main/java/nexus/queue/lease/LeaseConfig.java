package nexus.queue.lease;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** How processes share the work. Must be the same in all processes of a store; {@code beat} &lt; {@code valid} &lt; {@code ttl}. */
@ConfigMapping(prefix = "nexus.lease")
public interface LeaseConfig {
    /** A process whose beat has stopped for this long is taken over. */
    @WithDefault("20s")
    Duration ttl();

    /** The interval at which a process beats and reads the others. */
    @WithDefault("3s")
    Duration beat();

    /**
     * The time after sending a beat in which requests may be started. The difference to {@code ttl} covers clocks of different
     * speed and the last request.
     */
    @WithDefault("15s")
    Duration valid();
}
