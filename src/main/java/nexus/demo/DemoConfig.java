package nexus.demo;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** The demo. */
@ConfigMapping(prefix = "nexus.demo")
public interface DemoConfig {
    /** {@code NEXUS_DEMO}; the program switches it on in embedded mode. */
    @WithDefault("false")
    boolean enabled();
}
