package nexus.subscription.warning;

import io.quarkus.runtime.annotations.RegisterForReflection;

/** A warning for the caller who created a subscription, with its fix. */
@RegisterForReflection
public record Warning(String code, String detail, String fix) {}
