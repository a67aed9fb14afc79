package nexus.subscription.warning;

import java.util.Optional;
import nexus.event.EventBody;
import nexus.subscription.Missed;
import nexus.subscription.Subscription;

/** Warns that a subscription was made active without the events that it had missed. */
public final class MissedWarning {
    private MissedWarning() {}

    public static Optional<Warning> of(Subscription subscription, Missed missed) {
        return missed.firstAt()
                .map(EventBody::timestamp)
                .map(since -> new Warning(
                        "missed-events",
                        "While it was disabled, it missed " + missed.count() + " events, the first of them stored at "
                                + since + ". They are not sent now.",
                        "POST /v1/replays {\"subscriptionId\":\"" + subscription.id() + "\",\"since\":\"" + since
                                + "\"}"));
    }
}
