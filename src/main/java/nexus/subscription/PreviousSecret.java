package nexus.subscription;

import java.time.Instant;

/** The secret before the last rotation: signs too until then. */
public record PreviousSecret(SigningSecret secret, Instant until) {}
