package nexus.queue.lease;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** How processes share the work. The same in all processes of a store; {@code beat} &lt; {@code valid} &lt; {@code ttl}. */
@ConfigMapping(prefix = "nexus.lease")
public interface LeaseConfig {
    /** A process whose beat stood still for so long is taken over. */
    @WithDefault("20s")
    Duration ttl();

    /** How often a process says that it is there, and looks at the others. */
    @WithDefault("3s")
    Duration beat();

    /**
     * For how long after a beat was sent requests may be started. What is between this and {@code ttl} is for clocks that
     * differ in speed, and for the last request to leave.
     */
    @WithDefault("15s")
    Duration valid();
}
