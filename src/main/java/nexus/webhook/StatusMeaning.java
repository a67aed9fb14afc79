package nexus.webhook;

import java.time.Duration;
import java.util.Optional;
import nexus.target.SendResult.Extent;

/** The meaning of a receiver's status for the delivery, and for other deliveries to the same receiver. Pure. */
final class StatusMeaning {
    private static final int GONE = 410;
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int FIRST_SERVER_ERROR = 500;
    private static final int SERVICE_UNAVAILABLE = 503;

    private static final Extent THIS_DELIVERY = new Extent.ThisDelivery();
    private static final Extent ALL_FOR_GOOD = new Extent.AllForGood("the endpoint answered 410 Gone");

    private StatusMeaning() {}

    /** Whether it is a status at all: Vert.x takes any number for one. */
    static boolean isStatus(int status) {
        return status >= 100 && status <= 599;
    }

    static boolean isSuccess(int status) {
        return status >= 200 && status < 300;
    }

    /**
     * The deliveries that a refusal concerns. A status such as 400 or 422 is due to one payload, and one such as 401, 404 or
     * a redirect comes from an endpoint that is up.
     *
     * @param retryAfter the pause that the receiver asks for; only 429 and 503 can ask for one
     */
    static Extent extent(int status, Optional<Duration> retryAfter) {
        if (status == GONE) {
            return ALL_FOR_GOOD;
        } else if (status == TOO_MANY_REQUESTS || status == SERVICE_UNAVAILABLE) {
            return new Extent.AllForNow(retryAfter);
        } else {
            return status >= FIRST_SERVER_ERROR ? new Extent.AllForNow(Optional.empty()) : THIS_DELIVERY;
        }
    }
}
