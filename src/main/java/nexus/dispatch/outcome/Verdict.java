package nexus.dispatch.outcome;

import nexus.target.SendResult;
import nexus.target.SendResult.Extent;

/**
 * What one request says about its target, whatever it says about the delivery. A refusal that is about one delivery is no
 * reason to keep the others from the target.
 */
public enum Verdict {
    DELIVERED,
    /** The target is there, but did not take this delivery. */
    ANSWERED,
    /** The target is not there, too slow, not to be reached, broken or overloaded. */
    FAILED;

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
        };
    }
}
