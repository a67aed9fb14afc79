package nexus.queue.settle;

/** The reasons for which a delivery becomes DEAD without another request. The texts are part of the API. */
public final class DeadReason {
    public static final String EXPIRED = "expired";
    public static final String PAYLOAD_GONE = "payload-gone";
    public static final String SUBSCRIPTION_DELETED = "subscription-deleted";

    private DeadReason() {}
}
