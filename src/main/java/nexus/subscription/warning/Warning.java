package nexus.subscription.warning;

import io.quarkus.runtime.annotations.RegisterForReflection;

/** What will surprise the one who made a subscription, and the way to change it. */
@RegisterForReflection
public record Warning(String code, String detail, String fix) {}
