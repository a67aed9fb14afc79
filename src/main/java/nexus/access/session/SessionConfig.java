package nexus.access.session;

import io.smallrye.config.ConfigMapping;

/** The key that session cookies are sealed with; see {@code nexus.subscription.secret.SecretConfig}. */
@ConfigMapping(prefix = "nexus.secret")
public interface SessionConfig {
    /** {@code NEXUS_SECRET_KEY}: base64 of 32 bytes. All processes of one store share it, so each accepts the others' sessions. */
    String key();
}
