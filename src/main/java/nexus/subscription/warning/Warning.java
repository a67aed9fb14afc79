package nexus.subscription.warning;

import io.quarkus.runtime.annotations.RegisterForReflection;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** What will surprise the one who made a subscription, and the way to change it. */
@RegisterForReflection
public record Warning(@Schema(examples = "private-address") String code, String detail, String fix) {}
