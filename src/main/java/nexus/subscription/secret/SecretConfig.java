package nexus.subscription.secret;

import io.smallrye.config.ConfigMapping;
import java.util.Optional;

/** What credentials are encrypted with at rest. */
@ConfigMapping(prefix = "nexus.secret")
public interface SecretConfig {
    /** {@code NEXUS_SECRET_KEY}: base64 of 32 bytes. Without the right one no subscription can be read. */
    String key();

    /** {@code NEXUS_SECRET_KEY_OLD}: the key before, while {@code nexus rotate-key} has not been run. */
    Optional<String> oldKey();
}
