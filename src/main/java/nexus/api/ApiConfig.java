package nexus.api;

import io.smallrye.config.ConfigMapping;
import java.util.List;
import java.util.Optional;

/** Who may use the API. */
@ConfigMapping(prefix = "nexus.api")
public interface ApiConfig {
    /** {@code API_KEYS}: each of them has every right. Without any, only the embedded mode is open, on loopback. */
    Optional<List<String>> keys();
}
