package nexus.subscription;

import io.smallrye.config.ConfigMapping;

/** What credentials are encrypted with at rest. */
@ConfigMapping(prefix = "nexus.secret")
public interface SecretConfig {
    /** {@code NEXUS_SECRET_KEY}: base64 of 32 bytes. Without the right one no subscription can be read. */
    String key();
}
