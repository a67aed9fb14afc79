package nexus.webhook;

import nexus.target.SendResult;

/** What the answers of a receiver mean that are no success. Pure. */
@FunctionalInterface
public interface AnswerMeaning {
    /** By the status alone. */
    AnswerMeaning OF_WEBHOOKS = RefusedAnswer::usual;

    SendResult refused(RefusedAnswer answer);
}
