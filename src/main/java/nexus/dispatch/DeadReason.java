package nexus.dispatch;

/** Why a delivery is given up without another request; the texts are part of the API. */
final class DeadReason {
    static final String EXPIRED = "expired";
    static final String PAYLOAD_GONE = "payload-gone";
    static final String SUBSCRIPTION_DELETED = "subscription-deleted";

    private DeadReason() {}
}
