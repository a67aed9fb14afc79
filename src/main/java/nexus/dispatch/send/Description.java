package nexus.dispatch.send;

import nexus.target.Described;

/** What {@link SubscriptionSender#send} would do with one event. */
public sealed interface Description {
    /** It would make this request. */
    record Request(Described described) implements Description {}

    /**
     * It would make none, because the event cannot be put into the form of the subscription.
     *
     * @param reason of the dead delivery
     * @param message for its log
     */
    record None(String reason, String message) implements Description {}
}
