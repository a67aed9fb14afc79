package nexus.source;

import io.quarkus.runtime.annotations.RegisterForReflection;
import nexus.event.EventBody;
import nexus.replication.state.CaptureState.Gap;
import org.jspecify.annotations.Nullable;

/** A gap as the API shows it: WAL in which changes may have been missed. */
@RegisterForReflection
record GapView(
        @Nullable String from,
        @Nullable String to,
        @Nullable String since,
        String noticedAt,
        String reason) {
    static GapView of(Gap gap) {
        return new GapView(
                gap.from().orElse(null),
                gap.to().orElse(null),
                gap.since().map(EventBody::timestamp).orElse(null),
                EventBody.timestamp(gap.noticedAt()),
                gap.reason());
    }
}
