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
    NONE;

    public static Verdict of(SendResult result) {
        return switch (result) {
            case SendResult.Delivered delivered -> DELIVERED;
            case SendResult.Refused refused ->
                switch (refused.extent()) {
                    case Extent.ThisDelivery one -> ANSWERED;
                    case Extent.AllForNow all -> FAILED;
                    case Extent.AllForGood all -> ANSWERED;
                };
            case SendResult.Unreachable unreachable -> FAILED;
            case SendResult.TimedOut timedOut -> FAILED;
            case SendResult.Blocked blocked -> FAILED;
            case SendResult.Unsendable unsendable -> NONE;
        };
    }
}
