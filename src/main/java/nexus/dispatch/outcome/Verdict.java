package nexus.dispatch.outcome;

import nexus.target.SendResult;
import nexus.target.SendResult.Extent;

/**
 * The meaning of a result for the target, independent of the delivery. A refusal of one delivery is no reason to stop sending
 * others to the target.
 */
public enum Verdict {
    DELIVERED,
    /** The target works, but did not accept this delivery. */
    ANSWERED,
    /** The target is unreachable, too slow, forbidden, broken or overloaded. */
    FAILED,
    /** No request was made, so the result says nothing about the target. */
    NONE,
    /** Nothing can be sent to the target until a person or its operator acts. */
    OUT_OF_SERVICE;

    /** Whether the target did not work. */
    public boolean isFailure() {
        return this == FAILED || this == OUT_OF_SERVICE;
    }

    public static Verdict of(SendResult result) {
        return switch (result) {
            case SendResult.Delivered delivered -> DELIVERED;
            case SendResult.Refused refused ->
                switch (refused.extent()) {
                    case Extent.ThisDelivery one -> ANSWERED;
                    case Extent.ThisDeliveryForGood one -> ANSWERED;
                    case Extent.AllForNow all -> FAILED;
                    case Extent.AllForGood all -> ANSWERED;
                };
            case SendResult.Unreachable unreachable -> FAILED;
            case SendResult.TimedOut timedOut -> FAILED;
            case SendResult.Blocked blocked -> FAILED;
            case SendResult.Unsendable unsendable -> NONE;
            case SendResult.OutOfService none -> OUT_OF_SERVICE;
        };
    }
}
